// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fields of plain structs, without macros. Longer than most headers because C++20 has no packs of structured
// bindings: `visit_fields` spells out one line for each number of fields.

#include <zooid/type_name.hpp>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace zooid {

/// The most fields that a plain struct may have to be taken apart.
inline constexpr std::size_t max_fields = 32;

namespace detail {

// Stands for a value of whatever type a field has. Never evaluated; has a body because compilers warn otherwise.
struct any_field {
  template <class T>
  operator T() const noexcept {
    std::abort();
  }
};

// Stands for a base class of T, and for nothing else.
template <class T, bool Empty>
struct any_base {
  template <class Base>
    requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T> && (!Empty || std::is_empty_v<Base>))
  operator Base() const noexcept {
    std::abort();
  }
};

template <class>
using any_field_for = any_field;

template <class T, std::size_t... I>
consteval bool takes(std::index_sequence<I...>) {
  return requires { T{(void(I), any_field{})...}; };
}

template <class T, std::size_t N = 0>
consteval std::size_t count_initialisers() {
  if constexpr (N <= max_fields && takes<T>(std::make_index_sequence<N + 1>())) {
    return count_initialisers<T, N + 1>();
  } else {
    return N;
  }
}

template <class T>
concept has_base = requires { T{any_base<T, false>{}}; };

template <class T>
concept has_empty_base = requires { T{any_base<T, true>{}}; };

// "... [with auto Pointer = ...]" (GCC) or "... [Pointer = ...]" (clang).
template <auto Pointer>
consteval auto pretty_constant() {
  return __PRETTY_FUNCTION__;
}

}  // namespace detail

/// A plain struct: an aggregate class without a base class that holds data.
template <class T>
concept plain_struct =
    std::is_class_v<T> && std::is_aggregate_v<T> && (!detail::has_base<T> || detail::has_empty_base<T>);

/// How many fields the plain struct T has. A C array as a field is not understood: use std::array.
template <plain_struct T>
inline constexpr std::size_t field_count = detail::count_initialisers<T>() - (detail::has_base<T> ? 1 : 0);

/// Calls `visit(f0, f1, ...)` with references to all fields of `object`, in their order, and returns its result.
template <class T, class Visit>
constexpr decltype(auto) visit_fields(T& object, Visit&& visit) {
  constexpr std::size_t n = field_count<std::remove_const_t<T>>;
  static_assert(n <= max_fields,
                "zooid: a plain struct of more than 32 fields: group some in structs, or give it a serialize()");
  if constexpr (n == 0) {
    return visit();
  } else if constexpr (n == 1) {
    auto& [f0] = object;
    return visit(f0);
  } else if constexpr (n == 2) {
    auto& [f0, f1] = object;
    return visit(f0, f1);
  } else if constexpr (n == 3) {
    auto& [f0, f1, f2] = object;
    return visit(f0, f1, f2);
  } else if constexpr (n == 4) {
    auto& [f0, f1, f2, f3] = object;
    return visit(f0, f1, f2, f3);
  } else if constexpr (n == 5) {
    auto& [f0, f1, f2, f3, f4] = object;
    return visit(f0, f1, f2, f3, f4);
  } else if constexpr (n == 6) {
    auto& [f0, f1, f2, f3, f4, f5] = object;
    return visit(f0, f1, f2, f3, f4, f5);
  } else if constexpr (n == 7) {
    auto& [f0, f1, f2, f3, f4, f5, f6] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6);
  } else if constexpr (n == 8) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7);
  } else if constexpr (n == 9) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8);
  } else if constexpr (n == 10) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9);
  } else if constexpr (n == 11) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
  } else if constexpr (n == 12) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11);
  } else if constexpr (n == 13) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12);
  } else if constexpr (n == 14) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
  } else if constexpr (n == 15) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14);
  } else if constexpr (n == 16) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15);
  } else if constexpr (n == 17) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16);
  } else if constexpr (n == 18) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17);
  } else if constexpr (n == 19) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18);
  } else if constexpr (n == 20) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19);
  } else if constexpr (n == 21) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20);
  } else if constexpr (n == 22) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21);
  } else if constexpr (n == 23) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22] =
        object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22);
  } else if constexpr (n == 24) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
           f23] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23);
  } else if constexpr (n == 25) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24);
  } else if constexpr (n == 26) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25);
  } else if constexpr (n == 27) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25, f26] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25, f26);
  } else if constexpr (n == 28) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25, f26, f27] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25, f26, f27);
  } else if constexpr (n == 29) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25, f26, f27, f28] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25, f26, f27, f28);
  } else if constexpr (n == 30) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25, f26, f27, f28, f29] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25, f26, f27, f28, f29);
  } else if constexpr (n == 31) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25, f26, f27, f28, f29, f30] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25, f26, f27, f28, f29, f30);
  } else if constexpr (n == 32) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23,
           f24, f25, f26, f27, f28, f29, f30, f31] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21,
                 f22, f23, f24, f25, f26, f27, f28, f29, f30, f31);
  }
}

