// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "entrants.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <latch>
#include <stdexcept>

namespace bench {

/// Waits until so many actors have handled their message. Any thread.
class roll_call {
 public:
  explicit roll_call(std::uint64_t actors) : missing_(static_cast<std::ptrdiff_t>(actors)) {}

  void answer(std::uint64_t number) noexcept {
    sum_.fetch_add(number, std::memory_order_relaxed);
    missing_.count_down();
  }
  /// Throws when those who have answered were not told the numbers from `first` to `last`.
  void wait(std::uint64_t first, std::uint64_t last) const {
    missing_.wait();
    if (sum_.load(std::memory_order_relaxed) != (first + last) * (last - first + 1) / 2) {
      throw std::runtime_error("the content was changed");
    }
  }

 private:
  std::latch missing_;
  std::atomic<std::uint64_t> sum_{0};
};

/// Actors/s that a plain thread spawns. A `Nursery(actors)` has a system and room for so many actors, and its
/// `spawn_range(first, last, caller)` spawns those of these numbers, and tells each its own.
template <class Nursery>
double spawn_from_thread() {
  roll_call caller(actors_to_spawn);
  Nursery nursery(actors_to_spawn);
  const time_box box;
  nursery.spawn_range(1, actors_to_spawn, caller);
  caller.wait(1, actors_to_spawn);
  return box.rate(actors_to_spawn);
}

/// Bytes of one idle actor. The first step is not counted: it fills what the system keeps for all.
template <class Nursery>
double resident_while_idle() {
  constexpr std::uint64_t actors = actors_per_step + actors_to_spawn;
  std::deque<roll_call> callers;  // longer than a wait: the last who answered may not have left it
  Nursery nursery(actors);
  std::uint64_t before = 0;
  for (std::uint64_t spawned = 0; spawned < actors; spawned += actors_per_step) {
    if (spawned == actors_per_step) before = resident_bytes();
    roll_call& caller = callers.emplace_back(actors_per_step);
    nursery.spawn_range(spawned + 1, spawned + actors_per_step, caller);
    caller.wait(spawned + 1, spawned + actors_per_step);
  }
  return static_cast<double>(resident_bytes() - before) / static_cast<double>(actors_to_spawn);
}

template <class Nursery>
outcome measure_spawning(double (*spawn_from_actor)()) {
  const double bytes = resident_while_idle<Nursery>();  // first: it wants a heap without holes
  const double from_thread = spawn_from_thread<Nursery>();
  return {{{"from-thread", from_thread, 0, 0}, {"from-actor", spawn_from_actor(), 0, 0}, {"bytes", bytes, 0, 0}}};
}

}  // namespace bench
