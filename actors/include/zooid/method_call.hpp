// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/contract.hpp>

#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace zooid {
namespace detail {

template <auto Method>
consteval std::string_view method_name() {
  // "... [with auto Method = &ns::A::f; ...]" on GCC, "... [Method = &ns::A::f]" on clang.
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Method = ") + 9);
  return unqualified(text.substr(0, text.find_first_of(";]")));
}

/// May a function of an interface have a parameter of this type?
template <class Parameter>
struct check_parameter {
  static constexpr bool writes_back =
      std::is_lvalue_reference_v<Parameter> && !std::is_const_v<std::remove_reference_t<Parameter>>;
  static_assert(!writes_back,
                "zooid: a function of an interface cannot change its caller's object, which may be on another node: "
                "take it by value or const reference, and return what is new");
  static_assert(!std::is_pointer_v<std::remove_reference_t<Parameter>>,
                "zooid: a function of an interface cannot take a pointer, since what it points to does not travel: "
                "take the value (std::string for text)");
  static constexpr bool ok = true;
};

template <class Method>
struct method_traits {
  static_assert(std::is_void_v<Method>, "zooid: an interface lists its functions as `&Interface::function`");
};
template <class R, class Class, class... P>
struct method_traits<R (Class::*)(P...)> {
  using object = Class;
  using reply = std::remove_cvref_t<R>;
  using arguments = std::tuple<std::remove_cvref_t<P>...>;
  static constexpr bool ok = (check_parameter<P>::ok && ...);

  /// The arguments are moved to where the function wants values.
  template <class Object, class Method>
  static R invoke(Object& on, Method method, arguments& from) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> R {
      return (on.*method)(static_cast<P&&>(std::get<I>(from))...);
    }(std::index_sequence_for<P...>());
  }
};
template <class R, class Class, class... P>
struct method_traits<R (Class::*)(P...) const> : method_traits<R (Class::*)(P...)> {};
template <class R, class Class, class... P>
struct method_traits<R (Class::*)(P...) noexcept> : method_traits<R (Class::*)(P...)> {};
template <class R, class Class, class... P>
struct method_traits<R (Class::*)(P...) const noexcept> : method_traits<R (Class::*)(P...)> {};

}  // namespace detail

/// The message as which a call of an interface's function travels. Its name is the function's.
template <auto Method>
struct method_call {
  static_assert(detail::method_traits<decltype(Method)>::ok);
  static constexpr std::string_view wire_name = detail::method_name<Method>();
  using reply = typename detail::method_traits<decltype(Method)>::reply;
  typename detail::method_traits<decltype(Method)>::arguments arguments{};
};

namespace detail {

/// What `object.method(args...)` would compile, this makes a message of.
template <auto Method, class... Args>
method_call<Method> make_method_call(Args&&... args) {
  using traits = method_traits<decltype(Method)>;
  static_assert(std::is_invocable_v<decltype(Method), typename traits::object&, Args...>,
                "zooid: the arguments are not what the function takes");
  return {typename traits::arguments(std::forward<Args>(args)...)};
}

}  // namespace detail
}  // namespace zooid
