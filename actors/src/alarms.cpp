// SPDX-License-Identifier: Apache-2.0
#include "alarms.hpp"

#include <algorithm>
#include <utility>

namespace zooid::detail {

void alarms::publish_next() noexcept {
  next_.store(heap_.empty() ? duration::max().count() : heap_.front().when.time_since_epoch().count(),
              std::memory_order_release);
}

bool alarms::add(time_point when, intrusive_ptr<alarm> what) {
  const std::lock_guard lock(mutex_);
  const bool earliest = heap_.empty() || when < heap_.front().when;
  heap_.push_back({when, number_++, std::move(what)});
  std::push_heap(heap_.begin(), heap_.end());
  publish_next();
  return earliest;
}

std::size_t alarms::ring_due(time_point now) {
  if (next() > now) return 0;
  std::vector<intrusive_ptr<alarm>> due;
  {
    const std::lock_guard lock(mutex_);
    while (!heap_.empty() && heap_.front().when <= now) {
      std::pop_heap(heap_.begin(), heap_.end());
      due.push_back(std::move(heap_.back().what));
      heap_.pop_back();
    }
    publish_next();
  }
  for (const auto& what : due) what->ring();
  return due.size();
}

void alarms::clear() {
  std::vector<entry> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(heap_);
  publish_next();
}

}  // namespace zooid::detail
