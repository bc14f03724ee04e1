// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

// What a caller sees of an actor on another node: one suite over ZeroMQ and in memory, with threads and simulated.

namespace {

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Wipe {
  using reply = void;
};
struct Fail {
  using reply = int;
  std::string words;
};
struct Refuse {
  using reply = int;
};
struct Sleep {
  using reply = int;
};
struct Left {
  using reply = std::int64_t;
};
struct Note {
  std::uint32_t sender = 0;
  std::uint64_t number = 0;
};
struct Noted {
  using reply = std::vector<std::uint64_t>;
  std::uint32_t sender = 0;
};
struct Desk : zooid::contract<"desk", Greet, Wipe, Fail, Refuse, Sleep, Left, Note, Noted> {};

struct Clerk {
  using contract = Desk;
  std::atomic<int>* begun = nullptr;
  std::atomic<int>* cancelled = nullptr;
  std::vector<std::vector<std::uint64_t>> notes{8};

  std::string on(const Greet& greet) { return "hello, " + greet.name; }
  void on(Wipe) {}
  int on(const Fail& fail) { throw std::runtime_error(fail.words); }
  zooid::result<int> on(Refuse) { return zooid::error{zooid::errc::denied, "not today", {}}; }
  zooid::task<int> on(Sleep, zooid::context& in) {
    if (begun) ++*begun;
    struct watcher {
      zooid::context& in;
      std::atomic<int>* cancelled;
      ~watcher() {
        if (cancelled && in.cancelled()) ++*cancelled;
      }
    } const at_end{in, cancelled};
    co_await std::suspend_always{};
    co_return 1;
  }
  std::int64_t on(Left, zooid::context& in) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(in.deadline() - in.now()).count();
  }
  void on(const Note& note) { notes[note.sender].push_back(note.number); }
  std::vector<std::uint64_t> on(const Noted& noted) { return notes[noted.sender]; }
};

struct Ask {
  using reply = std::string;
  std::string name;
};
struct AskFail {
  using reply = int;
};
struct AskLeft {
  using reply = std::int64_t;
  std::int64_t within_ms = 0;
};
struct Relay : zooid::contract<"relay", Ask, AskFail, AskLeft> {};

/// Passes on what it is asked, to another node's desk.
struct Relayer {
  using contract = Relay;
  zooid::ref<Desk> to;
  zooid::task<zooid::result<std::string>> on(const Ask& ask) { co_return co_await to.call<Greet>(ask.name); }
  zooid::task<int> on(AskFail) {
    zooid::result<int> answer = co_await to.call<Refuse>();
    co_return answer.value();
  }
  zooid::task<std::int64_t> on(const AskLeft& ask) {
    zooid::result<std::int64_t> answer = co_await to.within(std::chrono::milliseconds(ask.within_ms)).call<Left>();
    co_return answer.value();
  }
};

template <class World>
struct desk_and_caller {
  World world;
  std::unique_ptr<zooid::node> server = world.add();
  std::unique_ptr<zooid::node> caller = world.add();
  std::atomic<int> begun{0};
  std::atomic<int> cancelled{0};
  zooid::ref<Desk> here = server->template spawn_as<Clerk>("desk", &begun, &cancelled);
  zooid::ref<Desk> desk = caller->template find<Desk>(server->endpoint() + "/desk");

  /// Ends the clerk in the middle of a handler, and says whether that one had heard that nobody waits for it.
  bool ends_as_cancelled() {
    // What is asked on the same session comes behind the cancellation.
    server->template spawn_as<Clerk>("other");
    const auto other = caller->template find<Desk>(server->endpoint() + "/other");
    if (!other.within(patience).template call<Wipe>().result()) return false;
    server->stop(here);
    return world.eventually([this] { return cancelled == 1; });
  }

