// SPDX-License-Identifier: Apache-2.0
#include "route.hpp"

#include "engine.hpp"
#include "remote_target.hpp"
#include "session.hpp"

#include <algorithm>
#include <utility>

namespace zooid {
namespace {

/// What a message counts against the queue's bound.
std::size_t weight(const queued_message& what) noexcept { return sizeof what + what.body.size(); }

}  // namespace

route::route(engine& home, std::string endpoint, std::uint64_t node)
    : home_(&home), endpoint_(std::move(endpoint)), node_(node) {}

std::string route::describe() const {
  if (!endpoint_.empty()) return endpoint_;
  return "node " + to_hex(node());
}

bool route::leads_where(const route& other) const noexcept {
  if (this == &other) return true;
  return node() != 0 ? node() == other.node() : endpoint_ == other.endpoint_ && !endpoint_.empty();
}

std::size_t route::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

errc route::send(const detail::request& what, remote_target& to) {
  {
    intrusive_ptr<session> ended;  // Freed without the lock.
    const std::lock_guard lock(mutex_);
    if (session_) {
      const errc why = session_->send(what, to);
      if (why != errc::disconnected) return why;
      ended = std::move(session_);  // Its `lost` may still be on the way.
    }
    bool dials = false;
    const errc why = enqueue(what, to, dials);
    if (!dials) return why;
  }
  dial();
  return errc{};
}

/// With mutex_ held.
errc route::enqueue(const detail::request& what, remote_target& to, bool& dials) {
  if (home_->closed()) return errc::shutdown;
  if (endpoint_.empty()) return errc::unreachable;
  if (queued_bytes_ >= home_->options().queue_bytes) return errc::overloaded;
  queued_message message{intrusive_ptr<remote_target>(&to), what.index, {}, what.sender, nullptr};
  if (const errc why = home_->encode(to.codec().messages[what.index], what.plain, message.body); why != errc{}) {
    return why;
  }
  if (what.answer != nullptr) {
    message.call = intrusive_ptr<detail::call>(what.answer);
    message.call->road = intrusive_ptr<detail::target>(&to);
  }
  queued_bytes_ += weight(message);
  queue_.push_back(std::move(message));
  dials = !std::exchange(dialling_, true);
  return errc{};
}

void route::dial() {
  const auto fresh = make_intrusive<session>(*home_, this);
  {
    const std::lock_guard lock(mutex_);
    dialled_ = fresh;  // Known before its first event.
  }
  if (const error why = home_->dial(*fresh); why.code != errc{}) {
    std::deque<queued_message> dropped;
    {
      const std::lock_guard lock(mutex_);
      dialled_ = nullptr;
      dialling_ = false;
      dropped.swap(queue_);
      queued_bytes_ = 0;
    }
    fail(std::move(dropped), why);
  }
}

intrusive_ptr<session> route::connect() {
  {
    const std::lock_guard lock(mutex_);
    if (session_) return session_;
    if (endpoint_.empty() || home_->closed() || std::exchange(dialling_, true)) return nullptr;
  }
  dial();
  return nullptr;
}

bool route::established(session& with) {
  std::deque<queued_message> sent;  // Freed without the lock, since a target that goes away asks for it.
  std::deque<std::pair<queued_message, errc>> refused;
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    node_.store(with.peer_node(), std::memory_order_release);
    while (!queue_.empty()) {
      const errc why = with.send_queued(queue_.front());
      if (why == errc::disconnected) return false;
      queued_bytes_ -= weight(queue_.front());
      if (why == errc{}) {
        sent.push_back(std::move(queue_.front()));
      } else {
        refused.emplace_back(std::move(queue_.front()), why);
      }
      queue_.pop_front();
    }
    if (with.over()) return false;
    session_ = intrusive_ptr<session>(&with);
    dialled_ = nullptr;
    dialling_ = false;
    waiters.swap(waiters_);
  }
  with.flush();
  for (auto& [message, why] : refused) {
    std::deque<queued_message> one;
    const std::string what(message.to->codec().messages[message.index].name);
    const std::string where = message.to->describe();
    one.push_back(std::move(message));
    fail(std::move(one), {why, what + " to " + where + " was refused", {}});
  }
  notify(waiters);
  return true;
}

void route::lost(session& which, const error& why) {
  std::deque<queued_message> dropped;
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    if (session_.get() == &which) session_ = nullptr;
    if (dialled_.get() == &which) {
      dialled_ = nullptr;
      dialling_ = false;
    }
    if (why.code != errc::disconnected) {
      dropped.swap(queue_);
      queued_bytes_ = 0;
    }
    again = !queue_.empty() && !session_ && !dialling_ && !home_->closed();
    if (again) dialling_ = true;
    waiters.swap(waiters_);
  }
  fail(std::move(dropped), why);
  if (again) dial();
  notify(waiters);
}

std::string route::close() {
  std::deque<queued_message> dropped;
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  intrusive_ptr<session> dialled;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(queue_);
    queued_bytes_ = 0;
    dialled = std::move(dialled_);
    waiters.swap(waiters_);
  }
  if (dialled) dialled->end({errc::shutdown, "the node is stopping", {}});
  std::string lost;
  if (!dropped.empty()) {
    lost = describe() + ": " + std::to_string(dropped.size()) + " message(s) never sent, since it could not be reached";
  }
  fail(std::move(dropped), {errc::shutdown, "the node stopped before " + describe() + " could be reached", {}});
  notify(waiters);
  return lost;
}

void route::fail(std::deque<queued_message> dropped, const error& why) {
  for (queued_message& each : dropped) {
    if (each.call) {
      each.call->fail(why);
      detail::call::complete(std::move(each.call));
    } else {
      home_->dead(each.to->codec().messages[each.index].name, *each.to, why.code);
    }
  }
}

void route::when_room(intrusive_ptr<detail::room_waiter> waiter, const remote_target& in) {
  intrusive_ptr<session> over;
  {
    const std::lock_guard lock(mutex_);
    over = session_;
    if (!over && queued_bytes_ >= home_->options().queue_bytes) {
      waiters_.push_back(std::move(waiter));
      return;
    }
  }
  if (over) {
    over->when_room(std::move(waiter), in);
  } else {
    waiter->on_room();
  }
}

errc route::abandon(detail::call& given_up) noexcept {
  intrusive_ptr<session> over;
  queued_message dropped{};
  {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(queue_.begin(), queue_.end(), [&](const auto& each) { return each.call.get() == &given_up; });
    if (found != queue_.end()) {
      queued_bytes_ -= weight(*found);
      dropped = std::move(*found);
      queue_.erase(found);
      return errc::unreachable;
    }
    over = session_;
  }
  return over ? over->abandon(given_up) : errc::timeout;
}

void route::forget(remote_target& gone) noexcept {
  intrusive_ptr<session> over;
  {
    const std::lock_guard lock(mutex_);
    over = session_;
  }
  if (over) over->forget(gone);
}

void route::notify(const std::vector<intrusive_ptr<detail::room_waiter>>& waiters) {
  for (const auto& each : waiters) each->on_room();
}

}  // namespace zooid
