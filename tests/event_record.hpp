// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include "node_world.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

/// What one subscriber heard of events that have a `number`. Any thread.
class event_record {
 public:
  template <class E>
  void take(const E& event) {
    const std::lock_guard lock(mutex_);
    if (!numbers_.empty() && event.number <= numbers_.back()) ordered_ = false;
    if (numbers_.empty()) first_ = event.number - missed_;
    if (event.number - first_ != numbers_.size() + missed_) exact_ = false;
    numbers_.push_back(event.number);
  }
  template <class E>
  void take_gap(const zooid::gap<E>& gap) {
    const std::lock_guard lock(mutex_);
    if (gap.missed) {
      missed_ += *gap.missed;
      if (*gap.missed == 0) ordered_ = false;
    } else {
      ++unknown_;
    }
  }

  [[nodiscard]] std::uint64_t heard() const {
    const std::lock_guard lock(mutex_);
    return numbers_.size();
  }
  [[nodiscard]] std::uint64_t missed() const {
    const std::lock_guard lock(mutex_);
    return missed_;
  }
  /// What it heard and what it knows that it missed.
  [[nodiscard]] std::uint64_t accounted() const {
    const std::lock_guard lock(mutex_);
    return numbers_.size() + missed_;
  }
  /// How many gaps were of unknown size.
  [[nodiscard]] std::uint64_t unknown() const {
    const std::lock_guard lock(mutex_);
    return unknown_;
  }
  [[nodiscard]] std::vector<std::uint64_t> numbers() const {
    const std::lock_guard lock(mutex_);
    return numbers_;
  }
  /// With consecutive numbers: does each gap say how many are missing in its place?
  [[nodiscard]] bool exact() const {
    const std::lock_guard lock(mutex_);
    return exact_ && ordered_ && unknown_ == 0;
  }
  /// The number of the first event that it heard, or that was in a gap before that. It has heard one.
  [[nodiscard]] std::uint64_t first() const {
    const std::lock_guard lock(mutex_);
    return first_;
  }
  /// In order, none twice, and no gap of nothing.
  [[nodiscard]] bool ordered() const {
    const std::lock_guard lock(mutex_);
    return ordered_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> numbers_;
  std::uint64_t missed_ = 0;
  std::uint64_t unknown_ = 0;
  std::uint64_t first_ = 0;
  bool ordered_ = true;
  bool exact_ = true;
};

/// A subscriber that writes down all it hears.
template <class E>
struct recorder {
  event_record* to;
  void operator()(const E& event) const { to->take(event); }
  void operator()(const zooid::gap<E>& gap) const { to->take_gap(gap); }
};

[[nodiscard]] inline bool confirmed(const zooid::subscription& on) {
  return static_cast<bool>(on.confirmed(patience).result());
}

/// A lossy event, and a lossless one.
struct Paid {
  std::uint64_t number;
  std::string order;
};
struct Moved {
  static constexpr bool lossless = true;
  std::uint64_t number;
};
