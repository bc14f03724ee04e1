// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/codec.hpp>
#include <zooid/context.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace zooid {

/// Stands where events of the type E are missing, for a subscriber that has `on(const gap<E>&)`. To one that has not, a
/// gap is a dead letter of the node.
template <class E>
struct gap {
  /// How many; empty when nobody knows, because the publisher was started anew.
  std::optional<std::uint64_t> missed;
};

/// Subscribes at another node: `from("tcp://host:port")`.
struct from {
  explicit from(std::string_view where) : address(where) {}
  std::string address;
};
/// Only events that were published with this key.
struct key {
  explicit key(std::string_view whole) : text(whole) {}
  std::string text;
};
/// Only events whose key begins so.
struct key_prefix {
  explicit key_prefix(std::string_view beginning) : text(beginning) {}
  std::string text;
};

/// A subscriber's hold on its subscription. Letting go of it changes nothing. Any thread.
class ZOOID_API subscription {
 public:
  subscription() = default;
  /// For the library.
  explicit subscription(intrusive_ptr<detail::target> state) noexcept : state_(std::move(state)) {}

  /// Ends once the publisher has confirmed: what is published from then on arrives, or a gap stands in its place. Fails
  /// with `incompatible` when the publisher knows the event differently, with `cancelled` when it was ended before,
  /// with `overloaded` or `denied` when the publisher cannot have it. A timeout does not end the subscription: it goes
  /// on trying until it is cancelled.
  [[nodiscard]] pending<void> confirmed(duration timeout = detail::default_timeout) const;
  /// Nothing more arrives, except what is in the mailbox already.
  void cancel() noexcept;

 private:
  intrusive_ptr<detail::target> state_;
};

namespace detail {

/// How events of one type travel, and what they promise.
struct event_codec {
  message_codec message;
  bool lossless;
  void (*copy)(void* at, void* from);
};

template <class E>
consteval bool is_lossless() {
  if constexpr (requires { E::lossless; }) {
    return E::lossless;
  } else {
    return false;
  }
}

template <class E>
struct ZOOID_API check_event {
  static_assert(std::is_copy_constructible_v<E>, "zooid: an event must be copyable: each subscriber gets its own");
  static_assert(!has_reply<E>, "zooid: an event has no `reply`: publish it without, or call the receiver");
  static constexpr event_codec value{make_message_codec<E>(), is_lossless<E>(), &copy_message<E>};
};
template <class E>
inline constexpr const event_codec& event_codec_of = check_event<E>::value;

/// How one actor class takes events of one type.
struct event_handlers {
  const event_codec* event;
  handler on_event;
  handler on_gap;  ///< Null when it has none.
  const message_type* gap_type;
  void (*make_gap)(void* at, std::optional<std::uint64_t> missed);
};

template <class A, class E>
constexpr handler gap_handler() {
  if constexpr (access::handles_plain<A, gap<E>> || access::handles_with_context<A, gap<E>>) {
    return &handle_as<A, gap<E>>;
  } else {
    return nullptr;
  }
}

template <class A, class E>
inline constexpr event_handlers event_handlers_of{
    &event_codec_of<E>, &handle_as<A, E>, gap_handler<A, E>(), &message_type_of<gap<E>>,
    [](void* at, std::optional<std::uint64_t> missed) { ::new (at) gap<E>{missed}; }};

/// Which events, and whose.
struct event_choice {
  std::string address{};
  std::string key{};
  bool whole_key = false;

  void add(const from& where) { address = where.address; }
  void add(const zooid::key& whole) {
    key = whole.text;
    whole_key = true;
  }
  void add(const key_prefix& beginning) { key = beginning.text; }
};
template <class... Which>
event_choice choose(const Which&... which) {
  event_choice all;
  (all.add(which), ...);
  return all;
}

/// Calls a function for the events it was made for.
template <class E, class F>
class event_function {
 public:
  using contract = local_contract<>;
  explicit event_function(F f) : f_(std::move(f)) {}
  void on(const E& event) { f_(event); }
  void on(const gap<E>& missing)
    requires std::is_invocable_v<F&, const gap<E>&>
  {
    f_(missing);
  }

 private:
  F f_;
};

/// What became of an event; `topic` is where it can be offered again, when it was refused.
struct publication {
  errc why{};
  intrusive_ptr<target> topic{};
};
[[nodiscard]] ZOOID_API publication publish(core& at, const event_codec& how, const void* event, std::string_view key);
/// `owned`: the actor was started for this subscription only, and ends with it. Throws setup_error.
[[nodiscard]] ZOOID_API subscription subscribe(core& at, intrusive_ptr<target> actor, const event_handlers& how,
                                               event_choice which, bool owned);

inline constexpr contract_type events_contract{"events"};

template <class T>
auto publish_event(core& at, T&& event, std::string_view key) {
  using E = std::remove_cvref_t<T>;
  using outcome = told<E, fragile_temporary<T&&>>;
  publication done = publish(at, event_codec_of<E>, &event, key);
  if (done.why == errc{}) [[likely]]
    return outcome{};
  outcome refused(done.why, done.topic.get(), events_contract, 0, default_timeout);
  if (done.why == errc::overloaded) refused.keep(std::forward<T>(event));
  return refused;
}

}  // namespace detail

template <class T>
auto context::publish(T&& event, std::string_view key) {
  return detail::publish_event(home(), std::forward<T>(event), key);
}

template <class E, class A, class... Which>
subscription context::subscribe(A* self, const Which&... which) {
  static_assert(detail::check_handler<A, E>::found);
  static_cast<void>(self);
  return detail::subscribe(home(), self_target(), detail::event_handlers_of<A, E>, detail::choose(which...), false);
}

}  // namespace zooid
