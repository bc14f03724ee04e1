// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/contract.hpp>
#include <zooid/method_call.hpp>
#include <zooid/pending.hpp>
#include <zooid/told.hpp>

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

namespace zooid {

template <class C>
class ref;

namespace detail {

struct ref_access {
  template <class C>
  static target* target_of(const ref<C>& from) noexcept {
    return from.target_.get();
  }
  template <class C>
  static ref<C> make(intrusive_ptr<target> to) noexcept {
    return ref<C>(std::move(to));
  }
};

/// `Message` is not in the message list of `Contract`: see the names in the line that reports this.
template <class Contract, class Message>
struct check_listed {
  static constexpr std::size_t index = index_in<Message, typename Contract::messages>;
  static_assert(index != not_listed, "the contract does not list this message");
  static_assert(alignof(Message) <= 64, "messages are aligned to at most 64 bytes");
  static_assert(std::is_move_constructible_v<Message>, "a message must be movable");
};

template <class M, class... Args>
concept made_from = requires(Args&&... args) { M{std::forward<Args>(args)...}; };

/// The operations of a ref, with a timeout.
template <class C>
class bound_ref {
 public:
  bound_ref(target* to, duration timeout) noexcept : target_(to), timeout_(timeout) {}

  template <class T>
  auto tell(T&& message) const {
    return hand_over<is_copied<T>, fragile_temporary<T&&>>(message);
  }
  template <class M, class... Args>
    requires made_from<M, Args...>
  auto tell(Args&&... args) const {
    M message{std::forward<Args>(args)...};
    return hand_over<false, (fragile_temporary<Args&&> || ...)>(message);
  }
  template <auto Method, class... Args>
  auto tell(Args&&... args) const {
    static_assert(std::is_void_v<reply_of<method_call<Method>>>, "a function whose result nobody hears: call it");
    auto message = make_method_call<Method>(std::forward<Args>(args)...);
    return hand_over<false, (fragile_temporary<Args&&> || ...)>(message);
  }

  template <class T>
  auto call(T&& message) const {
    return request_reply<is_copied<T>, fragile_temporary<T&&>>(message);
  }
  template <class M, class... Args>
    requires made_from<M, Args...>
  auto call(Args&&... args) const {
    M message{std::forward<Args>(args)...};
    return request_reply<false, (fragile_temporary<Args&&> || ...)>(message);
  }
  template <auto Method, class... Args>
  auto call(Args&&... args) const {
    auto message = make_method_call<Method>(std::forward<Args>(args)...);
    return request_reply<false, (fragile_temporary<Args&&> || ...)>(message);
  }

 private:
  template <class T>
  static constexpr bool is_copied = std::is_lvalue_reference_v<T> || std::is_const_v<std::remove_reference_t<T>>;

  template <bool Copied, class M>
  static request make_request(const M& message) {
    void (*construct)(void*, void*) = nullptr;
    if constexpr (Copied) {
      construct = &copy_message<M>;
    } else {
      construct = &move_message<M>;
    }
    return request_for<M>(contract_type_of<C>, check_listed<C, M>::index, construct, &message);
  }

  template <bool Copied, bool FromTemporary, class T>
  auto hand_over(T& message) const {
    using M = std::remove_const_t<T>;
    request what = make_request<Copied, M>(message);
    const errc why = send(target_, what);
    using outcome = told<M, FromTemporary>;
    if (why == errc{}) [[likely]]
      return outcome{};
    outcome refused(why, target_, contract_type_of<C>, check_listed<C, M>::index, timeout_);
    if constexpr (Copied) {
      if (why == errc::overloaded) refused.keep(std::as_const(message));
    } else {
      if (why == errc::overloaded) refused.keep(std::move(message));
    }
    return refused;
  }

  template <bool Copied, bool FromTemporary, class T>
  auto request_reply(T& message) const {
    using M = std::remove_const_t<T>;
    static_assert(has_reply<M>, "a message without a `reply` type can only be told");
    request what = make_request<Copied, M>(message);
    using reply = reply_of<M>;
    return pending<reply, FromTemporary>(start_call(target_, what, message_type_of<reply>, timeout_));
  }

  target* target_;
  duration timeout_;
};

}  // namespace detail

/// A typed handle to an actor that handles the contract C, wherever it runs. *Named*: a location, which survives a
/// restart of the service; *pinned*: this very actor, dead once it has stopped. Values: copied, compared (within their
/// kind), hashed, sent in messages. Any thread may use one; C may be incomplete until then.
template <class C>
class ref {
 public:
  using contract = C;

  /// Refers to nobody: everything it is asked fails with no_such_actor.
  ref() = default;

  /// Fire and forget. Says whether the message was taken.
  template <class T>
  auto tell(T&& message) const {
    return bound(detail::default_timeout).tell(std::forward<T>(message));
  }
  /// The same for a message made from `args` here: `ref.tell<Add>(1, 2)`.
  template <class M, class... Args>
    requires detail::made_from<M, Args...>
  auto tell(Args&&... args) const {
    return bound(detail::default_timeout).template tell<M>(std::forward<Args>(args)...);
  }
  /// The same for a function of an interface that returns nothing: `ref.tell<&Calculator::clear>()`.
  template <auto Method, class... Args>
  auto tell(Args&&... args) const {
    return bound(detail::default_timeout).template tell<Method>(std::forward<Args>(args)...);
  }

  /// A request with a timeout (default: the node's). Inside a handler that was called itself, the time left there is
  /// the upper bound.
  template <class T>
  auto call(T&& message, duration timeout = detail::default_timeout) const {
    return bound(timeout).call(std::forward<T>(message));
  }
  template <class M, class... Args>
    requires detail::made_from<M, Args...>
  auto call(Args&&... args) const {
    return bound(detail::default_timeout).template call<M>(std::forward<Args>(args)...);
  }
  /// The same for a function of an interface: `ref.call<&Calculator::add>(2, 3)`.
  template <auto Method, class... Args>
  auto call(Args&&... args) const {
    return bound(detail::default_timeout).template call<Method>(std::forward<Args>(args)...);
  }

  /// The same operations with a timeout: for a call, until its reply; for a tell, until there is room.
  [[nodiscard]] detail::bound_ref<C> within(duration timeout) const noexcept { return bound(timeout); }

  explicit operator bool() const noexcept { return static_cast<bool>(target_); }
  /// "greeter", "tcp://…/greeter", "Counter#17".
  [[nodiscard]] std::string to_string() const { return target_ ? target_->describe() : "nobody"; }
  friend bool operator==(const ref& a, const ref& b) noexcept {
    if (!a.target_ || !b.target_) return a.target_ == b.target_;
    return a.target_->same_as(*b.target_);
  }
  [[nodiscard]] std::size_t hash() const noexcept { return target_ ? target_->hash() : 0; }

 private:
  friend detail::ref_access;
  explicit ref(intrusive_ptr<detail::target> to) noexcept : target_(std::move(to)) {}
  [[nodiscard]] detail::bound_ref<C> bound(duration timeout) const noexcept { return {target_.get(), timeout}; }

  intrusive_ptr<detail::target> target_;
};

}  // namespace zooid

template <class C>
struct std::hash<zooid::ref<C>> {
  std::size_t operator()(const zooid::ref<C>& of) const noexcept { return of.hash(); }
};
