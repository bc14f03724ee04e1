// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/archive.hpp>
#include <zooid/contract.hpp>

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
  std::string_view name;           ///< On the wire.
  std::uint64_t (*fingerprint)();  ///< Of `describe()`; the same for all compilers, platforms and releases.
  /// "Order{quantity: int32, lines: list<Line{sku: string}>} -> string". A struct's fields are listed where it occurs
  /// first; a ref is named by its contract only, since contracts may be cyclic.
  std::string (*describe)();
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

/// Gathers the text of a schema. One thread.
class schema_writer {
 public:
  void add(std::string_view text) { text_ += text; }
  void add_number(std::uint64_t value) { text_ += std::to_string(value); }
  /// "name: " and the type, behind what separates it from the field before.
  void add_field(std::string_view name, void (*describe_type)(schema_writer&));
  /// False when the type has been described before: its name is enough then.
  bool open(const void* type);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::vector<const void*> described_;
};

[[nodiscard]] std::uint64_t fingerprint_of(std::string_view schema) noexcept;

template <class T>
void describe(schema_writer& to);

template <class... T>
void describe_list(schema_writer& to, std::string_view name) {
  std::string_view before = "<";
  to.add(name);
  ((to.add(std::exchange(before, ", ")), describe<T>(to)), ...);
  to.add(sizeof...(T) == 0 ? "<>" : ">");
}
template <template <class...> class Template, class... T>
void describe_arguments(schema_writer& to, std::string_view name, const Template<T...>*) {
  describe_list<T...>(to, name);
}

// A type of the standard library that cereal knows: by its name and what it holds.
template <template <class...> class Template, class T, class... More>
void describe_standard(schema_writer& to, std::string_view name, const Template<T, More...>*) {
  describe_list<T>(to, name);
}
template <template <std::size_t> class Template, std::size_t N>
void describe_standard(schema_writer& to, std::string_view name, const Template<N>*) {
  to.add(name);
  to.add("<");
  to.add_number(N);
  to.add(">");
}
inline void describe_standard(schema_writer& to, std::string_view name, const void*) { to.add(name); }

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
void describe_fields(schema_writer& to, const std::string_view* names,
                     const std::type_identity<std::tuple<Field...>>&) {
  (to.add_field(*names++, &describe<Field>), ...);
  (void)names;
}

template <class T>
void describe_record(schema_writer& to) {
  to.add(wire_name<T>());
  if constexpr (kind_of<T> == kind::custom) {
    to.add("{...}");  // only its own functions know
  } else if (to.open(&info_of<T>)) {
    to.add("{");
    describe_fields(to, field_names<T>.data(), std::type_identity<fields_tuple<T>>());
    to.add("}");
  }
}

template <class T>
void describe(schema_writer& to) {
  constexpr kind k = kind_of<T>;
  if constexpr (k == kind::boolean) {
    to.add("bool");
  } else if constexpr (k == kind::number) {
    to.add(number_name<T>());
  } else if constexpr (k == kind::enumeration) {
    to.add(wire_name<T>());
    to.add(":");
    describe<std::underlying_type_t<T>>(to);
  } else if constexpr (k == kind::string) {
    if constexpr (std::same_as<typename T::value_type, char>) {
      to.add("string");
    } else {
      describe_list<typename T::value_type>(to, "string");
    }
  } else if constexpr (k == kind::sequence) {
    describe_list<typename T::value_type>(to, "list");
  } else if constexpr (k == kind::array) {
    to.add("array<");
    describe<typename element_of<T>::type>(to);
    to.add(", ");
    to.add_number(sizeof(T) / sizeof(typename element_of<T>::type));
    to.add(">");
  } else if constexpr (k == kind::set) {
    describe_list<typename T::key_type>(to, "set");
  } else if constexpr (k == kind::map) {
    describe_list<typename T::key_type, typename T::mapped_type>(to, "map");
  } else if constexpr (k == kind::tuple) {
    describe_arguments(to, "tuple", static_cast<const T*>(nullptr));
  } else if constexpr (k == kind::optional) {
    describe_list<typename T::value_type>(to, "optional");
  } else if constexpr (k == kind::variant) {
    describe_arguments(to, "variant", static_cast<const T*>(nullptr));
  } else if constexpr (k == kind::duration) {
    describe_list<typename T::rep>(to, "duration");
    to.add_number(static_cast<std::uint64_t>(T::period::num));
    to.add("/");
    to.add_number(static_cast<std::uint64_t>(T::period::den));
  } else if constexpr (k == kind::time_point) {
    describe_list<typename T::duration>(to, "time");
  } else if constexpr (k == kind::nothing) {
    to.add("nothing");
  } else if constexpr (k == kind::ref) {
    to.add("ref<");
    to.add(T::contract::name);
    to.add(">");
  } else if constexpr (k == kind::record || k == kind::custom) {
    describe_record<T>(to);
  } else if constexpr (k == kind::minimal) {
    to.add(wire_name<T>());
    to.add("{...}");
  } else if constexpr (k == kind::standard) {
    describe_standard(to, wire_name<T>(), static_cast<const T*>(nullptr));
  }
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
std::string describe_message() {
  schema_writer to;
  describe<M>(to);
  if constexpr (requires { typename M::reply; }) {
    to.add(" -> ");
    if constexpr (std::is_void_v<typename M::reply>) {
      to.add("void");
    } else {
      describe<typename M::reply>(to);
    }
  }
  return to.take();
}

template <class M>
std::uint64_t fingerprint_message() {
  return fingerprint_of(describe_message<M>());
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
    return {wire_name<M>(),       &fingerprint_message<M>,
            &describe_message<M>, &encode_as<M>,
            &decode_as<M>,        find_reply_codec<M>(),
            &message_type_of<M>,  &message_type_of<typename reply_or_void<M>::type>};
  } else {
    return {};
  }
}

template <std::size_t N>
consteval bool names_differ(const std::array<message_codec, N>& messages) {
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (messages[i].name == messages[j].name) return false;
    }
  }
  return true;
}

template <class C, class Messages>
struct contract_table;
template <class C, class... M>
struct contract_table<C, message_list<M...>> {
  static_assert(!C::is_local, "zooid: a local_contract does not travel: its messages have no codec");
  static constexpr std::array<message_codec, sizeof...(M)> messages{make_message_codec<M>()...};
  static_assert(names_differ(messages),
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
