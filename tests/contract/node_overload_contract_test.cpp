// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

// What happens when a receiver on another node is slower than its senders.

namespace {

struct Put {
  std::uint64_t number = 0;
  std::string load{};
};
struct Get {
  using reply = std::vector<std::uint64_t>;
};
struct Block {};
struct Stall {};
struct Depot : zooid::contract<"depot", Put, Get, Block, Stall> {};

struct SmallDepot {
  using contract = Depot;
  static constexpr zooid::mailbox_limits mailbox{.messages = 16};
  gate* opened = nullptr;
  std::vector<std::uint64_t> numbers{};

  void on(const Put& put) { numbers.push_back(put.number); }
  std::vector<std::uint64_t> on(Get) { return numbers; }
  void on(Block) { static_cast<void>(opened->wait()); }
  zooid::task<> on(Stall) { co_await std::suspend_always{}; }
};

struct Fill {
  using reply = std::uint64_t;
  std::uint64_t count = 0;
};
struct Filler : zooid::contract<"filler", Fill> {};
struct PatientFiller {
  using contract = Filler;
  zooid::ref<Depot> to;
  zooid::task<std::uint64_t> on(const Fill& fill) {
    std::uint64_t taken = 0;
    for (std::uint64_t i = 0; i < fill.count; ++i) {
      Put put{i, std::string(200, 'x')};
      zooid::result<void> told = co_await to.within(patience).tell(put);
      if (told) ++taken;
    }
    co_return taken;
  }
};

template <class World>
struct depots {
  World world;
  gate opened;
  std::unique_ptr<zooid::node> server = world.add({.workers = 3});
  std::unique_ptr<zooid::node> caller = world.add();
  zooid::ref<Depot> here = server->template spawn_as<SmallDepot>("depot", &opened);
  zooid::ref<Depot> depot = caller->template find<Depot>(server->endpoint() + "/depot");

  ~depots() {
    opened.open();
    caller->stop(2s);
    server->stop(2s);
    check_stopped(*caller);
    check_stopped(*server);
  }
  /// The receiver's handler runs until `opened`; its mailbox is full, and more is held for it.
  void fill() {
    REQUIRE(depot.tell(Block{}));
    for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(depot.tell(Put{i}));
  }
};

bool are_counted_up(const std::vector<std::uint64_t>& numbers, std::uint64_t count) {
  if (numbers.size() != count) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (numbers[i] != i) return false;
  }
  return true;
}

}  // namespace

TEMPLATE_TEST_CASE("calls to a full mailbox far away are refused at once, tells wait there", "[node][overload]",
                   zmq_world, memory_world) {
  depots<TestType> nodes;
  nodes.fill();
  for (int i = 0; i < 20; ++i) {
    CHECK(code_of(nodes.depot.within(patience).template call<Get>().result()) == zooid::errc::overloaded);
  }
  nodes.opened.open();
  std::vector<std::uint64_t> numbers;
  CHECK(nodes.world.eventually([&] {
    auto got = nodes.depot.within(patience).template call<Get>().result();
    if (got) numbers = got.value();
    return numbers.size() == 100;
  }));
  CHECK(are_counted_up(numbers, 100));
}

TEMPLATE_TEST_CASE("another actor on the same session does not notice that one is full", "[node][overload]", zmq_world,
                   memory_world) {
  depots<TestType> nodes;
  gate open;
  open.open();
  nodes.server->template spawn_as<SmallDepot>("other", &open);
  const auto other = nodes.caller->template find<Depot>(nodes.server->endpoint() + "/other");
  nodes.fill();
  // Far more than would fit behind a heartbeat each.
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < 60; ++i) {
    REQUIRE(other.within(patience).tell(Put{i}).result());
    REQUIRE(other.within(patience).template call<Get>().get().size() == i + 1);
    REQUIRE(nodes.depot.tell(Put{100 + i}));
  }
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  nodes.opened.open();
}

TEST_CASE("what is held for a stalled receiver does not delay a plain thread's messages to others",
          "[node][overload]") {
  depots<simulated_world> nodes;
  gate open;
  open.open();
  nodes.server->spawn_as<SmallDepot>("other", &open);
  const auto other = nodes.caller->find<Depot>(nodes.server->endpoint() + "/other");
  REQUIRE(nodes.depot.tell(Stall{}));
  for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(nodes.depot.tell(Put{i}));
  nodes.world.steps->run_for(10s);
  for (std::uint64_t i = 0; i < 10; ++i) {
    REQUIRE(nodes.depot.tell(Put{100 + i}));
    nodes.world.steps->run_until_idle();
    const auto begin = nodes.world.time->now();
    REQUIRE(other.tell(Put{i}));
    REQUIRE(other.call<Get>().get().size() == i + 1);
    CHECK(code_of(nodes.depot.call<Get>().result()) == zooid::errc::overloaded);
    CHECK(nodes.world.time->now() - begin < 100ms);
  }
}

