// SPDX-License-Identifier: Apache-2.0
#include "depots.hpp"

#include <cstddef>
#include <string>
#include <vector>

// A sender gets its credit back only when the mailbox of the receiver is less than half full: so that one who keeps to
// it fills no mailbox.

namespace {

struct NarrowDepot : PatientDepot {
  using PatientDepot::PatientDepot;
  static constexpr zooid::mailbox_limits mailbox{.messages = 4};
};

constexpr std::uint64_t mailbox_bound = zooid::mailbox_limits{}.messages;

/// Until one stays refused for a while; yields how many were not. Their numbers begin at `first`.
std::uint64_t tell_until_refused(const zooid::ref<Depot>& to, std::size_t size = 0, std::uint64_t first = 0) {
  const std::string load(size, 'x');
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto told = to.within(20ms).tell(Put{first + i, load}).result();
    if (told) continue;
    CHECK(told.error().code == zooid::errc::overloaded);
    return i;
  }
  return 100'000;
}

/// Their handshake is over when a test begins.
template <class World, class Receiver = PatientDepot>
struct met_depots : depots<World, Receiver> {
  met_depots() : depots<World, Receiver>({.workers = 3, .heartbeat_interval = 50ms}) {
    REQUIRE(this->depot.within(patience).template call<Get>().get().empty());
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a sender that keeps to its credit does not fill the mailbox of a stuck receiver",
                   "[node][late_credit]", zmq_world, memory_world) {
  for (const std::size_t size : {0u, 100u, 1'000u, 10'000u}) {
    INFO(size);
    met_depots<TestType> nodes;
    REQUIRE(nodes.depot.tell(Block{}));
    const std::uint64_t taken = tell_until_refused(nodes.depot, size);
    CHECK(taken > 0);
    CHECK(taken < mailbox_bound);
    // All of them get there, and none is held outside of the mailbox.
    CHECK(nodes.world.eventually([&] { return nodes.server->accounts().queued == taken + 1; }));
    check_sessions(*nodes.caller);
    const zooid::session_accounts before = sum_of(*nodes.caller);
    CHECK(before.refused_in_all() + before.cut_off == 0);
    nodes.opened.open();
    CHECK(are_counted_up(nodes.handled(taken), taken));
    CHECK(nodes.world.eventually([&] { return sum_of(*nodes.caller).in_flight == 0; }));
    const zooid::session_accounts after = sum_of(*nodes.caller);
    CHECK(after.refused_in_all() + after.cut_off == 0);
    CHECK(after.taken == after.sent);
    for (std::uint64_t i = 0; i < 5'000; ++i) {
      REQUIRE(nodes.depot.within(patience).tell(Put{taken + i}).result());
    }
    CHECK(are_counted_up(nodes.handled(taken + 5'000), taken + 5'000));
  }
}

TEMPLATE_TEST_CASE("many senders to one stuck receiver lose nothing, and each keeps its order", "[node][late_credit]",
                   zmq_world, memory_world) {
  met_depots<TestType> nodes;
  constexpr std::size_t senders = 3;  // Together they have more credit than the mailbox has room.
  constexpr std::uint64_t each = 1'000'000;
  std::vector<std::unique_ptr<zooid::node>> callers;
  std::vector<zooid::ref<Depot>> refs;
  for (std::size_t i = 0; i < senders; ++i) {
    callers.push_back(nodes.world.add_silent());
    refs.push_back(callers.back()->template find<Depot>(nodes.server->endpoint() + "/depot"));
    REQUIRE(refs.back().within(patience).template call<Get>().get().empty());
  }
  REQUIRE(nodes.depot.tell(Block{}));
  std::vector<std::uint64_t> taken(senders);
  std::uint64_t in_all = 0;
  for (std::size_t i = 0; i < senders; ++i) {
    taken[i] = tell_until_refused(refs[i], 0, i * each);
    in_all += taken[i];
  }
  CHECK(in_all > mailbox_bound);
  CHECK(nodes.world.eventually([&] { return nodes.server->accounts().queued >= mailbox_bound; }));
  CHECK(nodes.server->accounts().queued <= mailbox_bound + senders * 64);
  nodes.opened.open();
  for (std::size_t i = 0; i < senders; ++i) {
    for (std::uint64_t more = 0; more < 2'000; ++more) {
      REQUIRE(refs[i].within(patience).tell(Put{i * each + taken[i]++}).result());
    }
  }
  in_all += senders * 2'000;
  const auto numbers = nodes.handled(in_all);
  CHECK(numbers.size() == in_all);
  std::vector<std::uint64_t> next(senders);
  bool in_order = true;
  for (const std::uint64_t number : numbers) {
    in_order = in_order && number / each < senders && number % each == next[number / each]++;
  }
  CHECK(in_order);
  for (const auto& caller : callers) {
    CHECK(nodes.world.eventually([&] { return sum_of(*caller).in_flight == 0; }));
    CHECK(sum_of(*caller).refused_in_all() == 0);
    caller->stop(2s);
    check_stopped(*caller);
  }
}

TEMPLATE_TEST_CASE("who talks to another actor of the node does not notice a stuck one", "[node][late_credit]",
                   zmq_world, memory_world, simulated_world) {
  met_depots<TestType> nodes;
  const auto other = nodes.add_other();
  REQUIRE(nodes.depot.tell(Stall{}));
  const std::uint64_t taken = tell_until_refused(nodes.depot);
  CHECK(nodes.world.eventually([&] { return nodes.server->accounts().queued == taken + 1; }));
  std::uint64_t next = 0;
  for (int round = 0; round < 20; ++round) {
    static_cast<void>(nodes.depot.tell(Put{}));
    for (int i = 0; i < 200; ++i) REQUIRE(other.within(patience).tell(Put{next++}).result());
    CHECK(are_counted_up(other.within(patience).template call<Get>().get(), next));
  }
  check_sessions(*nodes.caller);
  // The stuck one ends, and takes to its grave what was in its mailbox: that was taken.
  nodes.server->stop(nodes.here);
  CHECK(nodes.world.eventually([&] { return sum_of(*nodes.caller).in_flight == 0; }));
  check_sessions(*nodes.caller);
}

TEMPLATE_TEST_CASE("messages to a stuck receiver and to another one may alternate", "[node][late_credit]", zmq_world,
                   memory_world) {
  met_depots<TestType> nodes;
  const auto other = nodes.add_other();
  REQUIRE(nodes.depot.tell(Block{}));
  std::uint64_t stuck = 0;
  std::uint64_t flowing = 0;
  while (flowing < 6'000) {
    if (nodes.depot.tell(Put{stuck})) ++stuck;
    REQUIRE(other.within(patience).tell(Put{flowing++}).result());
  }
  CHECK(are_counted_up(other.within(patience).template call<Get>().get(), flowing));
  CHECK(nodes.server->accounts().queued <= mailbox_bound);
  nodes.opened.open();
  CHECK(are_counted_up(nodes.handled(stuck), stuck));
  CHECK(nodes.world.eventually([&] { return sum_of(*nodes.caller).in_flight == 0; }));
  CHECK(sum_of(*nodes.caller).refused_in_all() == 0);
}

TEMPLATE_TEST_CASE("a sender stops while its messages wait for a stuck receiver", "[node][late_credit]", zmq_world,
                   memory_world, simulated_world) {
  for (const std::size_t size : {0u, 2'000u}) {
    met_depots<TestType> nodes;
    REQUIRE(nodes.depot.tell(Stall{}));
    const std::uint64_t taken = tell_until_refused(nodes.depot, size);
    CHECK(nodes.world.eventually([&] { return nodes.server->accounts().queued == taken + 1; }));
    nodes.caller->stop(20ms);
    check_stopped(*nodes.caller);
    const zooid::session_accounts sum = sum_of(*nodes.caller);
    CHECK(sum.refused_in_all() == 0);
    CHECK(sum.taken + sum.cut_off == sum.sent);
    // Its session is over there, too; what is in the mailbox is not called back.
    CHECK(nodes.world.eventually([&] { return live_sessions(*nodes.server) == 0; }));
    CHECK(nodes.server->accounts().queued == taken + 1);
    check_sessions(*nodes.server);
    nodes.server->stop(nodes.here);
  }
}

TEMPLATE_TEST_CASE("what was in a mailbox when its sender stopped is handled", "[node][late_credit]", zmq_world,
                   memory_world) {
  met_depots<TestType> nodes;
  REQUIRE(nodes.depot.tell(Block{}));
  const std::uint64_t taken = tell_until_refused(nodes.depot);
  CHECK(nodes.world.eventually([&] { return nodes.server->accounts().queued == taken + 1; }));
  nodes.caller->stop(0s);
  nodes.opened.open();
  CHECK(are_counted_up(numbers_in(nodes.here, nodes.world, taken), taken));
}

TEMPLATE_TEST_CASE("the receiver's node stops while a sender's credit is late", "[node][late_credit]", zmq_world,
                   memory_world, simulated_world) {
  met_depots<TestType> nodes;
  REQUIRE(nodes.depot.tell(Stall{}));
  const std::uint64_t taken = tell_until_refused(nodes.depot);
  CHECK(nodes.world.eventually([&] { return nodes.server->accounts().queued == taken + 1; }));
  nodes.server->stop(20ms);
  check_stopped(*nodes.server);
  CHECK(nodes.world.eventually([&] { return sum_of(*nodes.caller).in_flight == 0; }));
  check_sessions(*nodes.caller);
}

TEMPLATE_TEST_CASE("credit that came late has all come back once a narrow mailbox is empty", "[node][late_credit]",
                   zmq_world, memory_world, simulated_world) {
  met_depots<TestType, NarrowDepot> nodes;
  nodes.opened.open();
  std::uint64_t next = 0;
  for (std::uint64_t round = 0; round < 1'000; ++round) {
    for (std::uint64_t some = 1 + round % 6; some > 0; --some) {
      REQUIRE(nodes.depot.within(patience).tell(Put{next++}).result());
    }
    if (round % 3 != 0) continue;
    REQUIRE(nodes.world.eventually([&] { return sum_of(*nodes.caller).in_flight == 0; }));
  }
  CHECK(nodes.world.eventually([&] { return sum_of(*nodes.caller).in_flight == 0; }));
  CHECK(sum_of(*nodes.caller).refused_in_all() == 0);  // Before calls, for which there may be no room.
  CHECK(are_counted_up(nodes.handled(next), next));
}

TEMPLATE_TEST_CASE("a receiver whose mailbox has room for one gets everything from afar", "[node][late_credit]",
                   zmq_world, memory_world, simulated_world) {
  TestType world;
  gate opened;
  opened.open();
  const auto server = world.add({.mailbox = {.messages = 1}});
  const auto caller = world.add_silent();
  server->template spawn_as<PatientDepot>("depot", &opened);
  const auto depot = caller->template find<Depot>(server->endpoint() + "/depot");
  constexpr std::uint64_t count = 2'000;
  for (std::uint64_t i = 0; i < count; ++i) REQUIRE(depot.within(patience).tell(Put{i}).result());
  CHECK(are_counted_up(numbers_in(depot, world, count), count));
  CHECK(world.eventually([&] { return sum_of(*caller).in_flight == 0; }));
  check_sessions(*caller);
  caller->stop(2s);
  server->stop(2s);
  check_stopped(*caller);
  check_stopped(*server);
}