  ~desk_and_caller() {
    caller->stop(1s);
    server->stop(1s);
    check_stopped(*caller);
    check_stopped(*server);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a call to another node is answered", "[node]", zmq_world, memory_world, simulated_world) {
  desk_and_caller<TestType> nodes;
  CHECK(nodes.desk.call(Greet{.name = "world"}).get() == "hello, world");
  CHECK(nodes.desk.template call<Greet>("you").get() == "hello, you");
  CHECK(nodes.desk.within(5s).template call<Wipe>().result());
  const std::string long_name(100'000, 'x');
  CHECK(nodes.desk.template call<Greet>(long_name).get() == "hello, " + long_name);
}

TEMPLATE_TEST_CASE("errors of another node's actor come back with their words", "[node]", zmq_world, memory_world,
                   simulated_world) {
  desk_and_caller<TestType> nodes;
  const auto refused = nodes.desk.template call<Refuse>().result();
  REQUIRE(code_of(refused) == zooid::errc::denied);
  CHECK(refused.error().detail == "not today");
  const auto failed = nodes.desk.template call<Fail>("it broke").result();
  REQUIRE(code_of(failed) == zooid::errc::failed);
  CHECK(failed.error().detail.find("it broke") != std::string::npos);
  // It was stopped by its failure; nobody carries the name now.
  CHECK(nodes.world.eventually(
      [&] { return code_of(nodes.desk.template call<Wipe>().result()) == zooid::errc::no_such_service; }));
}

TEMPLATE_TEST_CASE("an error from behind another node says through whom it came", "[node]", zmq_world, memory_world,
                   simulated_world) {
  desk_and_caller<TestType> nodes;
  const auto middle = nodes.world.add();
  middle->template spawn_as<Relayer>("relay", middle->template find<Desk>(nodes.server->endpoint() + "/desk"));
  const auto relay = nodes.caller->template find<Relay>(middle->endpoint() + "/relay");
  CHECK(relay.template call<Ask>("third").get() == "hello, third");
  const auto refused = relay.template call<AskFail>().result();
  REQUIRE(code_of(refused) == zooid::errc::denied);
  CHECK(refused.error().detail == "not today");
  CHECK(refused.error().chain == std::vector<std::string>{"relay"});
  middle->stop(1s);
  check_stopped(*middle);
}

TEMPLATE_TEST_CASE("a callee's own calls get what its caller has left, on other nodes too", "[node]", zmq_world,
                   memory_world, simulated_world) {
  desk_and_caller<TestType> nodes;
  const auto middle = nodes.world.add();
  middle->template spawn_as<Relayer>("relay", middle->template find<Desk>(nodes.server->endpoint() + "/desk"));
  const auto relay = nodes.caller->template find<Relay>(middle->endpoint() + "/relay");
  const std::int64_t bounded = relay.within(20s).template call<AskLeft>(3600 * 1000).get();
  CHECK(bounded <= 20'000);
  CHECK(bounded > 0);
  const std::int64_t shorter = relay.within(20s).template call<AskLeft>(10'000).get();
  CHECK(shorter <= 10'000);
  middle->stop(1s);
}

TEMPLATE_TEST_CASE("a call that is not answered ends at its deadline, and its handler hears of it", "[node]", zmq_world,
                   memory_world, simulated_world) {
  desk_and_caller<TestType> nodes;
  CHECK(nodes.desk.template call<Wipe>().result());
  auto asked = nodes.desk.within(2s).template call<Sleep>();
  REQUIRE(nodes.world.eventually([&] { return nodes.begun == 1; }));
  CHECK(code_of(asked.result()) == zooid::errc::timeout);
  // The next one is behind it and never begins.
  CHECK(code_of(nodes.desk.within(50ms).template call<Sleep>().result()) == zooid::errc::timeout);
  CHECK(nodes.begun == 1);
  CHECK(nodes.ends_as_cancelled());
}

TEMPLATE_TEST_CASE("a call given up is cancelled on the other node", "[node]", zmq_world, memory_world,
                   simulated_world) {
  desk_and_caller<TestType> nodes;
  {
    auto running = nodes.desk.within(20s).template call<Sleep>();
    REQUIRE(nodes.world.eventually([&] { return nodes.begun == 1; }));
    auto queued = nodes.desk.within(20s).template call<Sleep>();
  }
  CHECK(code_of(nodes.desk.within(200ms).template call<Left>().result()) == zooid::errc::timeout);
  CHECK(nodes.ends_as_cancelled());
  CHECK(nodes.begun == 1);
}

TEST_CASE("a node that stops waits for a goodbye from afar, so that no answer counts as cut off", "[node]") {
  desk_and_caller<simulated_world> nodes;
  CHECK(nodes.desk.call<Wipe>().result());
  nodes.world.hub.delay(150ms, 150ms);
  CHECK(nodes.server->stop(1s).clean());
  CHECK(sum_of(*nodes.server).cut_off == 0);
}

TEMPLATE_TEST_CASE("tells of several threads, both ways, arrive in their order", "[node]", zmq_world, memory_world) {
  TestType world;
  const std::uint64_t each_sends = 50'000;
  const auto a = world.add({.mailbox = {.messages = 1 << 20, .bytes = 256 << 20}});
  const auto b = world.add({.mailbox = {.messages = 1 << 20, .bytes = 256 << 20}});
  a->template spawn_as<Clerk>("desk");
  b->template spawn_as<Clerk>("desk");
  const auto there = a->template find<Desk>(b->endpoint() + "/desk");
  const auto back = b->template find<Desk>(a->endpoint() + "/desk");
  std::vector<std::thread> senders;
  std::atomic<int> lost{0};
  for (std::uint32_t i = 0; i < 4; ++i) {
    senders.emplace_back([&, i] {
      const auto& to = i % 2 == 0 ? there : back;
      for (std::uint64_t n = 0; n < each_sends; ++n) {
        if (!to.within(patience).tell(Note{i, n}).result()) ++lost;
      }
    });
  }
  for (std::thread& each : senders) each.join();
  CHECK(lost == 0);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto& to = i % 2 == 0 ? there : back;
    const auto notes = to.within(patience).template call<Noted>(i).get();
    REQUIRE(notes.size() == each_sends);
    CHECK(std::is_sorted(notes.begin(), notes.end()));
    CHECK(std::adjacent_find(notes.begin(), notes.end()) == notes.end());
  }
  a->stop(5s);
  b->stop(5s);
  CHECK(sum_of(*a).cut_off + sum_of(*b).cut_off == 0);
  CHECK(sum_of(*a).refused_in_all() + sum_of(*b).refused_in_all() == 0);
  check_stopped(*a);
  check_stopped(*b);
}

TEMPLATE_TEST_CASE("many calls under way at a time are each answered with their own reply", "[node]", zmq_world,
                   memory_world, simulated_world) {
  desk_and_caller<TestType> nodes;
  for (int round = 0; round < 5; ++round) {
    std::vector<zooid::pending<std::string>> calls;
    for (int i = 0; i < 500; ++i) calls.push_back(nodes.desk.within(patience).template call<Greet>(std::to_string(i)));
    for (int i = 0; i < 500; ++i) CHECK(calls[static_cast<std::size_t>(i)].get() == "hello, " + std::to_string(i));
  }
}

// Cycles.

namespace {

struct Ring;
struct Pass {
  using reply = int;
  std::vector<zooid::ref<Ring>> on_to;
};
struct Ring : zooid::contract<"ring", Pass> {};

/// Calls the first of the rest with the rest of the rest.
struct RingMember {
  using contract = Ring;
  zooid::task<int> on(const Pass& pass) {
    if (pass.on_to.empty()) co_return 0;
    Pass rest{{pass.on_to.begin() + 1, pass.on_to.end()}};
    zooid::result<int> answer = co_await pass.on_to.front().call(rest);
    co_return answer.value() + 1;
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a cycle of calls through two or three nodes is found at once, and what is none is none", "[node]",
                   zmq_world, memory_world, simulated_world) {
  TestType world;
  std::vector<std::unique_ptr<zooid::node>> nodes;
  std::vector<zooid::ref<Ring>> members;
  for (int i = 0; i < 3; ++i) {
    nodes.push_back(world.add());
    nodes.back()->template spawn_as<RingMember>("ring");
    nodes.back()->template spawn_as<RingMember>("other");
  }
  const auto at = [&](int i, const char* name) {
    return nodes[0]->template find<Ring>(nodes[static_cast<std::size_t>(i)]->endpoint() + "/" + name);
  };
  const auto asks = [&](std::vector<zooid::ref<Ring>> way) {
    const zooid::ref<Ring> first = way.front();
    way.erase(way.begin());
    return first.within(20s).call(Pass{way}).result();
  };
  CHECK(code_of(asks({at(1, "ring"), at(2, "ring"), at(1, "ring")})) == zooid::errc::call_cycle);
  CHECK(code_of(asks({at(0, "ring"), at(1, "ring"), at(2, "ring"), at(0, "ring")})) == zooid::errc::call_cycle);
  CHECK(code_of(asks({at(1, "ring"), at(1, "other"), at(2, "ring"), at(1, "ring")})) == zooid::errc::call_cycle);
  CHECK(asks({at(1, "ring"), at(2, "ring"), at(1, "other"), at(2, "other"), at(0, "ring")}).value() == 4);
  CHECK(asks({at(0, "ring"), at(1, "ring"), at(2, "ring"), at(0, "other")}).value() == 3);
  for (const auto& each : nodes) each->stop(1s);
  for (const auto& each : nodes) check_stopped(*each);
}

// What the other side does not have, or knows differently.

namespace {

namespace newer {
struct Greet {
  using reply = std::string;
  std::string name;
  int times = 0;
};
struct Fail {
  using reply = int;
  std::vector<std::string> words;
};
struct Wave {
  using reply = int;
};
struct Desk : zooid::contract<"desk", Wave, Fail, Greet> {};
}  // namespace newer
struct Wave {
  using reply = int;
};
struct Bench : zooid::contract<"bench", Wave> {};
struct Inside : zooid::local_contract<Wave> {};
struct Insider {
  using contract = Inside;
  int on(Wave) { return 1; }
};

}  // namespace

TEMPLATE_TEST_CASE("who asks for what is not there learns what exactly", "[node]", zmq_world, memory_world,
                   simulated_world) {
  desk_and_caller<TestType> nodes;
  nodes.server->template spawn_as<Insider>("inside");
  const std::string at = nodes.server->endpoint();
  const auto unknown = nodes.caller->template find<Desk>(at + "/nobody").template call<Wipe>().result();
  REQUIRE(code_of(unknown) == zooid::errc::no_such_service);
  CHECK(unknown.error().detail.find("nobody") != std::string::npos);

  const auto newer_desk = nodes.caller->template find<newer::Desk>(at + "/desk");
  const auto unknown_message = newer_desk.template call<newer::Wave>().result();
  REQUIRE(code_of(unknown_message) == zooid::errc::no_such_message);
  CHECK(unknown_message.error().detail.find("Wave") != std::string::npos);
  const auto changed = newer_desk.template call<newer::Fail>().result();
  REQUIRE(code_of(changed) == zooid::errc::incompatible);
  CHECK(changed.error().detail.find("Fail.words: list<string> here, string there") != std::string::npos);
  CHECK(newer_desk.template call<newer::Greet>("world", 2).get() == "hello, world");

  const auto other_contract = nodes.caller->template find<Bench>(at + "/desk").template call<Wave>().result();
  REQUIRE(code_of(other_contract) == zooid::errc::incompatible);
  CHECK(other_contract.error().detail.find("desk") != std::string::npos);
  CHECK(other_contract.error().detail.find("bench") != std::string::npos);

  CHECK(code_of(nodes.caller->template find<Bench>(at + "/inside").template call<Wave>().result()) ==
        zooid::errc::denied);
  CHECK(nodes.desk.template call<Greet>("still").get() == "hello, still");
}

TEMPLATE_TEST_CASE("a message over the limit is refused at its sender, a reply at the one who replies", "[node]",
                   zmq_world, memory_world, simulated_world) {
  TestType world;
  const std::size_t limit = 128 << 10;
  const auto server = world.add({.frame_limit = limit});
  const auto caller = world.add();
  server->template spawn_as<Clerk>("desk");
  const auto desk = caller->template find<Desk>(server->endpoint() + "/desk");
  // Before the session is established: the limit of the other side is not known yet.
  CHECK(code_of(desk.template call<Greet>(std::string(limit, 'x')).result()) == zooid::errc::too_large);
  CHECK(desk.template call<Wipe>().result());
  CHECK(code_of(desk.template call<Greet>(std::string(limit, 'x')).result()) == zooid::errc::too_large);
  CHECK(desk.template call<Greet>(std::string(limit - (65 << 10), 'x')).get().size() == limit - (65 << 10) + 7);

  // The other way round: a reply that the caller could not take.
  const auto back = world.add({.mailbox = {.messages = 1 << 20, .bytes = 256 << 20}});
  const auto small = world.add_silent({.frame_limit = limit});
  back->template spawn_as<Clerk>("desk");
  const auto to_back = caller->template find<Desk>(back->endpoint() + "/desk");
  for (std::uint64_t i = 0; i < 40'000; ++i) CHECK(to_back.within(patience).tell(Note{0, i << 40}).result());
  REQUIRE(world.eventually([&] {  // A call is refused at once while the session is full.
    const auto notes = to_back.within(patience).template call<Noted>(0u).result();
    return notes && notes.value().size() == 40'000;
  }));
  auto asked =
      small->template find<Desk>(back->endpoint() + "/desk").within(patience).template call<Noted>(0u).result();
  REQUIRE(code_of(asked) == zooid::errc::too_large);
  CHECK(asked.error().detail.find("Noted") != std::string::npos);
  for (auto* each : {server.get(), caller.get(), back.get(), small.get()}) each->stop(1s);
  for (auto* each : {server.get(), caller.get(), back.get(), small.get()}) check_stopped(*each);
}

TEMPLATE_TEST_CASE("every node answers ping and ready", "[node]", zmq_world, memory_world, simulated_world) {
  desk_and_caller<TestType> nodes;
  const auto zooid = nodes.caller->template find<zooid::node_service>(nodes.server->endpoint() + "/zooid");
  CHECK(zooid.template call<zooid::service::ping>().result());
  CHECK(zooid.template call<zooid::service::ready>().get());
  try {
    nodes.server->template spawn_as<Clerk>("zooid");
    FAIL("the name is reserved");
  } catch (const zooid::setup_error& why) {
    CHECK(why.code() == zooid::errc::name_taken);
  }
}
