// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kinds of types that travel, and how each type is told to be of one. Longer than most headers, because the
// classification only makes sense as a whole.

#include <zooid/archive_classes.hpp>

namespace zooid::detail {

enum class kind : std::uint8_t {
  boolean,
  number,
  enumeration,
  string,
  sequence,  // std::vector, std::deque, std::list
  array,     // std::array, T[N]: the size is part of the type
  set,       // the four of them
  map,       // the four of them
  tuple,     // std::tuple, std::pair
  optional,
  variant,
  duration,
  time_point,
  nothing,  // std::monostate
  ref,
  custom,    // functions of the user's: a record
  minimal,   // save_minimal and load_minimal: as the value that they speak of
  standard,  // functions of cereal/types/*.hpp: no record
  record,    // a plain struct
  named,     // cereal's wrappers, from here
  size_tag,
  binary_data,
  base,
  map_item,
  pointer,  // refused, from here; see `checked`
  smart_pointer,
  view,
  long_double,
  wide_char,
  polymorphic,
  open_enum,
  half,
  has_base,
  needs_include,
  unknown,
};

template <class>
inline constexpr kind wrapper_kind = kind::unknown;
template <class T>
inline constexpr kind wrapper_kind<cereal::NameValuePair<T>> = kind::named;
template <class T>
inline constexpr kind wrapper_kind<cereal::SizeTag<T>> = kind::size_tag;
template <class T>
inline constexpr kind wrapper_kind<cereal::BinaryData<T>> = kind::binary_data;
template <class T>
inline constexpr kind wrapper_kind<cereal::base_class<T>> = kind::base;
template <class T>
inline constexpr kind wrapper_kind<cereal::virtual_base_class<T>> = kind::base;
template <class Key, class Value>
inline constexpr kind wrapper_kind<cereal::MapItem<Key, Value>> = kind::map_item;
template <class C>
inline constexpr kind wrapper_kind<ref<C>> = kind::ref;

// A name that is looked up when T is known: what it names need not be complete earlier.
template <class T, class Name>
struct late_name {
  using type = Name;
};
template <class T, class Name>
using late = typename late_name<T, Name>::type;

// Which of cereal's ways to serialise a class has; `Version` is empty or std::uint32_t.
enum class style : std::uint8_t { none, member, free, member_split, free_split, member_minimal, free_minimal, half };

template <class T, class... Version>
concept saves_itself = requires(const T& t, output_archive& to, Version... v) {
  t.save(to, v...);
} || requires(const T& t, output_archive& to, Version... v) { late<T, cereal::access>::member_save(to, t, v...); };
template <class T, class... Version>
concept loads_itself = requires(T& t, input_archive& from, Version... v) {
  t.load(from, v...);
} || requires(T& t, input_archive& from, Version... v) { late<T, cereal::access>::member_load(from, t, v...); };

template <class T, class... Version>
consteval style find_style() {
  constexpr bool saves = saves_itself<T, Version...>;
  constexpr bool loads = loads_itself<T, Version...>;
  constexpr bool serialises = requires(T& t, output_archive& to, Version... v) {
    t.serialize(to, v...);
  } || requires(T& t, output_archive& to, Version... v) { late<T, cereal::access>::member_serialize(to, t, v...); };
  if constexpr (saves != loads || (serialises && saves)) {
    return style::half;
  } else if constexpr (serialises) {
    return style::member;
  } else if constexpr (saves) {
    return style::member_split;
  } else if constexpr (
      requires(const T& t, const output_archive& to, Version... v) { t.save_minimal(to, v...); } ||
      requires(const T& t, const output_archive& to, Version... v) {
        late<T, cereal::access>::member_save_minimal(to, t, v...);
      }) {
    return style::member_minimal;
  } else if constexpr (requires(T& t, output_archive& to, Version... v) { serialize(to, t, v...); }) {
    return style::free;
  } else if constexpr (requires(T& t, const T& c, output_archive& to, input_archive& from, Version... v) {
                         save(to, c, v...);
                         load(from, t, v...);
                       }) {
    return style::free_split;
  } else if constexpr (requires(const T& t, const output_archive& to, Version... v) { save_minimal(to, t, v...); }) {
    return style::free_minimal;
  } else {
    return style::none;
  }
}

template <class T>
inline constexpr style unversioned_style = find_style<T>();
template <class T>
inline constexpr bool is_versioned =
    unversioned_style<T> == style::none && find_style<T, std::uint32_t>() != style::none;
template <class T>
inline constexpr style style_of = is_versioned<T> ? find_style<T, std::uint32_t>() : unversioned_style<T>;

// What CEREAL_CLASS_VERSION says, else 0.
template <class T>
[[nodiscard]] std::uint32_t class_version() {
  using version = cereal::detail::Version<T, cereal::detail::version_binding_tag>;
  if constexpr (requires { version::version; }) {
    return version::version;
  } else {
    return 0;
  }
}

template <class>
inline constexpr bool is_enum_with_fixed_type = false;
template <class T>
  requires std::is_enum_v<T>
inline constexpr bool is_enum_with_fixed_type<T> = requires { T{std::underlying_type_t<T>{}}; };

template <class T>
concept std_tuple_like = requires { std::tuple_size<T>::value; };

// The library's types are told by what they can do, so that their headers need not be included here.
template <class T>
consteval kind find_class_kind() {
  if constexpr (requires(T& t) {
                  typename T::traits_type;
                  typename T::allocator_type;
                  t.c_str();
                }) {
    return kind::string;
  } else if constexpr (
      requires(T& t) {
        typename T::element_type;
        t.get();
      } ||
      requires(T& t) {
        t.lock();
        t.use_count();
      }) {
    return kind::smart_pointer;
  } else if constexpr (
      requires { typename T::traits_type; } ||
      requires(T& t) {
        typename T::element_type;
        t.data();
      } ||
      requires(T& t) {
        typename T::type;
        t.get();
      }) {
    return kind::view;
  } else if constexpr (requires {
                         typename T::key_type;
                         typename T::mapped_type;
                       }) {
    return kind::map;
  } else if constexpr (requires { typename T::key_type; }) {
    return kind::set;
  } else if constexpr (requires(T& t) {
                         typename T::value_type;
                         t.emplace_back();
                         t.clear();
                         t.begin();
                       }) {
    return kind::sequence;
  } else if constexpr (requires(T& t) { t.fill(t[0]); } && std_tuple_like<T>) {
    return kind::array;
  } else if constexpr (requires { typename T::value_type; } && std_tuple_like<T>) {
    return kind::array;  // of no elements
  } else if constexpr (std_tuple_like<T>) {
    return kind::tuple;
  } else if constexpr (requires(T& t) {
                         typename T::value_type;
                         t.has_value();
                         t.reset();
                         t.emplace();
                       }) {
    return kind::optional;
  } else if constexpr (requires(T& t) {
                         t.valueless_by_exception();
                         t.index();
                       }) {
    return kind::variant;
  } else if constexpr (requires(T& t) {
                         typename T::rep;
                         typename T::period;
                         t.count();
                       }) {
    return kind::duration;
  } else if constexpr (requires(T& t) {
                         typename T::clock;
                         t.time_since_epoch();
                       }) {
    return kind::time_point;
  } else {
    return kind::unknown;
  }
}

template <class T>
inline constexpr bool is_std = pretty_name<T>().starts_with("std::");

template <class T>
consteval kind custom_kind() {
  switch (style_of<T>) {
    case style::none:
      return kind::unknown;
    case style::half:
      return kind::half;
    case style::member_minimal:
    case style::free_minimal:
      return kind::minimal;
    default:
      return is_std<T> ? kind::standard : kind::custom;
  }
}

template <class T>
consteval kind find_kind() {
  if constexpr (std::same_as<T, bool>) {
    return kind::boolean;
  } else if constexpr (std::same_as<T, long double>) {
    return kind::long_double;
  } else if constexpr (std::same_as<T, wchar_t>) {
    return kind::wide_char;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return kind::number;
  } else if constexpr (std::is_enum_v<T>) {
    return is_enum_with_fixed_type<T> ? kind::enumeration : kind::open_enum;
  } else if constexpr (std::is_array_v<T>) {
    return kind::array;
  } else if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T> || std::is_member_pointer_v<T>) {
    return kind::pointer;
  } else if constexpr (!std::is_class_v<T>) {
    return kind::unknown;
  } else if constexpr (wrapper_kind<T> != kind::unknown) {
    return wrapper_kind<T>;
  } else if constexpr (is_std<T>) {
    constexpr kind known = find_class_kind<T>();
    if constexpr (known != kind::unknown) {
      return known;
    } else if constexpr (custom_kind<T>() != kind::unknown) {
      return custom_kind<T>();
    } else {
      return std::is_empty_v<T> && std::is_aggregate_v<T> ? kind::nothing : kind::needs_include;
    }
  } else if constexpr (std::is_polymorphic_v<T>) {
    return kind::polymorphic;
  } else if constexpr (custom_kind<T>() != kind::unknown) {
    return custom_kind<T>();
  } else if constexpr (plain_struct<T>) {
    return kind::record;
  } else if constexpr (std::is_aggregate_v<T>) {
    return kind::has_base;
  } else {  // containers of other libraries
    return find_class_kind<T>();
  }
}

