// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/scheduler.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
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
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_seq_cst); }

 private:
  spin_lock lock_;
  // Guarded by lock_:
  runnable* first_ = nullptr;
  runnable* last_ = nullptr;

  std::atomic<std::size_t> size_{0};
};

/// What is ready for one worker, first in, first out. The worker pushes; any thread takes. A ring that costs the worker
/// one instruction with a lock prefix for each runnable (after Go's and Tokio's schedulers); what finds it full waits
/// behind it.
class worker_queue {
 public:
  /// Only the worker.
  void push(runnable& ready) noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == capacity || overflow_.size() > 0) {
      overflow_.push(ready);
      return;
    }
    ring_[tail % capacity].store(&ready, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
  }
  /// What was pushed before is seen by who looks for work after this.
  void publish() noexcept { tail_.fetch_add(0, std::memory_order_seq_cst); }
  [[nodiscard]] runnable* pop() noexcept {
    std::uint64_t head = head_.load(std::memory_order_acquire);
    while (head != tail_.load(std::memory_order_acquire)) {
      runnable* const oldest = ring_[head % capacity].load(std::memory_order_relaxed);
      // If it is still the oldest one, it was not written over.
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return oldest;
      }
    }
    return overflow_.pop();
  }
  /// Moves up to half of it, the oldest first, to the calling worker's own queue, and returns one more.
  [[nodiscard]] runnable* steal(worker_queue& to) noexcept;
  [[nodiscard]] std::size_t size() const noexcept {
    const std::uint64_t head = head_.load(std::memory_order_seq_cst);
    const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
    return (tail > head ? tail - head : 0) + overflow_.size();
  }

 private:
  static constexpr std::size_t capacity = 256;

  alignas(64) std::atomic<std::uint64_t> head_{0};
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  std::array<std::atomic<runnable*>, capacity> ring_{};
  run_queue overflow_;
};

}  // namespace zooid::detail
