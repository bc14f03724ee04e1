// SPDX-License-Identifier: Apache-2.0
#include "light_mutex.hpp"

#include "catch.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using zooid::detail::light_mutex;

TEST_CASE("of several threads one at a time holds a light mutex", "[light_mutex]") {
  constexpr int threads = 4;
  constexpr std::uint64_t each = 50'000;
  light_mutex mutex;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  bool together = true;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&, i] {
      for (std::uint64_t k = 0; k < each; ++k) {
        const std::lock_guard lock(mutex);
        together = together && first == second;
        ++first;
        if (k % 512 == static_cast<std::uint64_t>(i)) std::this_thread::yield();  // The others come to wait.
        ++second;
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(together);
  CHECK(first == threads * each);
  CHECK(second == threads * each);
}

TEST_CASE("who only tries a light mutex does not wait, and excludes the others when it gets it", "[light_mutex]") {
  light_mutex mutex;
  REQUIRE(mutex.try_lock());
  bool taken = true;
  std::thread([&] { taken = mutex.try_lock(); }).join();
  CHECK_FALSE(taken);
  mutex.unlock();
  std::thread([&] {
    taken = mutex.try_lock();
    if (taken) mutex.unlock();
  }).join();
  CHECK(taken);

  constexpr std::uint64_t each = 50'000;
  std::uint64_t counted = 0;
  std::atomic<std::uint64_t> successes{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 2; ++i) {
    all.emplace_back([&] {
      for (std::uint64_t k = 0; k < each; ++k) {
        const std::lock_guard lock(mutex);
        ++counted;
      }
    });
    all.emplace_back([&] {
      for (std::uint64_t k = 0; k < each; ++k) {
        if (!mutex.try_lock()) continue;
        ++counted;
        mutex.unlock();
        successes.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(counted == 2 * each + successes.load());
}

TEST_CASE("each of those who wait for a light mutex is woken", "[light_mutex]") {
  for (int round = 0; round < 50; ++round) {
    light_mutex mutex;
    std::atomic<int> begun{0};
    int passed = 0;
    std::vector<std::thread> all;
    mutex.lock();
    for (int i = 0; i < 5; ++i) {
      all.emplace_back([&] {
        begun.fetch_add(1);
        const std::lock_guard lock(mutex);
        ++passed;
      });
    }
    while (begun.load() < 5) std::this_thread::yield();
    for (int i = 0; i < round; ++i) std::this_thread::yield();  // More and more of them sleep.
    mutex.unlock();
    for (std::thread& thread : all) thread.join();
    CHECK(passed == 5);
  }
}

TEST_CASE("a light mutex may be destroyed by the next one who got it", "[light_mutex]") {
  // As in a session whose last holder is whoever locked it last.
  for (int round = 0; round < 2000; ++round) {
    auto mutex = std::make_unique<light_mutex>();
    light_mutex* const shared = mutex.get();
    std::atomic<bool> locked{false};
    shared->lock();
    std::thread other([&] {
      locked = true;
      shared->lock();
      shared->unlock();
      mutex.reset();
    });
    while (!locked.load()) std::this_thread::yield();
    shared->unlock();
    other.join();
    CHECK(mutex == nullptr);
  }
}
