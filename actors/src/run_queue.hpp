// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/scheduler.hpp>

#include <atomic>
#include <cstddef>
#include <thread>

namespace zooid::detail {

/// For critical sections of a few instructions.
class spin_lock {
 public:
  void lock() noexcept {
    for (unsigned tries = 0; taken_.exchange(true, std::memory_order_acquire);) {
      while (taken_.load(std::memory_order_relaxed)) {
        if (++tries % 64 == 0) std::this_thread::yield();
      }
    }
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

/// What is ready, first in, first out. Any thread.
class alignas(64) run_queue {
 public:
  void push(runnable& ready) noexcept;
  [[nodiscard]] runnable* pop() noexcept;
  /// Moves up to half of it, the oldest first, to `to`, and returns one more.
  [[nodiscard]] runnable* steal(run_queue& to) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_seq_cst); }

 private:
  spin_lock lock_;
  // Guarded by lock_:
  runnable* first_ = nullptr;
  runnable* last_ = nullptr;

  std::atomic<std::size_t> size_{0};
};

}  // namespace zooid::detail
