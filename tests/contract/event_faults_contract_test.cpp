// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"
#include "forwarding_network.hpp"

#include <zooid/link.hpp>

// Publishers that come, go and return; connections that are lost.

namespace {

struct Ping {
  using reply = std::uint64_t;
};
struct Ears : zooid::contract<"ears", Ping> {};
struct Listener {
  using contract = Ears;
  std::uint64_t pings = 0;
  std::uint64_t on(const Ping&) { return ++pings; }
};

/// A network that has no room for some connections, as when the process has no socket left.
struct reluctant_network final : forwarding_network {
  using forwarding_network::forwarding_network;
  std::shared_ptr<zooid::link> dial(const std::string& at, std::shared_ptr<zooid::link_listener> to) override {
    if (refusals == 0) return forwarding_network::dial(at, std::move(to));
    --refusals;
    throw zooid::setup_error(zooid::errc::overloaded, "cannot dial " + at + ": there are too many sockets");
  }

  int refusals = 0;
};

}  // namespace

TEMPLATE_TEST_CASE("a subscription waits for its publisher, and is confirmed without being asked again", "[events]",
                   zmq_world, memory_world, simulated_world) {
  event_record heard;
  TestType world;
  std::string endpoint;
  {
    const auto first = world.add();
    endpoint = first->endpoint();
    first->stop(1s);
  }
  const auto other = world.add_silent();
  const auto on = other->template subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(endpoint));
  CHECK(code_of(on.confirmed(20ms).result()) == zooid::errc::timeout);
  auto later = on.confirmed(patience);
  const auto publisher = world.add({.listen = endpoint});
  REQUIRE(later.result());
  REQUIRE(publisher->publish(Paid{1, ""}));
  REQUIRE(world.eventually([&] { return heard.heard() == 1; }));
  CHECK(heard.missed() + heard.unknown() == 0);
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("a publisher that was started anew leaves a gap of unknown size", "[events]", zmq_world,
                   memory_world, simulated_world) {
  event_record heard;
  event_record lossless;
  TestType world;
  auto publisher = world.add();
  const std::string endpoint = publisher->endpoint();
  const auto other = world.add_silent();
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(endpoint))));
  REQUIRE(confirmed(other->template subscribe<Moved>(recorder<Moved>{&lossless}, zooid::from(endpoint))));
  std::uint64_t next = 0;
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i, ++next) {
      REQUIRE(publisher->publish(Paid{next, ""}));
      REQUIRE(publisher->publish(Moved{next}));
    }
    // What it has published arrives though it stops at once.
    publisher->stop(5s);
    REQUIRE(world.eventually([&] { return heard.heard() == next && lossless.heard() == next; }));
    publisher = world.add({.listen = endpoint});
    REQUIRE(world.eventually([&] { return heard.unknown() == round + 1 && lossless.unknown() == round + 1; }));
  }
  REQUIRE(publisher->publish(Paid{next, ""}));
  REQUIRE(publisher->publish(Moved{next}));
  REQUIRE(world.eventually([&] { return heard.heard() == next + 1 && lossless.heard() == next + 1; }));
  CHECK(heard.missed() + lossless.missed() == 0);
  CHECK(heard.ordered());
  CHECK(lossless.ordered());
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("what a publisher has published before it stops arrives, or is a gap", "[events]", zmq_world,
                   memory_world) {
  event_record heard;
  TestType world;
  auto publisher = world.add();
  const auto other = world.add_silent();
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(publisher->endpoint()))));
  constexpr std::uint64_t published = 20'000;
  for (std::uint64_t i = 0; i < published; ++i) REQUIRE(publisher->publish(Paid{i, "x"}));
  publisher->stop(patience);
  REQUIRE(world.eventually([&] { return heard.accounted() == published; }));
  CHECK(heard.ordered());
  CHECK(heard.unknown() == 0);
  other->stop(1s);
}

