// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
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

}  // namespace bench
