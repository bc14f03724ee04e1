// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/task.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace zooid {
namespace detail {

/// Hands a message over. errc{} means taken.
[[nodiscard]] ZOOID_API errc send(target* to, request& what);
[[nodiscard]] ZOOID_API error refusal(const target* to, const message_type& type, errc why);

/// A refused message that can be offered again.
class ZOOID_API offer {
 public:
  virtual ~offer() = default;
  [[nodiscard]] virtual errc again() = 0;
};

/// Blocks the calling plain thread until `what` was taken, or refused for another reason than a lack of room.
/// Throws call_error `denied` inside a handler.
[[nodiscard]] ZOOID_API errc offer_until_taken(target& to, offer& what, duration timeout);
/// The same for a coroutine handler.
[[nodiscard]] ZOOID_API task<errc> offer_when_room(target& to, offer& what, duration timeout);

template <class M>
request request_for(const contract_type& contract, std::size_t index, void (*construct)(void*, void*),
                    const void* from) {
  return {&contract,
          &message_type_of<M>,
          index,
          construct,
          const_cast<void*>(from),
          from,
          static_cast<std::uint32_t>(sizeof(M)),
          {},
          nullptr};
}

template <class M>
void move_message(void* at, void* from) {
  std::construct_at(static_cast<M*>(at), std::move(*static_cast<M*>(from)));
}
template <class M>
void copy_message(void* at, void* from) {
  std::construct_at(static_cast<M*>(at), *static_cast<const M*>(from));
}

}  // namespace detail

/// Whether a told message was taken. One that was refused as `overloaded` is kept here, so that one can wait for room:
/// `co_await` in a handler, `.result()` or `.get()` on a plain thread. Who awaits a taken one goes on at once, except
/// now and then, so that a handler that tells in a loop does not keep its worker to itself.
template <class M, bool FromTemporary = false>
class told {
 public:
  told() = default;
  told(errc why, detail::target* to, const detail::contract_type& contract, std::size_t index,
       duration timeout) noexcept
      : why_(why), to_(to), contract_(&contract), index_(index), timeout_(timeout) {}

  /// Taken: it is in the receiver's mailbox, or in the session's queue.
  explicit operator bool() const noexcept { return why_ == errc{}; }
  [[nodiscard]] zooid::error error() const { return detail::refusal(to_.get(), detail::message_type_of<M>, why_); }

  /// Blocks the calling plain thread until there is room or the time is over. Throws call_error `denied` inside a
  /// handler.
  zooid::result<void> result() {
    if (kept_) {
      kept_offer again(*this);
      why_ = detail::offer_until_taken(*to_, again, timeout_);
      kept_.reset();
    }
    return outcome();
  }
  /// Like `result`, but throws the error as call_error.
  void get() { result().value(); }

  auto operator co_await() && { return awaiter{*this, {}, {}}; }
  auto operator co_await() & { return awaiter{*this, {}, {}}; }

  /// For `tell`, when the message was refused for lack of room.
  template <class T>
  void keep(T&& message) {
    kept_.emplace(std::forward<T>(message));
  }

 private:
  struct kept_offer final : detail::offer {
    explicit kept_offer(told& from) : from_(from) {}
    errc again() override {
      detail::request what =
          detail::request_for<M>(*from_.contract_, from_.index_, &detail::move_message<M>, &*from_.kept_);
      return detail::send(from_.to_.get(), what);
    }
    told& from_;
  };

  struct awaiter {
    told& from;
    std::optional<kept_offer> again;
    task<errc> waiting;
    [[nodiscard]] bool await_ready() const noexcept { return !from.kept_ && detail::may_go_on(); }
    bool await_suspend(std::coroutine_handle<> caller) {
      if (!from.kept_) {
        detail::give_way(caller);
        return true;
      }
      again.emplace(from);
      waiting = detail::offer_when_room(*from.to_, *again, from.timeout_);
      return waiting.operator co_await().await_suspend(caller);
    }
    zooid::result<void> await_resume() {
      if (again) from.why_ = waiting.operator co_await().await_resume();
      return from.outcome();
    }
  };

  [[nodiscard]] zooid::result<void> outcome() const {
    if (why_ == errc{}) return {};
    return error();
  }

  errc why_{};
  intrusive_ptr<detail::target> to_;  // Null when taken.
  const detail::contract_type* contract_ = nullptr;
  std::size_t index_ = 0;
  duration timeout_{};
  std::optional<M> kept_;
};

namespace detail {
template <class M>
inline constexpr bool from_temporary<told<M, true>> = true;
}

}  // namespace zooid
