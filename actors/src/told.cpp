// SPDX-License-Identifier: Apache-2.0
#include <zooid/told.hpp>

#include "cell.hpp"
#include "turn.hpp"

#include <string>

namespace zooid::detail {
namespace {

std::string_view advice(errc why) noexcept {
  switch (why) {
    case errc::overloaded:
      return "its mailbox, the session or the node's pending calls are full: wait for room, or send less";
    case errc::no_such_service:
      return "no service has that name";
    case errc::no_such_actor:
      return "the actor has stopped";
    case errc::incompatible:
      return "it implements another contract";
    case errc::shutdown:
      return "the node is stopping";
    case errc::too_large:
      return "the message is larger than the frame limit";
    case errc::malformed:
      return "it cannot be encoded, or its key is longer than 1024 bytes or has a zero byte";
    case errc::timeout:
    case errc::unreachable:
      return "no time was left for it";
    default:
      return "refused";
  }
}

/// Wakes a plain thread.
class thread_room final : public room_waiter {
 public:
  explicit thread_room(intrusive_ptr<waiter> thread) : thread_(std::move(thread)) {}
  void on_room() override { thread_->notify(); }

 private:
  intrusive_ptr<waiter> thread_;
};

/// Resumes a coroutine that `to` holds as waiting for room.
void post_room(cell& to, const intrusive_ptr<coroutine_wait>& waiting) {
  using payload = intrusive_ptr<coroutine_wait>;
  envelope* const what = make_envelope(envelope::kind::room, sizeof(payload), alignof(payload));
  what->type = &message_type_of<payload>;
  ::new (what->message()) payload(waiting);
  what->holds_message = true;
  to.post(*what, true);
}

/// Wakes a suspended coroutine of a cell.
class cell_room final : public room_waiter {
 public:
  cell_room(cell& of, intrusive_ptr<coroutine_wait> waiting) : cell_(&of), waiting_(std::move(waiting)) {}
  void on_room() override { post_room(*cell_, waiting_); }

 private:
  intrusive_ptr<cell> cell_;
  intrusive_ptr<coroutine_wait> waiting_;
};

/// `room` waits with this ticket; if that is 0, it is given one.
void wait_for_room(target& to, const intrusive_ptr<room_waiter>& room, std::uint64_t& ticket) {
  room->ticket = ticket;
  to.when_room(room);
  ticket = room->ticket;
}

/// Sleeps until there may be room in `to`, or until `deadline`.
struct room_awaiter {
  target& to;
  time_point deadline;
  std::uint64_t& ticket;
  intrusive_ptr<coroutine_wait> waiting = make_intrusive<coroutine_wait>();

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    cell& self = turn::current()->self();
    waiting->coroutine = caller;
    self.suspend_for_room(waiting, deadline);
    wait_for_room(to, make_intrusive<cell_room>(self, waiting), ticket);
  }
  void await_resume() const noexcept {}
};

duration or_default(duration timeout, core& of) noexcept {
  return timeout == default_timeout ? of.options().call_timeout : timeout;
}

}  // namespace

bool may_go_on() noexcept {
  turn* const now = turn::current();
  return now == nullptr || now->may_go_on();
}

void give_way(std::coroutine_handle<> caller) {
  cell& self = turn::current()->self();
  const auto waiting = make_intrusive<coroutine_wait>();
  waiting->coroutine = caller;
  self.suspend_for_room(waiting, time_point::max());
  post_room(self, waiting);
}

errc send(target* to, request& what) {
  if (to == nullptr) return errc::no_such_actor;
  const turn* const now = turn::current();
  if (now != nullptr) what.sender = now->self().id();
  const errc why = now == nullptr && to->home()->stopping() ? errc::shutdown : to->accept(what);
  if (why != errc{}) count_refusal(*to, why);
  return why;
}

error refusal(const target* to, const message_type& type, errc why) {
  std::string text(type.name);
  text.append(" to ").append(to != nullptr ? to->describe() : "an empty ref").append(" was refused: ");
  text.append(to != nullptr ? advice(why) : "it refers to nobody");
  return {why, std::move(text), {}};
}

errc offer_until_taken(target& to, offer& what, duration timeout) {
  if (turn::current() != nullptr) {
    throw call_error(errc::denied,
                     "waiting for room inside a handler would block a worker: use co_await in a coroutine handler");
  }
  core& of = *to.home();
  const time_point deadline = later(of.time().now(), or_default(timeout, of));
  std::uint64_t ticket = 0;
  for (;;) {
    const auto thread = of.scheduler().make_waiter();
    wait_for_room(to, make_intrusive<thread_room>(thread), ticket);
    const bool woken = of.scheduler().wait(*thread, deadline);
    const errc why = what.again();
    if (why != errc::overloaded || !woken) return why;
  }
}

task<errc> offer_when_room(target& to, offer& what, duration timeout) {
  core& of = *to.home();
  turn& now = *turn::current();
  time_point deadline = later(now.now(), or_default(timeout, of));
  if (now.handling != nullptr) deadline = std::min(deadline, now.handling->deadline);
  std::uint64_t ticket = 0;
  for (;;) {
    room_awaiter room{to, deadline, ticket};  // A variable: g++ 12 would free a braced one twice.
    co_await room;
    const errc why = what.again();
    if (why != errc::overloaded || of.time().now() >= deadline) co_return why;
  }
}

}  // namespace zooid::detail