TEMPLATE_TEST_CASE("tells use up the credit of their receiver, then are refused, then wait for room",
                   "[node][overload]", zmq_world, memory_world) {
  depots<TestType> nodes;
  REQUIRE(nodes.depot.tell(Block{}));
  std::uint64_t taken = 0;
  zooid::errc why{};
  const std::string load(1000, 'x');
  while (why == zooid::errc{} && taken < 100'000) {
    const auto told = nodes.depot.tell(Put{taken, load});
    if (told) {
      ++taken;
    } else {
      why = told.error().code;
    }
  }
  CHECK(why == zooid::errc::overloaded);
  CHECK(taken >= 500);
  CHECK(taken <= 3'000);  // A MiB in the session, another before the handshake, and what the mailbox takes.
  // Until what was under way is held there: then it stays refused.
  CHECK(nodes.world.eventually([&] {
    const auto told = nodes.depot.within(20ms).tell(Put{taken, load}).result();
    if (told) ++taken;
    return code_of(told) == zooid::errc::overloaded;
  }));
  check_sessions(*nodes.caller);
  nodes.opened.open();
  for (const std::uint64_t end = taken + 2'000; taken < end; ++taken) {
    REQUIRE(nodes.depot.within(patience).tell(Put{taken, load}).result());
  }
  std::vector<std::uint64_t> numbers;
  CHECK(nodes.world.eventually([&] {
    auto got = nodes.depot.within(patience).template call<Get>().result();
    if (got) numbers = got.value();
    return numbers.size() == taken;
  }));
  CHECK(are_counted_up(numbers, taken));
}

TEMPLATE_TEST_CASE("a coroutine that waits for room gets everything through, in order", "[node][overload]", zmq_world,
                   memory_world, simulated_world) {
  depots<TestType> nodes;
  nodes.opened.open();
  const auto filler = nodes.caller->template spawn<PatientFiller>(nodes.depot);
  CHECK(filler.within(patience).template call<Fill>(std::uint64_t{20'000}).get() == 20'000);
  std::vector<std::uint64_t> numbers;
  CHECK(nodes.world.eventually([&] {
    auto got = nodes.depot.within(patience).template call<Get>().result();
    if (got) numbers = got.value();
    return numbers.size() == 20'000;
  }));
  CHECK(are_counted_up(numbers, 20'000));
}

TEMPLATE_TEST_CASE("what is held for a receiver that dies is refused, and the accounts close", "[node][overload]",
                   zmq_world, memory_world) {
  depots<TestType> nodes;
  nodes.fill();
  CHECK(code_of(nodes.depot.within(patience).template call<Get>().result()) == zooid::errc::overloaded);
  nodes.server->stop(nodes.here);
  nodes.opened.open();
  CHECK(nodes.world.eventually([&] {
    const zooid::session_accounts sum = sum_of(*nodes.caller);
    return sum.in_flight == 0 && sum.refused_in_all() > 0;
  }));
  const zooid::session_accounts sum = sum_of(*nodes.caller);
  CHECK(sum.sent == 102);  // Block, 100 Put, Get.
  CHECK(sum.cut_off == 0);
  CHECK(count(sum.refused, zooid::errc::no_such_service) + count(sum.refused, zooid::errc::no_such_actor) >= 80);
  check_sessions(*nodes.caller);
}

TEMPLATE_TEST_CASE("messages without content are bounded while nobody is there, too", "[node][overload]", zmq_world,
                   memory_world, simulated_world) {
  TestType world;
  const auto caller = world.add_silent();
  const std::string nowhere = [&] {
    const auto gone = world.add();
    return gone->endpoint();
  }();
  const auto depot = caller->template find<Depot>(nowhere + "/depot");
  zooid::errc why{};
  std::uint64_t taken = 0;
  for (; taken < 500'000 && why == zooid::errc{}; ++taken) {
    const auto told = depot.tell(Block{});
    if (!told) why = told.error().code;
  }
  CHECK(why == zooid::errc::overloaded);
  const auto report = caller->stop(0s);
  REQUIRE(report.cut_off.size() == 1);
  CHECK(report.cut_off.front().find(nowhere) != std::string::npos);
  check_stopped(*caller);
}
