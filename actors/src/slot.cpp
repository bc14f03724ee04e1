// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

namespace zooid::detail {
namespace {

/// Waits for room in several mailboxes: the first that has some counts.
class first_room final : public room_waiter {
 public:
  explicit first_room(intrusive_ptr<room_waiter> waiter) : waiter_(std::move(waiter)) {}
  void on_room() override {
    if (!told_.exchange(true)) waiter_->on_room();
  }

 private:
  std::atomic<bool> told_{false};
  const intrusive_ptr<room_waiter> waiter_;
};

}  // namespace

team::team(std::span<const intrusive_ptr<cell>> members) : members_(members.size()) {
  for (std::size_t i = 0; i < members.size(); ++i) members_[i].store(members[i].get(), std::memory_order_relaxed);
}

cell* team::least_busy() noexcept {
  const std::size_t first = turn_.fetch_add(1, std::memory_order_relaxed);
  cell* found = nullptr;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < members_.size() && least != 0; ++i) {
    cell* const member = members_[(first + i) % members_.size()].load(std::memory_order_seq_cst);
    if (member == nullptr || member->queued() >= least) continue;
    found = member;
    least = member->queued();
  }
  return found;
}

bool team::remove(const cell& gone) noexcept {
  const auto found = std::find(members_.begin(), members_.end(), &gone);
  if (found == members_.end()) return false;
  found->store(nullptr, std::memory_order_seq_cst);
  return true;
}

bool team::is_empty() const noexcept {
  return std::all_of(members_.begin(), members_.end(), [](const auto& each) { return each == nullptr; });
}

std::vector<intrusive_ptr<cell>> team::members() const {
  std::vector<intrusive_ptr<cell>> all;
  for (const auto& each : members_) {
    if (cell* const member = each.load(std::memory_order_relaxed)) all.emplace_back(member);
  }
  return all;
}

/// Whoever reads the name's carriers announces it first, so that they are not let go under him.
intrusive_ptr<cell> slot::current() const noexcept {
  readers_.fetch_add(1, std::memory_order_seq_cst);
  cell* carrier = current_.load(std::memory_order_seq_cst);
  if (carrier == nullptr) [[unlikely]] {
    if (team* const several = team_.load(std::memory_order_seq_cst)) carrier = several->least_busy();
  }
  const intrusive_ptr<cell> held(carrier);
  readers_.fetch_sub(1, std::memory_order_release);
  return held;
}

std::vector<intrusive_ptr<cell>> slot::carriers() const {
  const std::lock_guard lock(mutex_);
  if (const team* const several = team_.load(std::memory_order_relaxed)) return several->members();
  if (cell* const carrier = current_.load(std::memory_order_relaxed)) return {intrusive_ptr<cell>(carrier)};
  return {};
}

bool slot::set(std::span<const intrusive_ptr<cell>> carriers) {
  const std::lock_guard lock(mutex_);
  if (current_.load(std::memory_order_relaxed) != nullptr || is_shared()) return false;
  if (carriers.size() == 1) {
    current_.store(carriers.front().get(), std::memory_order_seq_cst);
  } else {
    team_.store(std::make_unique<team>(carriers).release(), std::memory_order_seq_cst);
  }
  for (const auto& each : carriers) each->retain();
  return true;
}

void slot::unset(const cell& gone) noexcept {
  std::unique_ptr<team> dissolved;
  {
    const std::lock_guard lock(mutex_);
    team* const several = team_.load(std::memory_order_relaxed);
    if (several != nullptr) {
      if (!several->remove(gone)) return;
      if (several->is_empty()) dissolved.reset(team_.exchange(nullptr, std::memory_order_seq_cst));
    } else if (current_.load(std::memory_order_relaxed) == &gone) {
      current_.store(nullptr, std::memory_order_seq_cst);
    } else {
      return;
    }
    while (readers_.load(std::memory_order_seq_cst) != 0) std::this_thread::yield();
    counters.add_handled(gone.handled());
  }
  gone.release();
}

errc slot::accept(const request& what) {
  const intrusive_ptr<cell> carrier = current();
  if (!carrier) return core_->stopping() ? errc::shutdown : errc::no_such_service;
  return carrier->accept(what);
}

void slot::when_room(intrusive_ptr<room_waiter> waiter) {
  const std::vector<intrusive_ptr<cell>> all = carriers();
  if (all.empty()) return waiter->on_room();
  if (all.size() > 1) waiter = make_intrusive<first_room>(std::move(waiter));
  for (const auto& each : all) each->when_room(waiter);
}

void count_refusal(const target& to, errc why) noexcept {
  to.home()->refused(why);
  if (const auto* const named = dynamic_cast<const slot*>(&to)) {
    named->counters.refused(why);
  } else if (const auto* const actor = dynamic_cast<const cell*>(&to); actor != nullptr && actor->name != nullptr) {
    actor->name->counters.refused(why);
  }
}

errc slot::abandon(call&) noexcept { return errc::timeout; }

void slot::completed(intrusive_ptr<call>) noexcept {}

actor_id slot::id() const noexcept {
  const intrusive_ptr<cell> carrier = current();
  return carrier ? carrier->id() : actor_id{};
}

}  // namespace zooid::detail
