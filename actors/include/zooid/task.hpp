// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/pending.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace zooid {

template <class R = void>
class task;

namespace detail {

[[nodiscard]] ZOOID_API void* allocate(std::size_t bytes);
ZOOID_API void deallocate(void* block, std::size_t bytes) noexcept;

struct promise_base {
  std::coroutine_handle<> continuation;
  std::exception_ptr failure;

  static void* operator new(std::size_t bytes) { return allocate(bytes); }
  static void operator delete(void* block, std::size_t bytes) noexcept { deallocate(block, bytes); }

  struct final_awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const std::coroutine_handle<> next = ended.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  final_awaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  template <class Awaited>
  Awaited&& await_transform(Awaited&& awaited) const noexcept {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ <= 12
    static_assert(!from_temporary<std::remove_cvref_t<Awaited>>,
                  "g++ 12 frees a braced message twice inside a co_await expression: put the message into a variable "
                  "first, or write co_await ref.call<Message>(fields...)");
#endif
    return std::forward<Awaited>(awaited);
  }
};

template <class R>
struct promise : promise_base {
  std::optional<R> value;
  task<R> get_return_object() noexcept;
  template <class T>
    requires std::convertible_to<T, R>
  void return_value(T&& from) {
    value.emplace(std::forward<T>(from));
  }
  R take() {
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
};

template <>
struct promise<void> : promise_base {
  inline task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace detail

/// A coroutine of an actor: a handler that waits with `co_await`, or a part of one. It starts when it is awaited (a
/// handler's: at once) and runs in its actor's turns.
template <class R>
class [[nodiscard]] task {
 public:
  using promise_type = detail::promise<R>;
  using value_type = R;
  using handle = std::coroutine_handle<promise_type>;

  task() = default;
  explicit task(handle coroutine) noexcept : coroutine_(coroutine) {}
  task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  task& operator=(task other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// Gives the coroutine away; the caller destroys it.
  [[nodiscard]] handle release() noexcept { return std::exchange(coroutine_, {}); }

  auto operator co_await() const noexcept {
    struct awaiter {
      handle coroutine;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      /// Runs it here, up to its first wait: one that never waits would otherwise take stack for each of a loop's
      /// rounds, where the compiler makes no tail call of the transfer.
      bool await_suspend(std::coroutine_handle<> caller) const {
        coroutine.resume();
        if (coroutine.done()) return false;
        coroutine.promise().continuation = caller;
        return true;
      }
      R await_resume() const { return coroutine.promise().take(); }
    };
    return awaiter{coroutine_};
  }

 private:
  handle coroutine_;
};

template <class R>
task<R> detail::promise<R>::get_return_object() noexcept {
  return task<R>(std::coroutine_handle<promise<R>>::from_promise(*this));
}
inline task<void> detail::promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<promise<void>>::from_promise(*this));
}

}  // namespace zooid
