// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace zooid {

using duration = std::chrono::nanoseconds;
using time_point = std::chrono::time_point<std::chrono::steady_clock, duration>;

/// `span` after `start`, at most the end of time.
[[nodiscard]] constexpr time_point later(time_point start, duration span) noexcept {
  return span < time_point::max() - start ? start + span : time_point::max();
}

/// Where time comes from: one of the four seams that a simulation replaces. Any thread.
class ZOOID_API clock {
 public:
  virtual ~clock() = default;

  [[nodiscard]] virtual time_point now() const noexcept = 0;

  /// How long a thread may really sleep so as not to miss `deadline`. A hand-moved clock answers "for ever":
  /// its `advance` wakes the sleepers.
  [[nodiscard]] virtual duration sleep_until(time_point deadline) const noexcept = 0;

  /// Calls `moved` whenever time was moved by hand; a clock that runs by itself never does.
  /// The subscription ends when the returned handle dies.
  [[nodiscard]] virtual std::shared_ptr<void> on_move(std::function<void()> moved) = 0;
};

/// The monotonic clock of the machine.
[[nodiscard]] ZOOID_API std::shared_ptr<clock> steady_clock();

/// Time that stands still until it is moved. It starts at one hour, so that subtracting a duration is safe.
class ZOOID_API manual_clock final : public clock {
 public:
  manual_clock();
  ~manual_clock() override;
  manual_clock(manual_clock&&) = delete;

  [[nodiscard]] time_point now() const noexcept override;
  [[nodiscard]] duration sleep_until(time_point deadline) const noexcept override;
  [[nodiscard]] std::shared_ptr<void> on_move(std::function<void()> moved) override;

  void advance(duration by);

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace zooid
