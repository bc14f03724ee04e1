// SPDX-License-Identifier: Apache-2.0
#include "call_table.hpp"

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

using zooid::call_table;
using zooid::intrusive_ptr;
using zooid::detail::call;

namespace {

struct asked {
  std::uint64_t number;
};

intrusive_ptr<call> made() {
  return call::make(zooid::detail::message_type_of<asked>, zooid::detail::message_type_of<void>, false);
}

using known_calls = std::map<std::uint64_t, intrusive_ptr<call>>;

bool has_the_same(const call_table& table, const known_calls& known) {
  return std::all_of(known.begin(), known.end(),
                     [&](const auto& each) { return table.find(each.first) == each.second.get(); });
}

/// Numbers come from `choose`, which repeats itself often enough that they are found again.
template <class Choose>
void check_against_a_map(std::uint64_t seed, int steps, std::size_t most, const Choose& choose) {
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  call_table table;
  known_calls known;
  bool same = true;
  for (int step = 0; step < steps; ++step) {
    const std::uint64_t number = choose(random);
    const auto at = known.find(number);
    same = same && table.find(number) == (at == known.end() ? nullptr : at->second.get());
    if (random() % 2 == 0 && known.size() < most) {
      auto fresh = made();
      const bool emplaced = table.emplace(number, fresh);
      same = same && emplaced == (number != 0 && at == known.end());
      if (emplaced) known.emplace(number, std::move(fresh));
    } else {
      const auto taken = table.take(number);
      same = same && taken.get() == (at == known.end() ? nullptr : at->second.get());
      if (at != known.end()) known.erase(at);
    }
    if (step % 1000 == 0) same = same && has_the_same(table, known);
  }
  CHECK(same);
  CHECK(has_the_same(table, known));
  auto all = table.take_all();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  CHECK(std::equal(all.begin(), all.end(), known.begin(), known.end(), [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.get() == b.second.get();
  }));
}

}  // namespace

TEST_CASE("a table of calls does what a map does", "[call_table]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    check_against_a_map(seed, 20'000, 10'000, [](auto& random) { return random() % 300; });
    check_against_a_map(seed, 20'000, 10'000, [](auto& random) { return random() % 30; });
  }
}

TEST_CASE("a table of calls does what a map does when many numbers share a place", "[call_table]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    check_against_a_map(seed, 10'000, 200, [](auto& random) { return (random() % 300) << 48; });
    check_against_a_map(seed, 10'000, 200, [](auto& random) { return (random() % 16) << 60 | (random() % 8); });
    check_against_a_map(seed, 10'000, 200, [](auto& random) { return ~std::uint64_t{0} - random() % 200; });
  }
}

TEST_CASE("a table of calls takes no call by the number zero", "[call_table]") {
  call_table table;
  CHECK(table.find(0) == nullptr);
  CHECK_FALSE(table.take(0));
  CHECK_FALSE(table.emplace(0, made()));
  CHECK(table.emplace(1, made()));
  CHECK_FALSE(table.emplace(0, made()));
  CHECK(table.find(0) == nullptr);
  CHECK_FALSE(table.take(0));
  CHECK(table.find(1) != nullptr);
}

TEST_CASE("a number that is taken keeps its call", "[call_table]") {
  call_table table;
  const auto first = made();
  CHECK(table.emplace(7, first));
  CHECK_FALSE(table.emplace(7, made()));
  CHECK(table.find(7) == first.get());
  CHECK(table.take(7).get() == first.get());
  CHECK_FALSE(table.take(7));
  CHECK(table.emplace(7, made()));
}

TEST_CASE("a table of calls grows with what is in it, and can be used again once it was emptied", "[call_table]") {
  call_table table;
  CHECK(table.find(1) == nullptr);
  CHECK_FALSE(table.take(1));
  CHECK(table.take_all().empty());
  for (int round = 0; round < 3; ++round) {
    constexpr std::uint64_t count = 50'000;
    const std::uint64_t step = std::uint64_t{1} << (round * 7);
    known_calls known;
    bool emplaced = true;
    for (std::uint64_t i = 1; i <= count; ++i) {
      auto fresh = made();
      emplaced = emplaced && table.emplace(i * step, fresh);
      known.emplace(i * step, std::move(fresh));
    }
    CHECK(emplaced);
    CHECK(has_the_same(table, known));
    for (std::uint64_t i = 1; i <= count; i += 2) {
      const auto taken = table.take(i * step);
      emplaced = emplaced && taken.get() == known.at(i * step).get();
      known.erase(i * step);
    }
    CHECK(emplaced);
    CHECK(has_the_same(table, known));
    CHECK(table.take_all().size() == known.size());
    CHECK(table.find(2 * step) == nullptr);
    CHECK_FALSE(table.take(2 * step));
    CHECK(table.take_all().empty());
  }
}

TEST_CASE("a table of calls holds its calls, and lets go of what it gives back", "[call_table]") {
  int alive = 0;
  const auto hold = [&](call_table& in, std::uint64_t number) {
    auto fresh = made();
    ++alive;
    fresh->continuation_state = &alive;
    fresh->destroy_continuation = [](void* of) { --*static_cast<int*>(of); };
    return in.emplace(number, std::move(fresh));
  };
  {
    call_table table;
    for (std::uint64_t i = 1; i <= 100; ++i) REQUIRE(hold(table, i));
    CHECK(alive == 100);
    CHECK_FALSE(hold(table, 50));
    CHECK(alive == 100);
    for (std::uint64_t i = 1; i <= 30; ++i) CHECK(table.take(i));
    CHECK(alive == 70);
    CHECK(table.take_all().size() == 70);
    CHECK(alive == 0);
    for (std::uint64_t i = 1; i <= 10; ++i) REQUIRE(hold(table, i));
    CHECK(alive == 10);
  }
  CHECK(alive == 0);
}
