// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/scheduler.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace zooid::detail {

/// What is to ring when: a binary heap. Any thread. Equal times ring in the order of their adding.
class alarms {
 public:
  /// True: it is now the earliest, so whoever sleeps until the former one has to be told.
  bool add(time_point when, intrusive_ptr<alarm> what);
  /// Rings what is due, outside the lock. Returns how many.
  std::size_t ring_due(time_point now);
  /// When the earliest is due; time_point::max() when there is none. Without the lock.
  [[nodiscard]] time_point next() const noexcept { return time_point(duration(next_.load(std::memory_order_acquire))); }
  void clear();

 private:
  struct entry {
    time_point when;
    std::uint64_t number;
    intrusive_ptr<alarm> what;
    friend bool operator<(const entry& a, const entry& b) noexcept {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };

  void publish_next() noexcept;

  std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<entry> heap_;
  std::uint64_t number_ = 0;

  std::atomic<duration::rep> next_{duration::max().count()};
};

}  // namespace zooid::detail
