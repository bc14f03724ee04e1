// SPDX-License-Identifier: Apache-2.0
#include "event_receiver.hpp"

#include "core.hpp"
#include "pool.hpp"

#include <algorithm>
#include <utility>

namespace zooid {
namespace {

/// Schedules a receiver once its actor's mailbox may have room.
class receiver_room final : public detail::room_waiter {
 public:
  receiver_room(event_receiver& of, scheduler& by) : of_(&of), by_(by) {}
  void on_room() override {
    of_->retain();  // Until `run`.
    by_.defer(*of_);
  }

 private:
  intrusive_ptr<event_receiver> of_;
  scheduler& by_;
};

struct confirmation_asked {
  static constexpr std::string_view wire_name = "subscription";
};

}  // namespace

event_receiver::event_receiver(intrusive_ptr<detail::cell> to, const detail::event_handlers& how,
                               detail::event_choice which, bool owns_actor)
    : to_(std::move(to)), how_(how), which_(std::move(which)), owns_actor_(owns_actor) {}

std::string event_receiver::describe() const {
  std::string text(event().message.name);
  if (!which_.address.empty()) text.append(" of ").append(which_.address);
  return text;
}

detail::envelope* event_receiver::make(const detail::message_type& type, detail::handler handles, std::uint32_t bytes,
                                       const actor_id& sender) const {
  detail::envelope* const made = detail::make_envelope(detail::envelope::kind::own, type.size, type.align);
  made->type = &type;
  made->run = handles;
  made->bytes = bytes;
  made->sender = sender;
  return made;
}

void event_receiver::deliver(std::uint64_t sequence, void (*construct)(void*, void*), void* from, std::uint32_t bytes,
                             const actor_id& sender) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const bool lossless = event().lossless;
  if (!lossless && ((misses_ && !put_missed()) || to_->is_full())) {
    misses_ = true;
    if (missed_) ++*missed_;
    last_ = sequence;
    wait_for_room();
    return;
  }
  detail::envelope* const made = make(*event().message.type, how_.on_event, bytes, sender);
  try {
    construct(made->message(), from);
  } catch (...) {
    detail::free_envelope(*made);
    throw;
  }
  made->holds_message = true;
  put(made, sequence);
}

void event_receiver::miss(std::uint64_t sequence, std::optional<std::uint64_t> count) {
  const std::lock_guard lock(mutex_);
  if (closed_ || !confirmed_) return;
  if (event().lossless) return put(make_gap(count), sequence);
  missed_ = missed_ && count ? std::optional(*missed_ + *count) : std::nullopt;
  misses_ = true;
  last_ = sequence;
  if (!put_missed()) wait_for_room();
}

/// Null when the actor does not care: then it is a dead letter.
detail::envelope* event_receiver::make_gap(std::optional<std::uint64_t> count) const {
  if (how_.on_gap == nullptr) {
    to_->home()->dead_on_the_way(how_.gap_type->name, *to_, errc::overloaded);
    return nullptr;
  }
  detail::envelope* const made = make(*how_.gap_type, how_.on_gap, how_.gap_type->size, {});
  how_.make_gap(made->message(), count);
  made->holds_message = true;
  return made;
}

bool event_receiver::put_missed() {
  if (to_->is_full()) return false;
  detail::envelope* const made = make_gap(missed_);
  if (made != nullptr && !post(made)) {
    detail::free_envelope(*made);
    return false;
  }
  misses_ = false;
  missed_ = 0;
  return true;
}

void event_receiver::put(detail::envelope* what, std::uint64_t sequence) {
  last_ = sequence;
  if (what == nullptr || (held_.empty() && post(what))) return;
  if (event().lossless) {
    held_.push_back({what, sequence});
  } else {
    detail::free_envelope(*what);
    misses_ = true;
    if (missed_) ++*missed_;
  }
  wait_for_room();
}

