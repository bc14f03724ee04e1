// SPDX-License-Identifier: Apache-2.0
#include <zooid/call.hpp>

#include "cell.hpp"
#include "pool.hpp"
#include "thread_port.hpp"
#include "turn.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace zooid::detail {
namespace {

constexpr std::size_t align_up(std::size_t offset, std::size_t align) noexcept {
  return (offset + align - 1) / align * align;
}

std::size_t reply_offset(const message_type& reply) noexcept { return align_up(sizeof(call), reply.align); }

}  // namespace

intrusive_ptr<call> call::make(const message_type& type, const message_type& reply, bool with_message) {
  const std::size_t end_of_reply = reply_offset(reply) + reply.size;
  const std::size_t message_offset = align_up(end_of_reply, type.align);
  const std::size_t size = with_message ? message_offset + type.size : end_of_reply;
  auto* const made = ::new (take_block(size)) call;
  made->block_size = static_cast<std::uint32_t>(size);
  made->message_offset = static_cast<std::uint32_t>(message_offset);
  made->is_call = true;
  made->type = &type;
  made->reply_type = &reply;
  return intrusive_ptr<call>(made);
}

call::~call() {
  drop_reply();
  drop_continuation();
}

void call::drop_continuation() noexcept {
  if (void* const kept = std::exchange(continuation_state, nullptr)) destroy_continuation(kept);
}

void call::release() noexcept {
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::size_t size = block_size;
  this->~call();
  give_block(this, size);
}

void* call::reply_storage() noexcept { return reinterpret_cast<std::byte*>(this) + reply_offset(*reply_type); }

void call::drop_reply() noexcept {
  if (std::exchange(replied_, false) && reply_type->destroy != nullptr) reply_type->destroy(reply_storage());
}

void call::fail(error why) { answered_failure_ = std::make_unique<error>(std::move(why)); }

void call::complete(intrusive_ptr<call> done) noexcept {
  state open = state::open;
  if (!done->state_.compare_exchange_strong(open, state::completed, std::memory_order_acq_rel)) return;
  target* const to = done->caller.get();
  to->completed(std::move(done));
}

std::string call::describe_silence() const {
  std::string text(type->name);
  text.append(" was not answered by ");
  if (road) {
    text.append(road->describe());
  } else {
    text.append(callee_class).append("#").append(std::to_string(callee_number));
  }
  return text.append(" in time");
}

bool call::abandon() noexcept {
  state open = state::open;
  return state_.compare_exchange_strong(open, state::abandoned, std::memory_order_acq_rel);
}

void call::deliver_failure(error why) {
  failure = std::make_unique<error>(std::move(why));
  delivered = true;
}

intrusive_ptr<call> start_call(target* to, request& what, const message_type& reply, duration timeout) {
  turn* const now = turn::current();
  const bool stores = to != nullptr && to->stores_messages();
  intrusive_ptr<call> made = call::make(*what.type, reply, stores);
  const auto refuse = [&](errc why) {
    if (to != nullptr) count_refusal(*to, why);
    made->deliver_failure(refusal(to, *what.type, why));
    return std::move(made);
  };
  if (to == nullptr) return refuse(errc::no_such_actor);

  core& of = now != nullptr ? *now->self().home() : *to->home();
  if (timeout == default_timeout) timeout = of.options().call_timeout;
  const time_point start = now != nullptr ? now->now() : of.time().now();
  what.made_at = start;
  made->deadline = later(start, timeout);
  if (now != nullptr) {
    made->caller = intrusive_ptr<target>(&now->self());
    what.sender = now->self().id();
    if (now->handling != nullptr) {
      if (now->handling->depth < call::longest_chain) {
        made->parent = intrusive_ptr<call>(now->handling);
        made->depth = now->handling->depth + 1;
      }
      made->deadline = std::min(made->deadline, now->handling->deadline);
    }
  } else {
    made->caller = make_intrusive<thread_port>(of);
  }
  if (made->deadline <= start) return refuse(to->stores_messages() ? errc::timeout : errc::unreachable);
  if (now == nullptr && of.stopping()) return refuse(errc::shutdown);
  if (!of.begin_call()) return refuse(errc::overloaded);
  if (now != nullptr) {
    now->self().add_pending(*made, made->deadline);
  } else {
    made->listed = true;
  }
  what.answer = made.get();
  errc why{};
  try {
    why = to->accept(what);
  } catch (...) {
    cancel(*made);
    throw;
  }
  if (why != errc{}) {
    if (now != nullptr) {
      now->self().remove_pending(*made);
    } else {
      static_cast<thread_port&>(*made->caller).end(*made);
    }
    return refuse(why);
  }
  return made;
}

void wait_for(call& pending) {
  if (turn::current() != nullptr) {
    throw call_error(errc::denied, "waiting for " + std::string(pending.type->name) +
                                       " inside a handler would block a worker: use co_await in a coroutine handler, "
                                       "or then()");
  }
  if (pending.delivered) return;
  auto* const port = dynamic_cast<thread_port*>(pending.caller.get());
  if (port == nullptr) {
    throw call_error(errc::denied, "the call of " + std::string(pending.type->name) +
                                       " belongs to the actor that made it; no other thread can wait for it");
  }
  port->wait(pending);
}

void cancel(call& pending) noexcept {
  if (pending.delivered) return;
  pending.delivered = true;
  // A completed one is on its way; whoever brings it finds it delivered.
  if (pending.abandon() && pending.road) pending.road->abandon(pending);
  if (auto* const port = dynamic_cast<thread_port*>(pending.caller.get())) {
    port->end(pending);
  } else if (pending.listed) {
    static_cast<cell&>(*pending.caller).remove_pending(pending);
  }
}

void suspend_on(call& pending, std::coroutine_handle<> caller) {
  if (pending.delivered) return give_way(caller);
  pending.awaiting = caller;
  turn::current()->self().suspend(&pending);
}

void continue_with(call& pending) {
  turn* const now = turn::current();
  if (now == nullptr) {
    throw call_error(errc::denied, "then() needs an actor in whose turns it can run; a plain thread uses get()");
  }
  if (pending.delivered) now->self().defer(pending);
}

error take_failure(call& pending) {
  return pending.failure != nullptr ? std::move(*pending.failure) : *pending.answered_failure();
}

}  // namespace zooid::detail
