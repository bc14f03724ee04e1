// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <algorithm>
#include <atomic>
#include <iomanip>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

// Nodes that come late, never, twice, or both at once; and nodes that stop.

namespace {

struct Count {
  std::uint64_t number = 0;
};
struct Counted {
  using reply = std::vector<std::uint64_t>;
};
struct Wait {
  using reply = int;
};
struct Counter : zooid::contract<"counter", Count, Counted, Wait> {};

struct Counting {
  using contract = Counter;
  std::atomic<int>* waits = nullptr;
  std::vector<std::uint64_t> numbers{};

  void on(const Count& count) { numbers.push_back(count.number); }
  std::vector<std::uint64_t> on(Counted) { return numbers; }
  zooid::task<int> on(Wait) {
    if (waits) ++*waits;
    co_await std::suspend_always{};
    co_return 0;
  }
};

std::vector<std::uint64_t> numbers_to(std::uint64_t count) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

/// An endpoint where nobody listens any more.
template <class World>
std::string nowhere(World& world) {
  return world.add()->endpoint();
}

}  // namespace

TEMPLATE_TEST_CASE("a session is named by where it was dialled, and on the other side by the node that has dialled",
                   "[node][peers]", zmq_world, memory_world, simulated_world) {
  TestType world;
  const auto callee = world.add();
  const auto caller = world.add();
  std::atomic<int> waits{0};
  callee->template spawn_as<Counting>("counter", &waits);
  REQUIRE(caller->template find<Counter>(callee->endpoint() + "/counter").template call<Counted>().result());
  const auto is_named = [](const zooid::node& at, const std::string& name) {
    const auto all = at.sessions();
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.peer == name; });
  };
  std::ostringstream id;
  id << std::hex << std::setw(16) << std::setfill('0') << caller->id();
  CHECK(is_named(*caller, callee->endpoint()));
  CHECK(is_named(*callee, "node " + id.str()));
}

TEMPLATE_TEST_CASE("what was sent before the other node came reaches it in order, except what has expired",
                   "[node][peers]", zmq_world, memory_world, simulated_world) {
  TestType world;
  const std::string endpoint = nowhere(world);
  const auto caller = world.add_silent();
  const auto counter = caller->template find<Counter>(endpoint + "/counter");
  for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(counter.tell(Count{i}));
  const auto expired = counter.within(20ms).template call<Wait>().result();
  CHECK(code_of(expired) == zooid::errc::unreachable);
  auto waiting = counter.within(patience).template call<Counted>();

  std::atomic<int> waits{0};
  const auto late = world.add({.listen = endpoint});
  late->template spawn_as<Counting>("counter", &waits);
  // It may be reached just before the service is there; then what came is refused, and that is accounted for.
  const auto got = waiting.result();
  if (got) CHECK(std::is_sorted(got.value().begin(), got.value().end()));
  CHECK(waits == 0);
  REQUIRE(world.eventually([&] { return sum_of(*caller).in_flight == 0; }));
  const zooid::session_accounts sum = sum_of(*caller);
  CHECK(sum.sent == 101);
  CHECK(sum.taken + sum.refused_in_all() == 101);
  CHECK(count(sum.refused, zooid::errc::no_such_service) == sum.refused_in_all());
  CHECK(counter.template call<Counted>().get().size() == sum.taken - (got ? 1 : 0));
  caller->stop(1s);
  late->stop(1s);
  check_stopped(*caller);
  check_stopped(*late);
}