namespace detail {

struct collect_types {
  template <class... Field>
  constexpr std::type_identity<std::tuple<Field...>> operator()(const Field&...) const {
    return {};
  }
};

// The types of the fields, in a tuple.
template <class T>
using fields_tuple = typename decltype(visit_fields(std::declval<const T&>(), collect_types()))::type;

}  // namespace detail

/// The type's name as it goes over the wire: `T::wire_name` when T has one, else its name without namespaces, enclosing
/// classes and template arguments. Compilers print those differently, so they cannot be part of it: two instances of
/// one template have the same name here, and need a `wire_name` where they must be told apart.
template <class T>
consteval std::string_view wire_name() {
  constexpr std::string_view name = type_name<T>();
  if constexpr (requires { std::string_view{T::wire_name}; }) {
    return name;
  } else {
    return name.substr(0, name.find('<'));
  }
}

namespace detail {

#if (defined(__clang__) && __clang_major__ >= 19) || (!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 12)
#define ZOOID_FIELD_NAMES 1
#endif

#ifdef ZOOID_FIELD_NAMES
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif

// An object that is declared and never defined: the addresses of its fields are constants all the same.
template <class T>
struct never_made {
  T value;
  never_made() = delete;
};
template <class T>
extern const never_made<T> never_defined;

// "... [with auto Pointer = (& a::never_defined<B>.a::never_made<B>::value.B::name)]",
// on clang "... [Pointer = &never_defined.value.name]".
consteval std::string_view last_identifier(std::string_view pretty) {
  std::size_t end = pretty.find_last_of(']');
  while (end > 0 && pretty[end - 1] == ')') --end;
  std::size_t begin = end;
  while (begin > 0 && pretty[begin - 1] != ':' && pretty[begin - 1] != '.') --begin;
  return pretty.substr(begin, end - begin);
}

template <class T, std::size_t... I>
consteval auto name_fields(std::index_sequence<I...>) {
  [[maybe_unused]] constexpr auto pointers =
      visit_fields(never_defined<T>.value, [](const auto&... field) { return std::tuple{&field...}; });
  return std::array<std::string_view, sizeof...(I)>{last_identifier(pretty_constant<std::get<I>(pointers)>())...};
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
#else
inline constexpr std::string_view positional_names[] = {
    "field0",  "field1",  "field2",  "field3",  "field4",  "field5",  "field6",  "field7",
    "field8",  "field9",  "field10", "field11", "field12", "field13", "field14", "field15",
    "field16", "field17", "field18", "field19", "field20", "field21", "field22", "field23",
    "field24", "field25", "field26", "field27", "field28", "field29", "field30", "field31"};

template <class T, std::size_t... I>
consteval auto name_fields(std::index_sequence<I...>) {
  return std::array<std::string_view, sizeof...(I)>{positional_names[I]...};
}
#endif
#undef ZOOID_FIELD_NAMES

}  // namespace detail

/// The names of the fields of T in their order; "field0", "field1" … with compilers that do not tell them (the ones
/// that do: GCC from 12, clang from 19).
template <plain_struct T>
inline constexpr std::array<std::string_view, field_count<T>> field_names =
    detail::name_fields<T>(std::make_index_sequence<field_count<T>>());

}  // namespace zooid
