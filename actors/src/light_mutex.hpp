// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#if !defined(__SANITIZE_THREAD__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

#ifdef __SANITIZE_THREAD__

namespace zooid::detail {
using light_mutex = std::mutex;  // Whose order of locking ThreadSanitizer watches.
}

#else

#include <atomic>
#include <cstdint>

namespace zooid::detail {

/// A mutex whose uncontended use is two inlined instructions with a lock prefix, half of what the library's costs. Who
/// finds it taken sleeps (Drepper, "Futexes Are Tricky", 2011, its third mutex).
class light_mutex {
 public:
  void lock() noexcept {
    std::uint32_t seen = free;
    if (!state_.compare_exchange_strong(seen, taken, std::memory_order_acquire, std::memory_order_relaxed)) {
      wait(seen);
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    std::uint32_t seen = free;
    return state_.compare_exchange_strong(seen, taken, std::memory_order_acquire, std::memory_order_relaxed);
  }
  void unlock() noexcept {
    if (state_.exchange(free, std::memory_order_release) == waited_for) state_.notify_one();
  }

 private:
  static constexpr std::uint32_t free = 0;
  static constexpr std::uint32_t taken = 1;
  static constexpr std::uint32_t waited_for = 2;

  void wait(std::uint32_t seen) noexcept {
    if (seen != waited_for) seen = state_.exchange(waited_for, std::memory_order_acquire);
    while (seen != free) {
      state_.wait(waited_for, std::memory_order_relaxed);
      seen = state_.exchange(waited_for, std::memory_order_acquire);
    }
  }

  std::atomic<std::uint32_t> state_{free};
};

}  // namespace zooid::detail

#endif
