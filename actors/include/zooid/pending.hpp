// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/call.hpp>

#include <coroutine>
#include <type_traits>
#include <utility>

namespace zooid {
namespace detail {

template <class R>
zooid::result<R> take_result(call& ended) {
  if (ended.failed()) return take_failure(ended);
  if constexpr (std::is_void_v<R>) {
    return {};
  } else {
    zooid::result<R> value(std::move(*static_cast<R*>(ended.reply_storage())));
    ended.drop_reply();
    return value;
  }
}

template <class R>
struct call_awaiter {
  call& on;
  [[nodiscard]] bool await_ready() const noexcept { return on.delivered && may_go_on(); }
  void await_suspend(std::coroutine_handle<> caller) const { suspend_on(on, caller); }
  zooid::result<R> await_resume() const { return take_result<R>(on); }
};

}  // namespace detail

/// A call under way. It ends exactly once, by its deadline, with a reply or an error. Destroying it before that
/// cancels the call. It belongs to the actor, or the thread, that made it. Used up by the first way of waiting.
///
/// `FromTemporary`: made from an aggregate temporary; g++ 12 would free that twice inside a `co_await` expression.
template <class R, bool FromTemporary = false>
class [[nodiscard]] pending {
 public:
  explicit pending(intrusive_ptr<detail::call> call) noexcept : call_(std::move(call)) {}
  pending(pending&&) noexcept = default;
  pending& operator=(pending&& other) noexcept {
    if (this != &other) {
      drop();
      call_ = std::move(other.call_);
    }
    return *this;
  }
  ~pending() { drop(); }

  /// Blocks the calling plain thread; the reply, or throws call_error. Inside a handler it throws `denied` at once,
  /// because it would block a worker.
  R get() { return result().value(); }
  /// Blocks like `get`, but yields the error instead of throwing it. Still throws `denied` inside a handler.
  zooid::result<R> result() {
    detail::wait_for(*call_);
    return detail::take_result<R>(*call_);
  }

  /// Runs `f(result<R>)` with the outcome, as a turn of its own of the actor that made the call. For handlers; on a
  /// plain thread it throws call_error `denied`.
  template <class F>
  void then(F f) && {
    call_->continuation_state = new F(std::move(f));
    call_->destroy_continuation = [](void* state) { delete static_cast<F*>(state); };
    call_->continuation = [](detail::call& ended, void* state) {
      (*static_cast<F*>(state))(detail::take_result<R>(ended));
    };
    detail::continue_with(*call_);
    call_ = nullptr;
  }

  /// In a coroutine handler: the outcome; the actor takes no other message meanwhile.
  auto operator co_await() & noexcept { return detail::call_awaiter<R>{*call_}; }
  auto operator co_await() && noexcept { return detail::call_awaiter<R>{*call_}; }

 private:
  void drop() noexcept {
    if (call_) detail::cancel(*call_);
  }

  intrusive_ptr<detail::call> call_;
};

namespace detail {

/// Made from a temporary that g++ 12 mishandles inside a co_await expression?
template <class T>
inline constexpr bool fragile_temporary =
    !std::is_lvalue_reference_v<T> && std::is_aggregate_v<std::remove_cvref_t<T>> &&
    !std::is_trivially_destructible_v<std::remove_cvref_t<T>>;

template <class T>
inline constexpr bool from_temporary = false;
template <class R>
inline constexpr bool from_temporary<pending<R, true>> = true;

}  // namespace detail
}  // namespace zooid
