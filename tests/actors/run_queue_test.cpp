// SPDX-License-Identifier: Apache-2.0
#include "run_queue.hpp"

#include "catch.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using zooid::runnable;
using zooid::detail::run_queue;
using zooid::detail::worker_queue;

namespace {

/// Counts how often it was taken; nobody runs it.
struct numbered final : runnable {
  void run() override {}
  std::uint64_t number = 0;
  std::atomic<unsigned> times{0};
};

numbered& as_numbered(runnable& ready) { return static_cast<numbered&>(ready); }

std::deque<numbered> make_numbered(std::uint64_t count) {
  std::deque<numbered> made(count);
  for (std::uint64_t i = 0; i < count; ++i) made[i].number = i;
  return made;
}

template <class Queue>
bool pops_in_order(Queue& queue, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t i = first; i < first + count; ++i) {
    runnable* const popped = queue.pop();
    if (popped == nullptr || as_numbered(*popped).number != i) return false;
  }
  return true;
}

bool each_was_taken_once(const std::deque<numbered>& all) {
  return std::all_of(all.begin(), all.end(), [](const numbered& each) { return each.times.load() == 1; });
}

}  // namespace

TEST_CASE("a queue of what is ready is first in, first out", "[run_queue]") {
  auto all = make_numbered(1000);
  run_queue queue;
  CHECK(queue.pop() == nullptr);
  for (numbered& each : all) queue.push(each);
  CHECK(queue.size() == 1000);
  CHECK(pops_in_order(queue, 0, 1000));
  CHECK(queue.pop() == nullptr);
  CHECK(queue.size() == 0);
}

TEST_CASE("a worker's queue is first in, first out, whether or not its ring is full", "[run_queue]") {
  for (const std::uint64_t count : {1u, 255u, 256u, 257u, 258u, 512u, 513u, 2000u}) {
    INFO(count);
    auto all = make_numbered(count);
    worker_queue queue;
    for (numbered& each : all) queue.push(each);
    CHECK(queue.size() == count);
    CHECK(pops_in_order(queue, 0, count));
    CHECK(queue.pop() == nullptr);
    CHECK(queue.size() == 0);
  }
}

TEST_CASE("a worker's queue keeps its order while it fills and empties, in and out of its ring", "[run_queue]") {
  constexpr std::uint64_t count = 200'000;
  auto all = make_numbered(count);
  std::mt19937_64 random(7);
  worker_queue queue;
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  bool in_order = true;
  bool counted = true;
  while (popped < count) {
    for (std::uint64_t some = random() % 400; some > 0 && pushed < count; --some) queue.push(all[pushed++]);
    const std::uint64_t some = std::min<std::uint64_t>(random() % 400, pushed - popped);
    in_order = in_order && pops_in_order(queue, popped, some);
    popped += some;
    counted = counted && queue.size() == pushed - popped;
  }
  CHECK(in_order);
  CHECK(counted);
  CHECK(queue.pop() == nullptr);
}

TEST_CASE("a thief gets the oldest, and up to half of the rest behind it", "[run_queue]") {
  for (const std::uint64_t count : {1u, 2u, 3u, 10u, 256u, 300u, 1000u}) {
    INFO(count);
    auto all = make_numbered(count);
    worker_queue from;
    worker_queue to;
    for (numbered& each : all) from.push(each);
    runnable* const stolen = from.steal(to);
    REQUIRE(stolen != nullptr);
    CHECK(as_numbered(*stolen).number == 0);
    CHECK(to.size() <= (count - 1) / 2);
    CHECK(from.size() + to.size() == count - 1);
    const std::uint64_t moved = to.size();
    CHECK(pops_in_order(to, 1, moved));
    CHECK(pops_in_order(from, 1 + moved, count - 1 - moved));
  }
  worker_queue empty;
  worker_queue own;
  CHECK(empty.steal(own) == nullptr);
}

TEST_CASE("what one worker pushes and pops while three steal is taken exactly once", "[run_queue]") {
  constexpr std::uint64_t count = 60'000;
  constexpr std::size_t thieves = 3;
  auto all = make_numbered(count);
  worker_queue owned;
  std::vector<std::unique_ptr<worker_queue>> loot;
  for (std::size_t i = 0; i < thieves; ++i) loot.push_back(std::make_unique<worker_queue>());
  std::atomic<std::uint64_t> taken{0};
  std::atomic<bool> too_long{false};
  const auto take = [&](runnable& ready) {
    as_numbered(ready).times.fetch_add(1);
    taken.fetch_add(1);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thieves; ++i) {
    threads.emplace_back([&, i] {
      worker_queue& own = *loot[i];
      while (taken.load() < count) {
        runnable* next = own.pop();
        if (next == nullptr) next = owned.steal(own);
        for (std::size_t k = 1; next == nullptr && k < thieves; ++k) next = loot[(i + k) % thieves]->steal(own);
        if (next == nullptr) {
          std::this_thread::yield();
          continue;
        }
        take(*next);
        if (own.size() > count) too_long = true;
      }
    });
  }
  std::mt19937_64 random(11);
  for (std::uint64_t pushed = 0; pushed < count;) {
    for (std::uint64_t some = random() % 600; some > 0 && pushed < count; --some) owned.push(all[pushed++]);
    for (std::uint64_t some = random() % 300; some > 0; --some) {
      runnable* const own = owned.pop();
      if (own == nullptr) break;
      take(*own);
    }
    if (owned.size() > pushed) too_long = true;
  }
  while (runnable* const own = owned.pop()) take(*own);
  for (std::thread& thread : threads) thread.join();
  CHECK(taken.load() == count);
  CHECK(each_was_taken_once(all));
  CHECK_FALSE(too_long.load());
  CHECK(owned.size() == 0);
  for (const auto& each : loot) CHECK(each->size() == 0);
}

TEST_CASE("what is pushed again as soon as it was taken is never taken by two", "[run_queue]") {
  constexpr std::uint64_t rounds = 100'000;
  auto all = make_numbered(3);  // So few that the places in the ring are used again and again.
  worker_queue owned;
  run_queue returned;
  std::atomic<bool> over{false};
  std::atomic<bool> twice{false};
  const auto take = [&](runnable& ready) {
    if (as_numbered(ready).times.fetch_add(1) != 0) twice = true;
    as_numbered(ready).times.fetch_sub(1);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      worker_queue own;
      while (!over.load()) {
        runnable* next = own.pop();
        if (next == nullptr) next = owned.steal(own);
        if (next == nullptr) {
          std::this_thread::yield();
          continue;
        }
        take(*next);
        returned.push(*next);
      }
      while (runnable* const next = own.pop()) returned.push(*next);
    });
  }
  for (numbered& each : all) returned.push(each);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    if (runnable* const next = returned.pop()) owned.push(*next);
    if (i % 3 == 0) continue;
    if (runnable* const next = owned.pop()) {
      take(*next);
      returned.push(*next);
    }
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(twice.load());
  std::size_t left = 0;
  while (owned.pop() != nullptr) ++left;
  while (returned.pop() != nullptr) ++left;
  CHECK(left == all.size());
}
