// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/clock.hpp>
#include <zooid/error.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace zooid::detail {

/// What became of the messages for one service, whoever carried its name. Any thread.
class service_counters {
 public:
  /// Is the turn that begins to be timed? All of the first, later one of `sampled`: reading the clock twice for each
  /// turn would cost more than many handlers.
  [[nodiscard]] std::uint32_t begin_turn() noexcept {
    const std::uint32_t turn = turns_.fetch_add(1, std::memory_order_relaxed);
    if (turn < always_timed) return 1;
    return turn % sampled == 0 ? sampled : 0;
  }
  /// `weight` is what `begin_turn` said.
  void end_turn(duration taken, std::uint32_t weight) noexcept {
    time_.fetch_add(taken.count() * weight, std::memory_order_relaxed);
  }
  void refused(errc why) noexcept { refused_[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed); }
  /// A carrier has ended, after so many messages.
  void add_handled(std::uint64_t count) noexcept { handled_.fetch_add(count, std::memory_order_relaxed); }

  [[nodiscard]] duration time() const noexcept { return duration(time_.load(std::memory_order_relaxed)); }
  [[nodiscard]] std::uint64_t handled() const noexcept { return handled_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t refused_by(std::size_t why) const noexcept {
    return refused_[why].load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint32_t always_timed = 1024;
  static constexpr std::uint32_t sampled = 16;

  std::atomic<std::uint32_t> turns_{0};
  std::atomic<std::int64_t> time_{0};
  std::atomic<std::uint64_t> handled_{0};
  std::array<std::atomic<std::uint64_t>, errc_count> refused_{};
};

}  // namespace zooid::detail