/// False: the mailbox is full. To an actor that has ended it goes, too: its end is noticed elsewhere.
bool event_receiver::post(detail::envelope* what) {
  const errc why = to_->offer(*what);
  if (why == errc{}) return true;
  if (why == errc::overloaded) return false;
  detail::free_envelope(*what);
  return true;
}

void event_receiver::wait_for_room() {
  if (std::exchange(waits_, true)) return;
  to_->when_room(make_intrusive<receiver_room>(*this, to_->home()->scheduler()));
}

void event_receiver::run() {
  const auto own = intrusive_ptr<event_receiver>::adopt(this);
  intrusive_ptr<event_origin> origin;
  {
    const std::lock_guard lock(mutex_);
    waits_ = false;
    if (closed_) return;
    if (misses_ && !put_missed()) wait_for_room();
    while (!held_.empty() && post(held_.front().what)) held_.pop_front();
    if (!held_.empty()) wait_for_room();
    origin = origin_;
  }
  if (origin && event().lossless) origin->on_progress(*this);
}

std::uint64_t event_receiver::settled() const {
  const std::lock_guard lock(mutex_);
  return held_.empty() ? last_ : held_.front().sequence - 1;
}

void event_receiver::set_origin(intrusive_ptr<event_origin> from) {
  const std::lock_guard lock(mutex_);
  if (!closed_) origin_ = std::move(from);
}

void event_receiver::confirm(std::uint64_t sequence, event_origin& by) {
  std::vector<intrusive_ptr<detail::call>> asked;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    origin_ = intrusive_ptr<event_origin>(&by);
    last_ = sequence;
    // What is still held may have the numbers of a publisher that is gone.
    for (held_event& each : held_) each.sequence = std::min(each.sequence, sequence + 1);
    confirmed_ = true;
    failure_.reset();
    asked.swap(asked_);
  }
  for (auto& each : asked) {
    each->set_replied();
    detail::call::complete(std::move(each));
  }
}

void event_receiver::fail(const error& why) {
  std::vector<intrusive_ptr<detail::call>> asked;
  {
    const std::lock_guard lock(mutex_);
    failure_ = why;
    asked.swap(asked_);
  }
  for (auto& each : asked) {
    each->fail(why);
    detail::call::complete(std::move(each));
  }
}

void event_receiver::close() noexcept {
  std::deque<held_event> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    origin_ = nullptr;
    dropped.swap(held_);
  }
  for (const held_event& each : dropped) detail::free_envelope(*each.what);
  fail({errc::cancelled, "the subscription to " + describe() + " has ended", {}});
  if (owns_actor_) to_->request_stop();
}

void event_receiver::cancel() noexcept {
  intrusive_ptr<event_origin> origin;
  {
    const std::lock_guard lock(mutex_);
    origin = origin_;
  }
  if (origin) origin->cancel(*this);
  close();
}

errc event_receiver::accept(const detail::request& what) {
  intrusive_ptr<detail::call> answered(what.answer);
  {
    const std::lock_guard lock(mutex_);
    answered->road = intrusive_ptr<detail::target>(this);
    if (failure_) {
      answered->fail(*failure_);
    } else if (confirmed_) {
      answered->set_replied();
    } else {
      asked_.push_back(std::move(answered));
      return errc{};
    }
  }
  detail::call::complete(std::move(answered));
  return errc{};
}

errc event_receiver::abandon(detail::call& given_up) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(asked_, [&](const auto& each) { return each.get() == &given_up; });
  return errc::timeout;
}

pending<void> subscription::confirmed(duration timeout) const {
  confirmation_asked nothing;
  detail::request what = detail::request_for<confirmation_asked>(detail::events_contract, 0, nullptr, &nothing);
  return pending<void>(detail::start_call(state_.get(), what, detail::message_type_of<void>, timeout));
}

void subscription::cancel() noexcept {
  if (auto* const state = dynamic_cast<event_receiver*>(state_.get())) state->cancel();
}

}  // namespace zooid
