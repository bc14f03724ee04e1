// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/archive.hpp>
#include <zooid/contract.hpp>
#include <zooid/schema.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace zooid {

/// How a reply travels. Any thread, like everything in these tables.
struct reply_codec {
  /// Throws codec_error, and what the users' functions throw; the buffer then ends in a part of the reply.
  void (*encode)(output_archive& to, const void* reply);
  /// Makes the reply at uninitialised storage. When it throws (codec_error, or what the users' functions throw) there
  /// is none. Leaves bytes that follow for `input_archive::finish` to find. Nothing happens for `void`.
  void (*decode)(input_archive& from, void* storage);
};

/// How a message travels.
struct message_codec {
  std::string_view name;                                    ///< On the wire.
  schema (*describe)();                                     ///< Made at each call.
  void (*encode)(output_archive& to, const void* message);  ///< As for replies.
  void (*decode)(input_archive& from, void* storage);       ///< As for replies.
  const reply_codec* reply;                                 ///< Null when the message can only be told.
  const detail::message_type* type;
  const detail::message_type* reply_type;  ///< Of void when the message can only be told.
};

/// How the messages of a contract travel, in the contract's order.
struct contract_codec {
  std::string_view name;
  const detail::contract_type* type;
  std::span<const message_codec> messages;
};

namespace detail {

template <class T>
std::uint32_t describe(schema_builder& to);

// An address for each type.
template <class T>
inline constexpr char schema_id = 0;

template <template <class...> class Template, class... T>
void describe_arguments(schema_builder& to, std::uint32_t at, type_kind kind, std::string_view name,
                        const Template<T...>*) {
  to.fill(at, kind, name, {describe<T>(to)...});
}

// A type of the standard library that cereal knows: by its name and what it holds.
template <template <class...> class Template, class T, class... More>
void describe_standard(schema_builder& to, std::uint32_t at, std::string_view name, const Template<T, More...>*) {
  to.fill(at, type_kind::standard, name, {describe<T>(to)});
}
template <template <std::size_t> class Template, std::size_t N>
void describe_standard(schema_builder& to, std::uint32_t at, std::string_view name, const Template<N>*) {
  to.fill(at, type_kind::standard, name, {}, N);
}
inline void describe_standard(schema_builder& to, std::uint32_t at, std::string_view name, const void*) {
  to.fill(at, type_kind::standard, name);
}

template <class T>
consteval std::string_view number_name() {
  if constexpr (std::same_as<T, char>) {
    return "char";
  } else if constexpr (std::same_as<T, char8_t> || std::same_as<T, char16_t> || std::same_as<T, char32_t>) {
    return sizeof(T) == 1 ? "char8" : sizeof(T) == 2 ? "char16" : "char32";
  } else if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? "float32" : "float64";
  } else {
    constexpr std::array<std::string_view, 9> names{"", "int8", "int16", "", "int32", "", "", "", "int64"};
    constexpr std::array<std::string_view, 9> unsigned_names{"", "uint8", "uint16", "", "uint32", "", "", "", "uint64"};
    return std::is_signed_v<T> ? names[sizeof(T)] : unsigned_names[sizeof(T)];
  }
}

template <class... Field>
void describe_fields(schema_builder& to, [[maybe_unused]] std::uint32_t at, const std::string_view* names,
                     const std::type_identity<std::tuple<Field...>>&) {
  (to.add_field(at, *names++, describe<Field>(to)), ...);
  (void)names;
}