TEMPLATE_TEST_CASE("a node that never comes: the queue is bounded, and the stop names what was lost", "[node][peers]",
                   zmq_world, memory_world, simulated_world) {
  TestType world;
  const std::string endpoint = nowhere(world);
  std::atomic<int> dead{0};
  const auto caller =
      world.add_silent({.queue_bytes = 10'000, .on_dead_letter = [&](const zooid::dead_letter&) { ++dead; }});
  const auto counter = caller->template find<Counter>(endpoint + "/counter");
  int taken = 0;
  while (counter.tell(Count{1})) REQUIRE(++taken < 10'000);
  CHECK(taken > 10);
  CHECK(code_of(counter.within(10ms).tell(Count{1}).result()) == zooid::errc::overloaded);
  CHECK(code_of(counter.template call<Wait>().result()) == zooid::errc::overloaded);
  const auto report = caller->stop(10ms);
  REQUIRE(report.cut_off.size() == 1);
  CHECK(report.cut_off.front().find(endpoint) != std::string::npos);
  CHECK(report.cut_off.front().find(std::to_string(taken) + " message(s)") != std::string::npos);
  CHECK(dead == taken);
  check_stopped(*caller);
}

TEMPLATE_TEST_CASE("a node that restarts is a new session: what was pending ends once, nothing is replayed",
                   "[node][peers]", zmq_world, memory_world, simulated_world) {
  TestType world;
  const auto caller = world.add_silent();
  std::unique_ptr<zooid::node> server = world.add();
  const std::string endpoint = server->endpoint();
  const auto counter = caller->template find<Counter>(endpoint + "/counter");
  std::uint64_t sent = 0;
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> waits{0};
    server->template spawn_as<Counting>("counter", &waits);
    server->template spawn_as<Counting>("stalled", &waits);
    REQUIRE(world.eventually([&] { return counter.template call<Counted>().result().has_value(); }));
    const std::uint64_t first = sent;
    for (int i = 0; i < 20; ++i) REQUIRE(counter.tell(Count{sent++}));
    const auto got = counter.template call<Counted>().get();
    REQUIRE(got.size() == 20);
    CHECK(got.front() == first);
    CHECK(got.back() == sent - 1);
    const auto stalled = caller->template find<Counter>(endpoint + "/stalled");
    std::vector<zooid::pending<int>> pending;
    for (int i = 0; i < 5; ++i) pending.push_back(stalled.within(patience).template call<Wait>());
    REQUIRE(world.eventually([&] { return waits == 1; }));
    server->stop(0s);
    check_stopped(*server);
    server.reset();
    for (auto& each : pending) {
      const zooid::errc why = code_of(each.result());
      CHECK((why == zooid::errc::disconnected || why == zooid::errc::shutdown));
    }
    REQUIRE(world.eventually([&] { return live_sessions(*caller) == 0; }));
    check_sessions(*caller);
    server = world.add({.listen = endpoint});
  }
  caller->stop(1s);
  server->stop(1s);
  check_stopped(*caller);
}

namespace {

/// Both nodes send at the same moment, and thereby dial at the same moment.
template <class World>
void dial_at_once(World& world) {
  const auto a = world.add();
  const auto b = world.add();
  a->template spawn_as<Counting>("counter");
  b->template spawn_as<Counting>("counter");
  const auto there = a->template find<Counter>(b->endpoint() + "/counter");
  const auto back = b->template find<Counter>(a->endpoint() + "/counter");
  const auto send = [](const zooid::ref<Counter>& to) {
    for (std::uint64_t i = 0; i < 20; ++i) {
      if (!to.tell(Count{i})) return;
    }
  };
  if constexpr (World::has_threads) {
    std::thread other([&] { send(back); });
    send(there);
    other.join();
  } else {
    send(there);
    send(back);
  }
  CHECK(there.within(patience).template call<Counted>().get() == numbers_to(20));
  CHECK(back.within(patience).template call<Counted>().get() == numbers_to(20));
  CHECK(sum_of(*a).cut_off == 0);
  CHECK(sum_of(*b).cut_off == 0);
  a->stop(1s);
  b->stop(1s);
  CHECK(sum_of(*a).sent == 22);  // Count, Counted, and the reply.
  CHECK(sum_of(*b).sent == 22);
  check_stopped(*a);
  check_stopped(*b);
}

}  // namespace

TEMPLATE_TEST_CASE("nodes that dial each other at once come to one session, and lose nothing", "[node][peers]",
                   zmq_world, memory_world) {
  TestType world;
  for (int round = 0; round < 60; ++round) dial_at_once(world);
}

TEST_CASE("nodes that dial each other at once over a network with delays lose nothing", "[node][peers]") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    simulated_world world(seed);
    world.hub.delay(0ms, 20ms);
    dial_at_once(world);
  }
}

TEMPLATE_TEST_CASE("two names of one endpoint lead to one session", "[node][peers]", zmq_world) {
  TestType world;
  for (int round = 0; round < 20; ++round) {
    const auto server = world.add();
    const auto caller = world.add_silent();
    server->template spawn_as<Counting>("counter");
    const std::string port = server->endpoint().substr(server->endpoint().rfind(':'));
    const auto one = caller->template find<Counter>("tcp://127.0.0.1" + port + "/counter");
    const auto other = caller->template find<Counter>("tcp://localhost" + port + "/counter");
    for (std::uint64_t i = 0; i < 10; ++i) {
      REQUIRE(one.tell(Count{i}));
      REQUIRE(other.tell(Count{100 + i}));
    }
    REQUIRE(one.within(patience).template call<Counted>().result());
    REQUIRE(other.within(patience).template call<Counted>().result());
    CHECK(one.template call<Counted>().get().size() == 20);
    CHECK(sum_of(*caller).cut_off == 0);
    CHECK(live_sessions(*caller) == 1);
    caller->stop(1s);
    server->stop(1s);
    check_stopped(*caller);
    check_stopped(*server);
  }
}

// Stopping.

namespace {

struct Go {};
struct Goer : zooid::local_contract<Go> {};
struct Going {
  using contract = Goer;
  zooid::ref<Counter> to;
  zooid::task<> on(Go) { static_cast<void>(co_await to.within(patience).call<Wait>()); }
};

}  // namespace