TEST_CASE("after a lost connection the same publisher's gap is exact", "[events]") {
  event_record heard;
  event_record lossless;
  simulated_world world(GENERATE(range(1, 6)));
  const auto publisher = world.add({}, "publisher");
  const auto other = world.add_silent({}, "other");
  const auto third = world.add_silent({}, "third");
  const auto where = zooid::from(publisher->endpoint());
  REQUIRE(confirmed(other->subscribe<Paid>(recorder<Paid>{&heard}, where)));
  REQUIRE(confirmed(other->subscribe<Moved>(recorder<Moved>{&lossless}, where)));
  std::uint64_t next = 0;
  const auto publish = [&] {
    REQUIRE(publisher->publish(Paid{next, ""}));
    REQUIRE(publisher->publish(Moved{next}));
    ++next;
  };
  for (int round = 0; round < 5; ++round) {
    // Somebody with the same wish comes and goes meanwhile.
    event_record passing;
    auto same = third->subscribe<Paid>(recorder<Paid>{&passing}, where);
    for (int i = 0; i < 10; ++i) publish();
    REQUIRE(world.eventually([&] { return heard.accounted() == next && lossless.accounted() == next; }));
    REQUIRE(confirmed(same));
    world.hub.partition("publisher", "other");
    publish();
    REQUIRE(world.eventually([&] { return live_sessions(*other) == 0 && live_sessions(*publisher) == 1; }));
    for (int i = 0; i < 10; ++i) publish();
    same.cancel();
    world.settle();
    for (int i = 0; i < 10; ++i) publish();
    world.hub.heal("publisher", "other");
    REQUIRE(world.eventually([&] { return heard.accounted() == next && lossless.accounted() == next; }));
  }
  CHECK(heard.unknown() + lossless.unknown() == 0);
  CHECK(heard.missed() >= 100);
  CHECK(heard.ordered());
  CHECK(lossless.ordered());
  third->stop(1s);
  other->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("who subscribes while the connection is lost is not told of what came before", "[events]") {
  event_record first;
  event_record second;
  simulated_world world;
  const auto publisher = world.add({}, "publisher");
  const auto other = world.add_silent({}, "other");
  const auto where = zooid::from(publisher->endpoint());
  REQUIRE(confirmed(other->subscribe<Paid>(recorder<Paid>{&first}, where)));
  world.hub.partition("publisher", "other");
  REQUIRE(world.eventually([&] { return live_sessions(*other) == 0; }));
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(publisher->publish(Paid{i, ""}));
  const auto on = other->subscribe<Paid>(recorder<Paid>{&second}, where);
  world.settle();
  world.hub.heal("publisher", "other");
  REQUIRE(confirmed(on));
  REQUIRE(publisher->publish(Paid{10, ""}));
  REQUIRE(world.eventually([&] { return first.accounted() == 11 && second.heard() == 1; }));
  CHECK(second.missed() + second.unknown() == 0);
  other->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("the last events are found missing though another subscription was cancelled before it was confirmed",
          "[events]") {
  event_record heard;
  simulated_world world(GENERATE(range(1, 11)));
  world.hub.delay(1ms, 5ms);
  const auto publisher = world.add();
  const auto other = world.add_silent();
  const auto where = zooid::from(publisher->endpoint());
  REQUIRE(confirmed(other->subscribe<Paid>(recorder<Paid>{&heard}, where)));
  for (std::uint64_t i = 0; i < 20; ++i) {
    auto passing = other->subscribe<Paid>([](const Paid&) {}, where, zooid::key(std::to_string(i)));
    world.steps->run_for(std::chrono::milliseconds(20 - i));
    passing.cancel();
  }
  world.hub.lose_events(1);
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(publisher->publish(Paid{i, ""}));
  world.steps->run_until_idle();  // What was gathered leaves.
  world.hub.lose_events(0);
  REQUIRE(world.eventually([&] { return heard.missed() == 10; }));
  other->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("a thousand and more lost connections leave the numbers as they are", "[events]") {
  std::array<event_record, 2> heard;
  simulated_world world;
  const auto publisher = world.add({}, "publisher");
  const std::array<std::unique_ptr<zooid::node>, 2> others{world.add_silent({}, "a"), world.add_silent({}, "b")};
  const auto where = zooid::from(publisher->endpoint());
  for (std::size_t i = 0; i < 2; ++i) {
    const auto key = zooid::key(std::to_string(i));
    REQUIRE(confirmed(others[i]->subscribe<Paid>(recorder<Paid>{&heard[i]}, where, key)));
  }
  // Many filters at once, so that each loss counts a hundred times.
  for (int i = 0; i < 100; ++i) {
    const auto key = zooid::key("more " + std::to_string(i));
    REQUIRE(confirmed(others[i % 2]->subscribe<Paid>([](const Paid&) {}, where, key)));
  }
  std::array<std::uint64_t, 2> next{};
  for (int round = 0; round < 30; ++round) {
    const std::size_t one = round % 3 == 0 ? 1 : 0;
    world.hub.partition("publisher", one == 0 ? "a" : "b");
    REQUIRE(world.eventually([&] { return live_sessions(*publisher) == 1 && live_sessions(*others[one]) == 0; }));
    for (std::size_t i = 0; i < 2; ++i) REQUIRE(publisher->publish(Paid{next[i]++, ""}, std::to_string(i)));
    world.hub.heal("publisher", one == 0 ? "a" : "b");
    REQUIRE(world.eventually([&] { return heard[0].accounted() == next[0] && heard[1].accounted() == next[1]; }));
  }
  CHECK(heard[0].unknown() + heard[1].unknown() == 0);
  for (const auto& each : others) each->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("lossless events are held back for the slowest though two addresses lead to one publisher", "[events]") {
  event_record fast;
  event_record slow;
  gate open;
  zmq_world world;
  const auto publisher = world.add({.listen = "tcp://127.0.0.1:0"});
  const auto other = world.add_silent({.workers = 2});
  const std::string port = publisher->endpoint().substr(publisher->endpoint().rfind(':'));
  REQUIRE(confirmed(other->subscribe<Moved>(recorder<Moved>{&fast}, zooid::from("tcp://127.0.0.1" + port))));
  REQUIRE(confirmed(other->subscribe<Moved>(
      [&open, to = recorder<Moved>{&slow}](const auto& what) {
        static_cast<void>(open.wait());
        to(what);
      },
      zooid::from("tcp://localhost" + port))));
  std::uint64_t refused = 0;
  std::uint64_t next = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (publisher->publish(Moved{next})) {
      ++next;
    } else {
      ++refused;
      std::this_thread::yield();
    }
  }
  CHECK(refused > 0);
  CHECK(next <= 4096 + 4096 + 4096);
  open.open();
  REQUIRE(world.eventually([&] { return fast.accounted() == next && slow.accounted() == next; }));
  CHECK(fast.missed() + slow.missed() == 0);
  other->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("a publisher that returns before its loss was noticed is heard once", "[events]") {
  const std::array<std::string, 8> keys{"a", "b", "c", "d", "e", "f", "g", "h"};
  std::array<event_record, 8> heard;
  event_record another;
  simulated_world world;
  const zooid::node_options options{.listen = "tcp://127.0.0.1:9000", .events = "tcp://127.0.0.1:9001"};
  auto publisher = world.add(options, "publisher");
  const auto other = world.add({}, "other");
  other->spawn_as<Listener>("listener");
  // The publisher dials, so that the other side is not told when it crashes.
  REQUIRE(publisher->find<Ears>(other->endpoint() + "/listener").call(Ping{}).result());
  const auto where = zooid::from(publisher->endpoint());
  zooid::subscription last;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    last = other->subscribe<Paid>(recorder<Paid>{&heard[i]}, where, zooid::key(keys[i]));
    REQUIRE(confirmed(last));
  }
  std::uint64_t next = 0;
  std::size_t wanted = keys.size();
  const auto publish = [&] {
    for (int n = 0; n < 10; ++n, ++next) {
      for (const std::string& key : keys) REQUIRE(publisher->publish(Paid{next, ""}, key));
    }
    for (std::size_t i = 0; i < wanted; ++i) {
      CAPTURE(i);
      REQUIRE(world.eventually([&] { return heard[i].heard() == next; }));
      CHECK(heard[i].ordered());
    }
  };
  publish();
  world.hub.crash("publisher");
  const auto dead = std::exchange(publisher, world.add(options, "publisher again"));
  // It numbers what is wanted of it anew, and in another order.
  const auto third = world.add_silent({}, "third");
  REQUIRE(confirmed(third->subscribe<Paid>(recorder<Paid>{&another}, where, zooid::key("h"))));
  REQUIRE(publisher->find<Ears>(other->endpoint() + "/listener").call(Ping{}).result());
  for (const event_record& each : heard) REQUIRE(world.eventually([&] { return each.unknown() == 1; }));
  publish();
  CHECK(live_sessions(*other) == 2);
  last.cancel();
  --wanted;
  publish();
  REQUIRE(world.eventually([&] { return live_sessions(*other) == 1; }));
  publish();
  world.settle();
  for (std::size_t i = 0; i < wanted; ++i) CHECK(heard[i].accounted() == next);
  CHECK(heard[wanted].heard() == 20);
  CHECK(another.heard() == 30);
  third->stop(1s);
  other->stop(1s);
  publisher->stop(1s);
  dead->stop(1s);
}

TEST_CASE("a subscription that could not even dial tries again", "[events]") {
  event_record heard;
  simulated_world world;
  const auto publisher = world.add({}, "publisher");
  const auto network = std::make_shared<reluctant_network>(world.hub.attach(*world.steps, "other"));
  const auto other = std::make_unique<zooid::node>(zooid::node_options{.scheduler = world.steps, .network = network});
  network->refusals = 3;
  const auto on = other->subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(publisher->endpoint()));
  REQUIRE(confirmed(on));
  CHECK(network->refusals == 0);
  REQUIRE(publisher->publish(Paid{0, ""}));
  REQUIRE(world.eventually([&] { return heard.heard() == 1; }));
  other->stop(1s);
  publisher->stop(1s);
}
