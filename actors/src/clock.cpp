// SPDX-License-Identifier: Apache-2.0
#include <zooid/clock.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace zooid {
namespace {

/// In a cache line of its own: every turn reads it, and who knows what its neighbours on the heap write.
class alignas(64) machine_clock final : public clock {
 public:
  [[nodiscard]] time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] duration sleep_until(time_point deadline) const noexcept override {
    return deadline == time_point::max() ? duration::max() : std::max(deadline - now(), duration::zero());
  }
  [[nodiscard]] std::shared_ptr<void> on_move(std::function<void()>) override { return nullptr; }
};

}  // namespace

std::shared_ptr<clock> steady_clock() { return std::make_shared<machine_clock>(); }

struct manual_clock::state {
  std::atomic<duration::rep> now{duration(std::chrono::hours(1)).count()};
  std::mutex mutex;
  // Guarded by mutex:
  std::vector<std::weak_ptr<std::function<void()>>> listeners;
};

manual_clock::manual_clock() : state_(std::make_shared<state>()) {}
manual_clock::~manual_clock() = default;

time_point manual_clock::now() const noexcept { return time_point(duration(state_->now.load())); }

duration manual_clock::sleep_until(time_point deadline) const noexcept {
  return deadline <= now() ? duration::zero() : duration::max();
}

std::shared_ptr<void> manual_clock::on_move(std::function<void()> moved) {
  auto listener = std::make_shared<std::function<void()>>(std::move(moved));
  const std::lock_guard lock(state_->mutex);
  std::erase_if(state_->listeners, [](const auto& gone) { return gone.expired(); });
  state_->listeners.emplace_back(listener);
  return listener;
}

void manual_clock::advance(duration by) {
  state_->now.fetch_add(by.count());
  std::vector<std::shared_ptr<std::function<void()>>> listeners;
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& listener : state_->listeners) {
      if (auto alive = listener.lock()) listeners.push_back(std::move(alive));
    }
  }
  for (const auto& listener : listeners) (*listener)();
}

}  // namespace zooid