TEMPLATE_TEST_CASE("two nodes that flood each other stop at once, in time, and all is accounted for", "[node][stop]",
                   zmq_world, memory_world) {
  TestType world;
  for (int round = 0; round < 5; ++round) {
    const auto a = world.add();
    const auto b = world.add();
    a->template spawn_as<Counting>("counter");
    b->template spawn_as<Counting>("counter");
    const auto there = a->template find<Counter>(b->endpoint() + "/counter");
    const auto back = b->template find<Counter>(a->endpoint() + "/counter");
    std::atomic<bool> go_on{true};
    const auto flood = [&](const zooid::ref<Counter>& to) {
      for (std::uint64_t i = 0; go_on; ++i) {
        if (!to.tell(Count{i})) std::this_thread::yield();
      }
    };
    std::thread one([&] { flood(there); });
    std::thread two([&] { flood(back); });
    REQUIRE(world.eventually([&] { return sum_of(*a).taken > 1'000 && sum_of(*b).taken > 1'000; }));
    const auto begin = std::chrono::steady_clock::now();
    std::thread stops_a([&] { a->stop(500ms); });
    b->stop(500ms);
    stops_a.join();
    CHECK(std::chrono::steady_clock::now() - begin < 500ms + 1s + 2s);
    go_on = false;
    one.join();
    two.join();
    check_stopped(*a);
    check_stopped(*b);
  }
}

TEMPLATE_TEST_CASE("a stop while handlers wait for another node's answer names them and ends in time", "[node][stop]",
                   zmq_world, memory_world, simulated_world) {
  TestType world;
  std::atomic<int> waits{0};
  const auto server = world.add();
  const auto caller = world.add();
  server->template spawn_as<Counting>("counter", &waits);
  const auto counter = caller->template find<Counter>(server->endpoint() + "/counter");
  const auto going = caller->template spawn<Going>(counter);
  REQUIRE(going.tell(Go{}));
  REQUIRE(world.eventually([&] { return waits == 1; }));
  auto from_thread = counter.within(patience).template call<Wait>();
  const auto begin = std::chrono::steady_clock::now();
  const auto report = caller->stop(50ms);
  CHECK(std::chrono::steady_clock::now() - begin < 50ms + 1s + 2s);
  REQUIRE_FALSE(report.clean());
  CHECK(report.cut_off.front().find("Going") != std::string::npos);
  CHECK_FALSE(from_thread.result());
  server->stop(0s);
  check_stopped(*caller);
  check_stopped(*server);
}

TEMPLATE_TEST_CASE("refs and pending calls outlive their node", "[node][stop]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  std::atomic<int> waits{0};
  auto server = world.add();
  auto caller = world.add();
  server->template spawn_as<Counting>("counter", &waits);
  const auto counter = caller->template find<Counter>(server->endpoint() + "/counter");
  auto pending = counter.within(patience).template call<Wait>();
  auto given_up = std::make_optional(counter.within(patience).template call<Wait>());
  REQUIRE(world.eventually([&] { return waits == 1; }));
  caller->stop(0s);
  caller.reset();
  CHECK_FALSE(pending.result());
  given_up.reset();
  const auto copy = counter;
  CHECK(code_of(copy.template call<Wait>().result()) == zooid::errc::shutdown);
  CHECK_FALSE(copy.tell(Count{1}));
  server->stop(0s);
  server.reset();
}

// Partitions, which only the memory link has.

TEMPLATE_TEST_CASE("a silent partition ends the session at both sides; afterwards a new one is opened", "[node][peers]",
                   memory_world, simulated_world) {
  TestType world;
  const zooid::node_options quick{.heartbeat_interval = 20ms, .heartbeat_timeout = 200ms};
  const auto server = world.add(quick);
  const auto caller = world.add(quick);
  server->template spawn_as<Counting>("counter");
  const auto counter = caller->template find<Counter>(server->endpoint() + "/counter");
  REQUIRE(counter.template call<Counted>().result());
  world.hub.partition(caller->endpoint(), server->endpoint());
  std::uint64_t taken = 0;
  while (taken < 100'000 && counter.tell(Count{taken})) ++taken;
  CHECK(taken < 100'000);  // Bounded by the credit.
  const zooid::errc why = code_of(counter.within(patience).template call<Counted>().result());
  CHECK((why == zooid::errc::overloaded || why == zooid::errc::disconnected));
  REQUIRE(world.eventually([&] { return live_sessions(*server) == 0; }));
  REQUIRE(world.eventually([&] { return sum_of(*caller).cut_off > 0; }));
  check_sessions(*caller);
  world.hub.heal(caller->endpoint(), server->endpoint());
  CHECK(world.eventually([&] { return counter.template call<Counted>().result().has_value(); }));
  CHECK(counter.template call<Counted>().get().size() < taken);
  caller->stop(1s);
  server->stop(1s);
  check_stopped(*caller);
  check_stopped(*server);
}
