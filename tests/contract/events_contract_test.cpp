// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"

// Events between nodes, and within one.

TEMPLATE_TEST_CASE("events reach the subscribers of their own node", "[events]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  event_record all;
  event_record some;
  const auto node = world.add();
  const auto subscription = node->template subscribe<Paid>(recorder<Paid>{&all});
  const auto by_key = node->template subscribe<Paid>(recorder<Paid>{&some}, zooid::key("b"));
  REQUIRE(confirmed(subscription));
  REQUIRE(confirmed(by_key));
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(node->publish(Paid{i, "x"}, i % 2 == 0 ? "a" : "b"));
  REQUIRE(world.eventually([&] { return all.heard() == 10 && some.heard() == 5; }));
}

TEMPLATE_TEST_CASE("events reach the subscribers of other nodes", "[events]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  event_record all;
  event_record some;
  const auto publisher = world.add();
  const auto subscriber = world.add_silent();
  const auto subscription =
      subscriber->template subscribe<Paid>(recorder<Paid>{&all}, zooid::from(publisher->endpoint()));
  const auto by_key = subscriber->template subscribe<Paid>(recorder<Paid>{&some}, zooid::from(publisher->endpoint()),
                                                           zooid::key_prefix("b"));
  REQUIRE(confirmed(subscription));
  REQUIRE(confirmed(by_key));
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(publisher->publish(Paid{i, "x"}, i % 2 == 0 ? "a" : "bc"));
  REQUIRE(world.eventually([&] { return all.heard() == 10 && some.heard() == 5; }));
  CHECK(all.missed() == 0);
  CHECK(some.missed() == 0);
}

TEMPLATE_TEST_CASE("a node counts the events that each of its peers published to it", "[events]", zmq_world,
                   memory_world, simulated_world) {
  TestType world;
  event_record heard;
  const auto first = world.add();
  const auto second = world.add();
  const auto subscriber = world.add_silent();
  const auto all = subscriber->template subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(first->endpoint()));
  const auto again =
      subscriber->template subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(first->endpoint()), zooid::key("a"));
  const auto others = subscriber->template subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(second->endpoint()));
  REQUIRE(confirmed(all));
  REQUIRE(confirmed(again));
  REQUIRE(confirmed(others));
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(first->publish(Paid{i, "x"}, i % 2 == 0 ? "a" : "b"));
  for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(second->publish(Paid{i, "x"}));
  const auto events_of = [&](const zooid::node& publisher) {
    std::uint64_t sum = 0;
    for (const zooid::session_accounts& each : subscriber->sessions()) {
      if (each.peer == publisher.endpoint()) sum += each.events;
    }
    return sum;
  };
  REQUIRE(world.eventually([&] { return heard.heard() == 18; }));
  REQUIRE(world.eventually([&] { return events_of(*first) == 10 && events_of(*second) == 3; }));
  const std::uint64_t before = sum_of(*subscriber).events;
  first->stop(1s);
  REQUIRE(world.eventually([&] { return events_of(*first) == 0; }));
  CHECK(sum_of(*subscriber).events == before);
}

TEMPLATE_TEST_CASE("lossless events are held back for the slowest", "[events]", zmq_world, memory_world) {
  TestType world;
  event_record near;
  event_record far;
  const auto publisher = world.add();
  const auto subscriber = world.add_silent();
  constexpr std::uint64_t count = 20'000;
  const auto here = publisher->template subscribe<Moved>(recorder<Moved>{&near});
  const auto there = subscriber->template subscribe<Moved>(recorder<Moved>{&far}, zooid::from(publisher->endpoint()));
  REQUIRE(confirmed(here));
  REQUIRE(confirmed(there));
  for (std::uint64_t i = 0; i < count; ++i) publisher->publish(Moved{i}).get();
  REQUIRE(world.eventually([&] { return near.heard() == count && far.heard() == count; }));
  CHECK(near.missed() + far.missed() == 0);
}

TEMPLATE_TEST_CASE("what a slow subscriber misses is reported exactly", "[events]", zmq_world, memory_world) {
  TestType world;
  event_record far;
  gate open;
  const auto publisher = world.add({.heartbeat_interval = 20ms});
  const auto subscriber = world.add_silent();
  constexpr std::uint64_t count = 50'000;
  const auto there = subscriber->template subscribe<Paid>(
      [&open, to = recorder<Paid>{&far}](const auto& what) {
        static_cast<void>(open.wait());
        to(what);
      },
      zooid::from(publisher->endpoint()));
  REQUIRE(confirmed(there));
  for (std::uint64_t i = 0; i < count; ++i) REQUIRE(publisher->publish(Paid{i, "x"}));
  open.open();
  REQUIRE(world.eventually([&] { return far.accounted() == count; }));
}

TEST_CASE("a node at an endpoint in memory has events, too", "[events]") {
  simulated_world world;
  event_record heard;
  const auto publisher = world.add({.listen = "mem://publisher"});
  const auto subscriber = world.add_silent();
  REQUIRE(confirmed(subscriber->subscribe<Paid>(recorder<Paid>{&heard}, zooid::from("mem://publisher"))));
  REQUIRE(publisher->publish(Paid{1, "x"}));
  REQUIRE(world.eventually([&] { return heard.heard() == 1; }));
}
