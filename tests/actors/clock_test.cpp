// SPDX-License-Identifier: Apache-2.0
#include <zooid/clock.hpp>
#include <zooid/random.hpp>

#include "catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("a manual clock stands still until it is moved", "[clock]") {
  zooid::manual_clock clock;
  const zooid::time_point start = clock.now();
  CHECK(clock.now() == start);
  CHECK(start.time_since_epoch() == 1h);
  clock.advance(3s);
  CHECK(clock.now() == start + 3s);
}

TEST_CASE("who waits for a manual clock sleeps for ever, or not at all", "[clock]") {
  const zooid::manual_clock clock;
  CHECK(clock.sleep_until(clock.now() + 1ns) == zooid::duration::max());
  CHECK(clock.sleep_until(clock.now()) == 0ns);
}

TEST_CASE("moving a manual clock tells its listeners as long as they live", "[clock]") {
  zooid::manual_clock clock;
  int moves = 0;
  zooid::time_point seen{};
  auto listening = clock.on_move([&] {
    ++moves;
    seen = clock.now();
  });
  clock.advance(1s);
  CHECK(moves == 1);
  CHECK(seen == clock.now());
  listening.reset();
  clock.advance(1s);
  CHECK(moves == 1);
}

TEST_CASE("the machine's clock goes forward and is not moved by hand", "[clock]") {
  const auto clock = zooid::steady_clock();
  const zooid::time_point first = clock->now();
  CHECK(clock->now() >= first);
  CHECK(clock->sleep_until(first - 1s) == 0ns);
  CHECK(clock->sleep_until(zooid::time_point::max()) == zooid::duration::max());
  CHECK(clock->sleep_until(clock->now() + 1h) > 59min);
  CHECK(clock->on_move([] {}) == nullptr);
}

TEST_CASE("a seed gives the same numbers again, another seed other ones", "[clock]") {
  const auto one = zooid::seeded_random(1);
  const auto again = zooid::seeded_random(1);
  const auto other = zooid::seeded_random(2);
  bool same = true;
  bool different = false;
  for (int i = 0; i < 100; ++i) {
    const auto number = one->next();
    same = same && number == again->next();
    different = different || number != other->next();
  }
  CHECK(same);
  CHECK(different);
  CHECK(zooid::system_random()->next() != zooid::system_random()->next());
}