/// How `Type` travels, or why it does not. The compiler names the type here, and further on the message that holds it.
template <class Type>
struct checked {
  static constexpr kind value = find_kind<Type>();
  static_assert(value != kind::pointer, "zooid: a message cannot hold a pointer: send the value, or an id");
  static_assert(
      value != kind::smart_pointer,
      "zooid: a message cannot hold a smart pointer (ownership does not travel, and hostile bytes could forge "
      "it): send the value, std::optional, or std::vector");
  static_assert(
      value != kind::view,
      "zooid: a message cannot hold a view or reference (what it refers to does not travel): send std::string "
      "or std::vector");
  static_assert(value != kind::long_double,
                "zooid: a message cannot hold long double (its size and padding differ between machines): use double");
  static_assert(value != kind::wide_char,
                "zooid: a message cannot hold wchar_t (its size differs between systems): use char8_t or char32_t");
  static_assert(value != kind::polymorphic,
                "zooid: a message cannot hold a polymorphic type (only a part of it would travel): use std::variant");
  static_assert(value != kind::open_enum,
                "zooid: an enum in a message needs a fixed type, as in `enum colour : int` (other values than its own "
                "would be undefined behaviour)");
  static_assert(value != kind::half,
                "zooid: a class needs either serialize(), or both save() and load(), for zooid's archives");
  static_assert(value != kind::has_base,
                "zooid: C++20 cannot take a struct with a base class apart: make the base a member, or give it a "
                "serialize()");
  static_assert(
      value != kind::needs_include,
      "zooid: to send this type of the standard library, include its header of <cereal/types/...>, if it has one");
  static_assert(value != kind::unknown,
                "zooid: this type cannot be sent: make it a plain struct (public data, no constructors), or give it a "
                "serialize()");
};

