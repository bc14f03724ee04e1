// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology.hpp"

#include <chrono>
#include <deque>

/// Decides whether a service that has ended is started again, and when. It has no clock: it is told the time. Copied.
class restart_policy {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  enum class verdict {
    again,   ///< After `pause`.
    enough,  ///< It ended well, and that is that.
    failed,  ///< For good.
  };
  struct decision {
    verdict what = verdict::failed;
    duration pause{};
    unsigned number = 0;  ///< Of this restart among those of the latest `restart_rule::within`.
  };

  static constexpr duration longest_pause = std::chrono::seconds(5);
  /// Who ran so long has recovered: the next pause is the first one again.
  static constexpr duration long_run = std::chrono::seconds(10);

  explicit restart_policy(const restart_rule& rule);

  /// A run from `began` until `now` is over. Runs are told in the order of time.
  [[nodiscard]] decision after(time_point began, time_point now, bool ended_well);

 private:
  restart_rule rule_;
  std::deque<time_point> restarts_;  // Of the latest `within`.
  duration next_pause_;
};
