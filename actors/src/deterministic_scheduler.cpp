// SPDX-License-Identifier: Apache-2.0
#include <zooid/random.hpp>
#include <zooid/scheduler.hpp>

#include "alarms.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace zooid {
namespace {

class flag_waiter final : public waiter {
 public:
  [[nodiscard]] bool done() const noexcept override { return done_; }
  void notify() override { done_ = true; }

 private:
  bool done_ = false;
};

class stepping_scheduler final : public deterministic_scheduler {
 public:
  stepping_scheduler(std::shared_ptr<manual_clock> time, std::shared_ptr<random_source> order)
      : time_(std::move(time)), order_(std::move(order)) {}

  void schedule(runnable& ready) override { ready_.push_back(&ready); }
  void defer(runnable& ready) override { ready_.push_back(&ready); }
  void at(time_point when, intrusive_ptr<alarm> what) override { alarms_.add(when, std::move(what)); }
  [[nodiscard]] intrusive_ptr<waiter> make_waiter() override { return make_intrusive<flag_waiter>(); }
  [[nodiscard]] clock& time() override { return *time_; }

  bool wait(waiter& on, time_point deadline) override {
    for (;;) {
      if (on.done()) return true;
      if (step()) continue;
      const time_point next = std::min(alarms_.next(), deadline);
      if (next == time_point::max()) return false;  // Nothing can ever happen.
      if (next > time_->now()) time_->advance(next - time_->now());
      if (alarms_.ring_due(time_->now()) == 0 && time_->now() >= deadline) return on.done();
    }
  }

  std::size_t run_until_idle() override {
    std::size_t turns = 0;
    while (step()) ++turns;
    return turns;
  }

  std::size_t run_for(duration span) override {
    const time_point end = time_->now() + span;
    std::size_t turns = run_until_idle();
    while (alarms_.next() <= end) {
      if (const time_point next = alarms_.next(); next > time_->now()) time_->advance(next - time_->now());
      alarms_.ring_due(time_->now());
      turns += run_until_idle();
    }
    if (end > time_->now()) time_->advance(end - time_->now());
    return turns;
  }

  unsigned stop(duration) override {
    alarms_.clear();
    return 0;
  }

 private:
  void drop_alarms() override { alarms_.clear(); }

  bool step() {
    if (alarms_.next() <= time_->now()) alarms_.ring_due(time_->now());
    if (ready_.empty()) return false;
    const std::size_t chosen = order_ ? order_->next() % ready_.size() : 0;
    runnable* const next = ready_[chosen];
    ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(chosen));
    next->run();
    return true;
  }

  std::shared_ptr<manual_clock> time_;
  std::shared_ptr<random_source> order_;
  std::vector<runnable*> ready_;
  detail::alarms alarms_;
};

}  // namespace

std::shared_ptr<deterministic_scheduler> make_deterministic_scheduler(std::shared_ptr<manual_clock> time,
                                                                      std::shared_ptr<random_source> order) {
  return std::make_shared<stepping_scheduler>(std::move(time), std::move(order));
}

}  // namespace zooid
