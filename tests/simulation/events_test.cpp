// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

// One node publishes to three others, while their network delays, cuts, parts and loses. Afterwards each of them has
// heard everything, or knows exactly what it missed. The same seed is the same story.

namespace {

constexpr std::array<std::string_view, 3> names{"one", "two", "three"};

struct subscriber {
  event_record paid{};   // With the key that the subscriber's name is.
  event_record moved{};  // All.
  std::uint64_t paid_before = 0;
  std::uint64_t moved_before = 0;
};

struct outcome {
  std::vector<std::uint64_t> heard{};
  std::uint64_t missed = 0;
};

outcome run(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  std::array<subscriber, 3> all;
  simulated_world world(seed);
  world.hub.delay(100us, 5ms);
  const zooid::node_options options{.heartbeat_interval = 100ms, .heartbeat_timeout = 500ms};
  const auto publisher = world.add(options, "publisher");
  std::array<std::unique_ptr<zooid::node>, 3> nodes;
  std::array<std::uint64_t, 3> paid{};
  std::uint64_t moved = 0;
  const auto publish = [&](std::size_t key) {
    if (publisher->publish(Paid{paid[key], "x"}, names[key])) ++paid[key];
    if (publisher->publish(Moved{moved})) ++moved;
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i] = world.add_silent(options, std::string(names[i]));
    publish(i);
    const auto where = zooid::from(publisher->endpoint());
    REQUIRE(confirmed(nodes[i]->subscribe<Paid>(recorder<Paid>{&all[i].paid}, where, zooid::key(names[i]))));
    all[i].paid_before = paid[i];
    REQUIRE(confirmed(nodes[i]->subscribe<Moved>(recorder<Moved>{&all[i].moved}, where)));
    all[i].moved_before = moved;
  }
  std::array<bool, 3> parted{};
  for (int step = 0; step < 60; ++step) {
    world.hub.cut(chance(30) ? 0.02 : 0);
    world.hub.lose_events(chance(50) ? 0.2 : 0);
    const std::size_t one = random() % nodes.size();
    if (chance(20)) {
      parted[one] ? world.hub.heal("publisher", std::string(names[one]))
                  : world.hub.partition("publisher", std::string(names[one]));
      parted[one] = !parted[one];
    }
    // Somebody else on that node who comes and goes, with the same wish or with another.
    zooid::subscription passing;
    const bool passes = chance(30);
    if (passes) {
      passing = nodes[one]->subscribe<Paid>([](const auto&) {}, zooid::from(publisher->endpoint()),
                                            zooid::key(names[random() % names.size()]));
    }
    for (std::uint64_t n = random() % 20; n > 0; --n) publish(random() % nodes.size());
    world.steps->run_for(std::chrono::milliseconds(random() % 300));
    for (std::uint64_t n = random() % 5; n > 0; --n) publish(random() % nodes.size());
    if (passes) passing.cancel();
  }
  world.hub.cut(0);
  world.hub.lose_events(0);
  for (const std::string_view name : names) world.hub.heal("publisher", std::string(name));
  outcome result;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const subscriber& each = all[i];
    INFO("seed " << seed << ", subscriber " << i);
    CHECK(world.eventually([&] { return each.paid.accounted() == paid[i] - each.paid_before; }));
    CHECK(world.eventually([&] { return each.moved.accounted() == moved - each.moved_before; }));
    world.settle();
    CHECK(each.paid.accounted() == paid[i] - each.paid_before);
    CHECK(each.moved.accounted() == moved - each.moved_before);
    CHECK(each.paid.exact());
    CHECK(each.moved.exact());
    for (const event_record* const heard : {&each.paid, &each.moved}) {
      const auto numbers = heard->numbers();
      result.heard.insert(result.heard.end(), numbers.begin(), numbers.end());
      result.missed += heard->missed();
    }
  }
  for (const auto& each : nodes) each->stop(1s);
  publisher->stop(1s);
  return result;
}

}  // namespace

TEST_CASE("received and missed events make up what was published, whatever the network does", "[events][simulation]") {
  std::uint64_t missed = 0;
  std::uint64_t heard = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const outcome one = run(seed);
    missed += one.missed;
    heard += one.heard.size();
  }
  CHECK(missed > 1000);
  CHECK(heard > 1000);
}

TEST_CASE("the same seed publishes and loses the same events", "[events][simulation]") {
  const outcome first = run(1234);
  const outcome second = run(1234);
  CHECK(first.heard == second.heard);
  CHECK(first.missed == second.missed);
}

TEST_CASE("a publisher that crashes and returns is heard again, behind a gap of unknown size", "[events][simulation]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    event_record heard;
    event_record lossless;
    simulated_world world(seed);
    world.hub.delay(100us, 5ms);
    const zooid::node_options options{.heartbeat_interval = 100ms, .heartbeat_timeout = 500ms};
    auto publisher = world.add(options, "publisher 0");
    const std::string endpoint = publisher->endpoint();
    const auto other = world.add_silent(options, "other");
    REQUIRE(confirmed(other->subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(endpoint))));
    REQUIRE(confirmed(other->subscribe<Moved>(recorder<Moved>{&lossless}, zooid::from(endpoint))));
    std::uint64_t next = 0;
    std::vector<std::unique_ptr<zooid::node>> dead;
    for (std::uint64_t round = 1; round <= 5; ++round) {
      for (int i = 0; i < 20; ++i, ++next) {
        REQUIRE(publisher->publish(Paid{next, ""}));
        REQUIRE(publisher->publish(Moved{next}));
        world.steps->run_for(1ms);
      }
      world.hub.crash("publisher " + std::to_string(round - 1));
      dead.push_back(std::move(publisher));
      auto again = options;
      again.listen = endpoint;
      publisher = world.add(again, "publisher " + std::to_string(round));
      REQUIRE(world.eventually([&] { return heard.unknown() == round && lossless.unknown() == round; }));
    }
    const std::uint64_t before = heard.heard();
    REQUIRE(publisher->publish(Paid{next, ""}));
    REQUIRE(publisher->publish(Moved{next}));
    REQUIRE(world.eventually([&] { return heard.heard() == before + 1 && lossless.numbers().back() == next; }));
    CHECK(heard.ordered());
    CHECK(lossless.ordered());
    for (const auto& each : dead) each->stop(0s);
    other->stop(1s);
    publisher->stop(1s);
  }
}