template <class T>
inline constexpr kind kind_of = checked<T>::value;

template <class C>
struct check_ref {
  static_assert(!C::is_local, "zooid: a message cannot hold a ref to a local_contract: other nodes could not use it");
  static constexpr bool ok = !C::is_local;
};

// May be copied as bytes: numbers, and enums over numbers.
template <class T>
concept plain_bytes = number<T> || (is_enum_with_fixed_type<T> && !std::same_as<std::underlying_type_t<T>, bool>);

template <class T>
inline constexpr bool copied_at_once = plain_bytes<T> && (sizeof(T) == 1 || std::endian::native == std::endian::little);

template <class>
struct element_of;
template <class T>
  requires requires { typename T::value_type; }
struct element_of<T> {
  using type = typename T::value_type;
};
template <class T, std::size_t N>
struct element_of<T[N]> {
  using type = T;
};

template <template <class...> class Variant, class... T>
consteval std::size_t count_alternatives(const Variant<T...>*) {
  return sizeof...(T);
}
template <class T>
inline constexpr std::size_t alternatives = count_alternatives(static_cast<const T*>(nullptr));

template <class T>
inline constexpr record_info info_of{wire_name<T>(), nullptr};
template <class T>
  requires(find_kind<T>() == kind::record)
inline constexpr record_info info_of<T>{wire_name<T>(), field_names<T>.data()};

}  // namespace zooid::detail
