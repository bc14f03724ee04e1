// SPDX-License-Identifier: Apache-2.0
#include "depots.hpp"

#include <string>
#include <vector>

// What happens when a receiver on another node is slower than its senders.

namespace {

struct SmallDepot : PatientDepot {
  using PatientDepot::PatientDepot;
  static constexpr zooid::mailbox_limits mailbox{.messages = 16};
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

/// Its handler runs until the gate is open; its mailbox is full, and more is held for it.
void fill(const zooid::ref<Depot>& depot) {
  REQUIRE(depot.tell(Block{}));
  for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(depot.tell(Put{i}));
}

}  // namespace

TEMPLATE_TEST_CASE("calls to a full mailbox far away are refused at once, tells wait there", "[node][overload]",
                   zmq_world, memory_world) {
  depots<TestType, SmallDepot> nodes;
  fill(nodes.depot);
  for (int i = 0; i < 20; ++i) {
    CHECK(code_of(nodes.depot.within(patience).template call<Get>().result()) == zooid::errc::overloaded);
  }
  nodes.opened.open();
  CHECK(are_counted_up(nodes.handled(100), 100));
}

TEMPLATE_TEST_CASE("another actor on the same session does not notice that one is full", "[node][overload]", zmq_world,
                   memory_world) {
  depots<TestType, SmallDepot> nodes;
  const auto other = nodes.add_other();
  fill(nodes.depot);
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
  depots<simulated_world, SmallDepot> nodes;
  const auto other = nodes.add_other();
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
  depots<TestType, SmallDepot> nodes;
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
  CHECK(are_counted_up(nodes.handled(taken), taken));
}

TEMPLATE_TEST_CASE("a coroutine that waits for room gets everything through, in order", "[node][overload]", zmq_world,
                   memory_world, simulated_world) {
  depots<TestType, SmallDepot> nodes;
  nodes.opened.open();
  const auto filler = nodes.caller->template spawn<PatientFiller>(nodes.depot);
  CHECK(filler.within(patience).template call<Fill>(std::uint64_t{20'000}).get() == 20'000);
  CHECK(are_counted_up(nodes.handled(20'000), 20'000));
}

TEMPLATE_TEST_CASE("what is held for a receiver that dies is refused, and the accounts close", "[node][overload]",
                   zmq_world, memory_world) {
  depots<TestType, SmallDepot> nodes;
  fill(nodes.depot);
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
