// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>

namespace zooid {

/// The messages of a contract.
template <class... Messages>
struct message_list {
  static constexpr std::size_t size = sizeof...(Messages);
};

/// Text as a template argument.
template <std::size_t Size>
struct fixed_string {
  char text[Size]{};
  consteval fixed_string(const char (&from)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) text[i] = from[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, Size - 1}; }
};

/// The named set of messages that an actor promises to handle: what a caller, here or on another node, must know.
/// Derive a struct from it, so that contracts can be declared ahead and refer to each other:
///
///     struct Greeter : zooid::contract<"greeter", Greet> {};
template <fixed_string Name, class... Messages>
struct contract {
  using messages = message_list<Messages...>;
  static constexpr std::string_view name = Name.view();
  static constexpr bool is_local = false;
};

/// A contract inside one node: any movable message, move-only ones too. Other nodes cannot find it.
template <class... Messages>
struct local_contract {
  using messages = message_list<Messages...>;
  static constexpr std::string_view name = "local";
  static constexpr bool is_local = true;
};

/// A message that is answered: it names its `reply` type, which may be void.
template <class M>
concept has_reply = requires { typename M::reply; };

/// What the message M is answered with.
template <has_reply M>
using reply_of = typename M::reply;

namespace detail {

inline constexpr std::size_t not_listed = static_cast<std::size_t>(-1);

template <class M, class List>
inline constexpr std::size_t index_in = not_listed;
template <class M, class... Messages>
inline constexpr std::size_t index_in<M, message_list<Messages...>> = [] {
  std::size_t index = 0;
  const bool found = ((std::same_as<M, Messages> || (++index, false)) || ...);
  return found ? index : not_listed;
}();

consteval bool all_differ(std::initializer_list<std::string_view> names) {
  for (const std::string_view* one = names.begin(); one != names.end(); ++one) {
    for (const std::string_view* other = names.begin(); other != one; ++other) {
      if (*one == *other) return false;
    }
  }
  return true;
}

template <class M>
struct reply_or_void {
  using type = void;
};
template <has_reply M>
struct reply_or_void<M> {
  using type = reply_of<M>;
};

/// What the untyped core knows of a message or reply type.
struct message_type {
  std::uint32_t size;
  std::uint32_t align;
  void (*destroy)(void* message) noexcept;  ///< Null when there is nothing to do.
  std::string_view name;
};

template <class M>
void destroy_as(void* object) noexcept {
  static_cast<M*>(object)->~M();
}

template <class M>
inline constexpr message_type message_type_of{
    sizeof(M), alignof(M), std::is_trivially_destructible_v<M> ? nullptr : &destroy_as<M>, type_name<M>()};
template <>
inline constexpr message_type message_type_of<void>{0, 1, nullptr, "void"};

/// Tells contracts apart without RTTI: by address.
struct contract_type {
  std::string_view name;
};
template <class C>
ZOOID_API inline constexpr contract_type contract_type_of{C::name};

}  // namespace detail
}  // namespace zooid