/// Fills the place that was opened for T.
template <class T>
void describe_at(schema_builder& to, std::uint32_t at) {
  constexpr kind k = kind_of<T>;
  if constexpr (k == kind::boolean) {
    to.fill(at, type_kind::boolean, "bool");
  } else if constexpr (k == kind::number) {
    to.fill(at, type_kind::number, number_name<T>());
  } else if constexpr (k == kind::enumeration) {
    to.fill(at, type_kind::enumeration, wire_name<T>(), {describe<std::underlying_type_t<T>>(to)});
  } else if constexpr (k == kind::string) {
    if constexpr (std::same_as<typename T::value_type, char>) {
      to.fill(at, type_kind::string, "string");
    } else {
      to.fill(at, type_kind::string, "string", {describe<typename T::value_type>(to)});
    }
  } else if constexpr (k == kind::sequence) {
    to.fill(at, type_kind::list, "list", {describe<typename T::value_type>(to)});
  } else if constexpr (k == kind::array) {
    using element = typename element_of<T>::type;
    to.fill(at, type_kind::array, "array", {describe<element>(to)}, sizeof(T) / sizeof(element));
  } else if constexpr (k == kind::set) {
    to.fill(at, type_kind::set, "set", {describe<typename T::key_type>(to)});
  } else if constexpr (k == kind::map) {
    to.fill(at, type_kind::map, "map", {describe<typename T::key_type>(to), describe<typename T::mapped_type>(to)});
  } else if constexpr (k == kind::tuple) {
    describe_arguments(to, at, type_kind::tuple, "tuple", static_cast<const T*>(nullptr));
  } else if constexpr (k == kind::optional) {
    to.fill(at, type_kind::optional, "optional", {describe<typename T::value_type>(to)});
  } else if constexpr (k == kind::variant) {
    describe_arguments(to, at, type_kind::variant, "variant", static_cast<const T*>(nullptr));
  } else if constexpr (k == kind::duration) {
    to.fill(at, type_kind::time_span, "duration", {describe<typename T::rep>(to)},
            static_cast<std::uint64_t>(T::period::num), static_cast<std::uint64_t>(T::period::den));
  } else if constexpr (k == kind::time_point) {
    to.fill(at, type_kind::instant, "time", {describe<typename T::duration>(to)});
  } else if constexpr (k == kind::nothing) {
    to.fill(at, type_kind::nothing, "nothing");
  } else if constexpr (k == kind::ref) {
    to.fill(at, type_kind::ref, T::contract::name);
  } else if constexpr (k == kind::record) {
    to.fill(at, type_kind::record, wire_name<T>());
    describe_fields(to, at, field_names<T>.data(), std::type_identity<fields_tuple<T>>());
  } else if constexpr (k == kind::custom || k == kind::minimal) {
    to.fill(at, type_kind::opaque, wire_name<T>());
  } else if constexpr (k == kind::standard) {
    describe_standard(to, at, wire_name<T>(), static_cast<const T*>(nullptr));
  }
}

template <class T>
std::uint32_t describe(schema_builder& to) {
  const schema_builder::place place = to.open(&schema_id<T>);
  if (place.fresh) describe_at<T>(to, place.at);
  return place.at;
}

template <class T>
void encode_as(output_archive& to, const void* value) {
  encode(to, *static_cast<const T*>(value));
}

template <class T>
void decode_as(input_archive& from, void* storage) {
  struct guard {
    T* made;
    ~guard() {
      if (made != nullptr) std::destroy_at(made);
    }
  } holds{::new (storage) T()};
  decode(from, *holds.made);
  holds.made = nullptr;
}

/// What every message and reply must be able to do; the compiler names it here.
template <class Message>
struct check_message {
  static_assert(std::is_default_constructible_v<Message>,
                "zooid: a message or reply that travels must be default constructible: it is read into a T{}");
  static_assert(std::is_move_constructible_v<Message>, "zooid: a message or reply must be movable");
  static constexpr bool ok = std::is_default_constructible_v<Message> && std::is_move_constructible_v<Message>;
};

template <class R>
inline constexpr reply_codec reply_codec_of{&encode_as<R>, &decode_as<R>};
template <>
inline constexpr reply_codec reply_codec_of<void>{[](output_archive&, const void*) {}, [](input_archive&, void*) {}};

template <class M>
schema describe_message() {
  schema_builder to;
  const std::uint32_t message = describe<M>(to);
  std::uint32_t reply = schema::no_reply;
  if constexpr (requires { typename M::reply; }) {
    if constexpr (std::is_void_v<typename M::reply>) {
      reply = schema::void_reply;
    } else {
      reply = describe<typename M::reply>(to);
    }
  }
  return to.take(message, reply);
}

template <class M>
consteval const reply_codec* find_reply_codec() {
  if constexpr (requires { typename M::reply; }) {
    if constexpr (!std::is_void_v<typename M::reply>) static_assert(check_message<typename M::reply>::ok);
    return &reply_codec_of<typename M::reply>;
  } else {
    return nullptr;
  }
}

template <class M>
consteval message_codec make_message_codec() {
  if constexpr (check_message<M>::ok) {
    return {wire_name<M>(),
            &describe_message<M>,
            &encode_as<M>,
            &decode_as<M>,
            find_reply_codec<M>(),
            &message_type_of<M>,
            &message_type_of<typename reply_or_void<M>::type>};
  } else {
    return {};
  }
}

template <class C, class Messages>
struct contract_table;
template <class C, class... M>
struct contract_table<C, message_list<M...>> {
  static_assert(!C::is_local, "zooid: a local_contract does not travel: its messages have no codec");
  static constexpr std::array<message_codec, sizeof...(M)> messages{make_message_codec<M>()...};
  static_assert(all_differ({wire_name<M>()...}),
                "zooid: two messages of this contract have the same name on the wire: give one of them a `static "
                "constexpr std::string_view wire_name`");
  static constexpr contract_codec value{C::name, &contract_type_of<C>, messages};
};

}  // namespace detail

/// The tables of the contract C. C and what its messages hold must be complete where this is used.
template <class C>
const contract_codec& codec_of() {
  return detail::contract_table<C, typename C::messages>::value;
}

}  // namespace zooid
