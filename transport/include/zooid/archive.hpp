// SPDX-License-Identifier: Apache-2.0
#pragma once

// The archives through which messages become bytes, and how each kind of type travels. Longer than most headers: the
// classification, the writing and the reading of one kind only make sense beside each other.
//
// Nothing of cereal is included here (it would cost each user about a second): its wrappers are declared as cereal
// 1.3 declares them, and the archives have a base in its namespace, by which the functions of `cereal/types/*.hpp` are
// found when, and only when, the user includes them.

#include <zooid/byte_buffer.hpp>
#include <zooid/fields.hpp>
#include <zooid/intrusive_ptr.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cereal {

class access;
template <class T>
class NameValuePair;
template <class T>
class SizeTag;
template <class T>
struct BinaryData;
template <class Key, class Value>
struct MapItem;
template <class Base>
struct base_class;
template <class Base>
struct virtual_base_class;

namespace detail {
namespace {
struct version_binding_tag;
}
template <class T, class BindingTag>
struct Version;
}  // namespace detail

/// The base of zooid's archives; empty.
struct zooid_archive {};

}  // namespace cereal

namespace zooid {

static_assert(sizeof(int) == 4 && sizeof(long) == 8 && sizeof(std::size_t) == 8,
              "zooid: the wire format takes int for 4 bytes, long and size_t for 8");

template <class C>
class ref;
struct contract_codec;
template <class C>
const contract_codec& codec_of();
class output_archive;
class input_archive;

/// Bytes that do not decode, or a value that cannot be encoded. The text says where, and what was expected.
class codec_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

class target;
struct ref_access;

/// Records may stand in records this deep. Bounds the stack that hostile bytes can take.
inline constexpr int max_depth = 64;

// The record's type and fields, for errors. `fields` is null when the type serialises itself.
struct record_info {
  std::string_view name;
  const std::string_view* fields;
};

template <class T>
void encode(output_archive& to, const T& from);
template <class T>
void decode(input_archive& from, T& to);
template <class T>
void decode_missing(std::span<const std::byte> owner, T& to);

template <class T>
concept number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

template <number T>
constexpr void flip_if_big_endian(std::byte* bytes) noexcept {
  if constexpr (std::endian::native == std::endian::big) std::reverse(bytes, bytes + sizeof(T));
}

}  // namespace detail

/// How refs inside messages travel: a node's business. Called from the thread that encodes or decodes.
class ref_codec {
 public:
  virtual ~ref_codec() = default;
  /// `from` is null for an empty ref.
  virtual void save(output_archive& to, const detail::target* from, const contract_codec& contract) = 0;
  /// Null for an empty ref. Throws codec_error (`from.fail`) for bytes that are no ref.
  virtual intrusive_ptr<detail::target> load(input_archive& from, const contract_codec& contract) = 0;
};

/// Writes values behind what a buffer holds already. Has cereal's interface, so that users' `serialize`, `save` and
/// `save_minimal` work. One thread. After an exception the buffer ends in a part of a value: truncate it.
///
/// Numbers are little-endian, of fixed width. Sizes are LEB128 varints: most are below 128, and one byte is both less
/// to send and faster here than four. A plain struct, or a class that serialises itself, is a *record*: its length in
/// bytes (32 bits, patched in afterwards), then its fields.
class output_archive : public cereal::zooid_archive {
 public:
  using is_saving = std::true_type;
  using is_loading = std::false_type;

  /// Without `refs`, messages that hold refs cannot be encoded.
  explicit output_archive(byte_buffer& to, ref_codec* refs = nullptr) noexcept : buffer_(to), refs_(refs) {}
  output_archive(const output_archive&) = delete;
  output_archive& operator=(const output_archive&) = delete;

  /// Writes all fields in order. Throws codec_error for what has no encoding (too deep, a valueless variant …).
  template <class... Fields>
  output_archive& operator()(Fields&&... fields) {
    (detail::encode(*this, fields), ...);
    return *this;
  }
  template <class Field>
  output_archive& operator&(Field&& field) {
    return (*this)(field);
  }
  template <class Field>
  output_archive& operator<<(Field&& field) {
    return (*this)(field);
  }

  template <detail::number T>
  void put(T value) {
    std::byte* room = buffer_.extend(sizeof(T));
    std::memcpy(room, &value, sizeof(T));
    detail::flip_if_big_endian<T>(room);
  }
  void put_size(std::uint64_t size) {
    if (size < 0x80) [[likely]] {
      *buffer_.extend(1) = static_cast<std::byte>(size);
    } else {
      put_large_varint(size);
    }
  }
  void put_bytes(const void* from, std::size_t count) { buffer_.append(from, count); }

  /// Where the next byte goes.
  [[nodiscard]] std::size_t position() const noexcept { return buffer_.size(); }
  /// Leaves room for a record's length; `end_record` wants the result.
  [[nodiscard]] std::size_t begin_record() {
    if (++depth_ > detail::max_depth) [[unlikely]]
      fail("records nested more than 64 deep");
    buffer_.extend(sizeof(std::uint32_t));
    return buffer_.size();
  }
  void end_record(std::size_t begin) {
    --depth_;
    const std::size_t size = buffer_.size() - begin;
    if (size > UINT32_MAX) [[unlikely]]
      fail("a record of more than 4 GiB");
    const auto length = static_cast<std::uint32_t>(size);
    std::byte* room = buffer_.data() + begin - sizeof length;
    std::memcpy(room, &length, sizeof length);
    detail::flip_if_big_endian<std::uint32_t>(room);
  }
  /// An element of a container must have taken at least one byte: lengths could not be bounded otherwise.
  void end_element(std::size_t begin) const {
    if (buffer_.size() == begin) [[unlikely]]
      fail("an element without bytes in a container");
  }

  [[nodiscard]] ref_codec& refs() const {
    if (refs_ == nullptr) [[unlikely]]
      fail("a ref where no node can carry it");
    return *refs_;
  }
  /// Throws codec_error: "cannot encode …".
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void put_large_varint(std::uint64_t size);

  byte_buffer& buffer_;
  ref_codec* refs_;
  int depth_ = 0;
};

/// Reads values from bytes that may be hostile: never beyond the end, never more memory than 64 times the bytes (and
/// 1 MiB), never deeper than 64 records. Has cereal's interface for users' `serialize`, `load` and `load_minimal`.
/// One thread; the bytes must outlive it. After an exception it is of no further use.
///
/// Fields that a record lacks at its end keep the values that they have, and what a record has beyond its fields is
/// skipped: so fields can be appended. A class that serialises itself reads a missing value as T{} unless that is a
/// member.
class input_archive : public cereal::zooid_archive {
 public:
  using is_saving = std::false_type;
  using is_loading = std::true_type;

  /// Without `refs`, messages that hold refs cannot be decoded.
  explicit input_archive(std::span<const std::byte> from, ref_codec* refs = nullptr) noexcept
      : cursor_(from.data()),
        end_(from.data() + from.size()),
        begin_(from.data()),
        allowance_((std::size_t{1} << 20) + 64 * from.size()),
        refs_(refs) {}
  input_archive(const input_archive&) = delete;
  input_archive& operator=(const input_archive&) = delete;

  /// Reads all fields in order. Throws codec_error.
  template <class... Fields>
  input_archive& operator()(Fields&&... fields) {
    (take(fields), ...);
    return *this;
  }
  template <class Field>
  input_archive& operator&(Field&& field) {
    return (*this)(field);
  }
  template <class Field>
  input_archive& operator>>(Field&& field) {
    return (*this)(field);
  }

  template <detail::number T>
  [[nodiscard]] T get() {
    std::byte bytes[sizeof(T)];
    std::memcpy(bytes, get_bytes(sizeof(T)), sizeof(T));
    detail::flip_if_big_endian<T>(bytes);
    return std::bit_cast<T>(bytes);
  }
  [[nodiscard]] bool get_bool() {
    const auto value = std::to_integer<unsigned>(*get_bytes(1));
    if (value > 1) [[unlikely]]
      fail("a bool that is neither 0 nor 1");
    return value == 1;
  }
  [[nodiscard]] std::uint64_t get_varint() {
    if (cursor_ != end_ && *cursor_ < std::byte{0x80}) [[likely]]
      return std::to_integer<std::uint64_t>(*cursor_++);
    return get_large_varint();
  }
  /// A number of things of which each takes at least `unit` bytes: no larger than what remains can hold.
  [[nodiscard]] std::size_t get_size(std::size_t unit = 1) {
    const std::uint64_t size = get_varint();
    if (size > remaining() / unit) [[unlikely]]
      fail_size(size);
    return static_cast<std::size_t>(size);
  }
  /// The next `count` bytes, where they are.
  const std::byte* get_bytes(std::size_t count) {
    if (count > remaining()) [[unlikely]]
      fail_short(count);
    return std::exchange(cursor_, cursor_ + count);
  }

  /// Bytes until the end of the record, or of everything outside of records.
  [[nodiscard]] std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }
  /// Throws when bytes are left.
  void finish() const {
    if (cursor_ != end_) [[unlikely]]
      fail("trailing bytes");
  }

  /// Counts memory that is about to be taken for one element; `end_element` wants the result.
  const std::byte* begin_element(std::size_t memory) {
    if (memory > allowance_) [[unlikely]]
      fail("more memory than a message of this size may take");
    allowance_ -= memory;
    return cursor_;
  }
  void end_element(const std::byte* begin) const {
    if (cursor_ == begin) [[unlikely]]
      fail("an element without bytes in a container");
  }

  [[nodiscard]] ref_codec& refs() const {
    if (refs_ == nullptr) [[unlikely]]
      fail("a ref where no node can carry it");
    return *refs_;
  }
  /// Throws codec_error: "Order.lines.sku at byte 17: …".
  [[noreturn]] void fail(std::string_view what) const;

  /// From a record's length to its end; what is not read of it is skipped.
  class record {
   public:
    record(input_archive& from, const detail::record_info& info) : from_(from), info_(info), outer_(from.record_) {
      const auto size = from.get<std::uint32_t>();
      if (size > from.remaining()) [[unlikely]]
        from.fail_size(size);
      if (++from.depth_ > detail::max_depth) [[unlikely]]
        from.fail("records nested more than 64 deep");
      outer_end_ = std::exchange(from.end_, from.cursor_ + size);
      from.record_ = this;
    }
    ~record() {
      from_.cursor_ = std::exchange(from_.end_, outer_end_);
      from_.record_ = outer_;
      --from_.depth_;
    }
    record(const record&) = delete;
    record& operator=(const record&) = delete;

    /// So many fields have been read.
    void skip(std::size_t fields) noexcept { field_ += fields; }
    /// Is there another field?
    [[nodiscard]] bool next() noexcept {
      ++field_;
      return from_.cursor_ != from_.end_;
    }

   private:
    friend class input_archive;
    input_archive& from_;
    const detail::record_info& info_;
    const record* outer_;
    const std::byte* outer_end_ = nullptr;
    std::size_t field_ = 0;
  };

  /// While it lives, values passed to operator() may be missing at the record's end; `object` is whose members stay.
  class self_serialised {
   public:
    self_serialised(input_archive& from, std::span<const std::byte> object) noexcept
        : from_(from), outer_(std::exchange(from.owner_, object)) {}
    ~self_serialised() { from_.owner_ = outer_; }
    self_serialised(const self_serialised&) = delete;
    self_serialised& operator=(const self_serialised&) = delete;

   private:
    input_archive& from_;
    std::span<const std::byte> outer_;
  };

 private:
  template <class Field>
  void take(Field& field) {
    if (owner_.empty()) return detail::decode(*this, field);
    if (cursor_ == end_) return detail::decode_missing(owner_, field);
    const self_serialised inner(*this, {});
    detail::decode(*this, field);
  }
  std::uint64_t get_large_varint();
  [[noreturn]] void fail_short(std::size_t wanted) const;
  [[noreturn]] void fail_size(std::uint64_t size) const;

  const std::byte* cursor_;
  const std::byte* end_;
  const std::byte* begin_;
  std::size_t allowance_;
  ref_codec* refs_;
  const record* record_ = nullptr;
  std::span<const std::byte> owner_;
  int depth_ = 0;
};

namespace detail {

// ---- The kinds of types -------------------------------------------------------------------------------------------

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
}
|| requires(const T& t, output_archive& to, Version... v) { late<T, cereal::access>::member_save(to, t, v...); };
template <class T, class... Version>
concept loads_itself = requires(T& t, input_archive& from, Version... v) {
  t.load(from, v...);
}
|| requires(T& t, input_archive& from, Version... v) { late<T, cereal::access>::member_load(from, t, v...); };

template <class T, class... Version>
consteval style find_style() {
  constexpr bool saves = saves_itself<T, Version...>;
  constexpr bool loads = loads_itself<T, Version...>;
  constexpr bool serialises = requires(T & t, output_archive & to, Version... v) { t.serialize(to, v...); }
  || requires(T & t, output_archive & to, Version... v) { late<T, cereal::access>::member_serialize(to, t, v...); };
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
  } else if constexpr (requires(T & t, output_archive & to, Version... v) { serialize(to, t, v...); }) {
    return style::free;
  } else if constexpr (requires(T & t, const T& c, output_archive& to, input_archive& from, Version... v) {
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
inline constexpr bool is_versioned = unversioned_style<T> ==
                                     style::none&& find_style<T, std::uint32_t>() != style::none;
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
concept std_tuple_like = requires {
  std::tuple_size<T>::value;
};

// The library's types are told by what they can do, so that their headers need not be included here.
template <class T>
consteval kind find_class_kind() {
  if constexpr (requires(T & t) {
                  typename T::traits_type;
                  typename T::allocator_type;
                  t.c_str();
                }) {
    return kind::string;
  } else if constexpr (
      requires(T & t) {
        typename T::element_type;
        t.get();
      } ||
      requires(T & t) {
        t.lock();
        t.use_count();
      }) {
    return kind::smart_pointer;
  } else if constexpr (
      requires { typename T::traits_type; } ||
      requires(T & t) {
        typename T::element_type;
        t.data();
      } ||
      requires(T & t) {
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
  } else if constexpr (requires(T & t) {
                         typename T::value_type;
                         t.emplace_back();
                         t.clear();
                         t.begin();
                       }) {
    return kind::sequence;
  } else if constexpr (requires(T & t) { t.fill(t[0]); } && std_tuple_like<T>) {
    return kind::array;
  } else if constexpr (requires { typename T::value_type; } && std_tuple_like<T>) {
    return kind::array;  // of no elements
  } else if constexpr (std_tuple_like<T>) {
    return kind::tuple;
  } else if constexpr (requires(T & t) {
                         typename T::value_type;
                         t.has_value();
                         t.reset();
                         t.emplace();
                       }) {
    return kind::optional;
  } else if constexpr (requires(T & t) {
                         t.valueless_by_exception();
                         t.index();
                       }) {
    return kind::variant;
  } else if constexpr (requires(T & t) {
                         typename T::rep;
                         typename T::period;
                         t.count();
                       }) {
    return kind::duration;
  } else if constexpr (requires(T & t) {
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
concept plain_bytes = number<T> ||(is_enum_with_fixed_type<T> && !std::same_as<std::underlying_type_t<T>, bool>);

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
requires(find_kind<T>() == kind::record) inline constexpr record_info info_of<T>{wire_name<T>(), field_names<T>.data()};

// ---- Writing ------------------------------------------------------------------------------------------------------

template <class T, class... Version>
void save_custom(output_archive& to, const T& from, Version... v) {
  T& object = const_cast<T&>(from);  // as cereal does: serialize() is one function for both directions
  if constexpr (style_of<T> == style::member) {
    if constexpr (requires { object.serialize(to, v...); }) {
      object.serialize(to, v...);
    } else {
      late<T, cereal::access>::member_serialize(to, object, v...);
    }
  } else if constexpr (style_of<T> == style::member_split) {
    if constexpr (requires { from.save(to, v...); }) {
      from.save(to, v...);
    } else {
      late<T, cereal::access>::member_save(to, from, v...);
    }
  } else if constexpr (style_of<T> == style::free) {
    serialize(to, object, v...);
  } else {
    save(to, from, v...);
  }
}

template <class T, class... Version>
decltype(auto) save_as_minimal(const output_archive& to, const T& from, Version... v) {
  if constexpr (style_of<T> == style::free_minimal) {
    return save_minimal(to, from, v...);
  } else if constexpr (requires { from.save_minimal(to, v...); }) {
    return from.save_minimal(to, v...);
  } else {
    return late<T, cereal::access>::member_save_minimal(to, from, v...);
  }
}

template <class T>
void encode_elements(output_archive& to, const T& from) {
  using element = typename element_of<T>::type;
  for (const auto& one : from) {
    const std::size_t begin = to.position();
    encode<element>(to, one);
    to.end_element(begin);
  }
}

template <class T>
void encode_record(output_archive& to, const T& from) {
  const std::size_t begin = to.begin_record();
  if constexpr (kind_of<T> == kind::record) {
    visit_fields(from, [&to](const auto&... field) { (encode(to, field), ...); });
  } else if constexpr (is_versioned<T>) {
    const std::uint32_t version = class_version<T>();
    to.put(version);
    save_custom(to, from, version);
  } else {
    save_custom(to, from);
  }
  to.end_record(begin);
}

template <class T, std::size_t... I>
void encode_alternative(output_archive& to, const T& from, std::index_sequence<I...>) {
  if (from.valueless_by_exception()) to.fail("a variant without a value");
  to.put_size(from.index());
  (void)((from.index() == I && (encode(to, *get_if<I>(&from)), true)) || ...);
}

template <class C>
void encode_ref(output_archive& to, const ref<C>& from) {
  if constexpr (check_ref<C>::ok) to.refs().save(to, late<C, ref_access>::target_of(from), codec_of<C>());
}

template <class T>
void encode(output_archive& to, const T& from) {
  constexpr kind k = kind_of<T>;
  if constexpr (k == kind::boolean) {
    to.put(static_cast<std::uint8_t>(from ? 1 : 0));
  } else if constexpr (k == kind::number) {
    to.put(from);
  } else if constexpr (k == kind::enumeration) {
    encode(to, static_cast<std::underlying_type_t<T>>(from));
  } else if constexpr (k == kind::string || k == kind::sequence || k == kind::set || k == kind::map) {
    using element = typename T::value_type;
    to.put_size(from.size());
    if constexpr (requires { from.data(); } && copied_at_once<element>) {
      to.put_bytes(from.data(), from.size() * sizeof(element));
    } else {
      encode_elements(to, from);
    }
  } else if constexpr (k == kind::array) {
    using element = typename element_of<T>::type;
    if constexpr (copied_at_once<element>) {
      to.put_bytes(std::data(from), std::size(from) * sizeof(element));
    } else {
      for (const auto& one : from) encode(to, one);
    }
  } else if constexpr (k == kind::tuple) {
    std::apply([&to](const auto&... part) { (encode(to, part), ...); }, from);
  } else if constexpr (k == kind::optional) {
    encode(to, from.has_value());
    if (from.has_value()) encode(to, *from);
  } else if constexpr (k == kind::variant) {
    encode_alternative(to, from, std::make_index_sequence<alternatives<T>>());
  } else if constexpr (k == kind::duration) {
    encode(to, from.count());
  } else if constexpr (k == kind::time_point) {
    encode(to, from.time_since_epoch());
  } else if constexpr (k == kind::ref) {
    encode_ref(to, from);
  } else if constexpr (k == kind::record || k == kind::custom) {
    encode_record(to, from);
  } else if constexpr (k == kind::standard) {
    save_custom(to, from);
  } else if constexpr (k == kind::minimal) {
    if constexpr (is_versioned<T>) {
      const std::uint32_t version = class_version<T>();
      to.put(version);
      encode(to, save_as_minimal(to, from, version));
    } else {
      encode(to, save_as_minimal(to, from));
    }
  } else if constexpr (k == kind::named) {
    encode(to, from.value);
  } else if constexpr (k == kind::size_tag) {
    to.put_size(static_cast<std::uint64_t>(from.size));
  } else if constexpr (k == kind::binary_data) {
    to.put_bytes(from.data, static_cast<std::size_t>(from.size));
  } else if constexpr (k == kind::base) {
    encode(to, *from.base_ptr);
  } else if constexpr (k == kind::map_item) {
    encode(to, from.key);
    encode(to, from.value);
  }
}

// ---- Reading ------------------------------------------------------------------------------------------------------

template <class T, class... Version>
void load_custom(input_archive& from, T& to, Version... v) {
  if constexpr (style_of<T> == style::member) {
    if constexpr (requires { to.serialize(from, v...); }) {
      to.serialize(from, v...);
    } else {
      late<T, cereal::access>::member_serialize(from, to, v...);
    }
  } else if constexpr (style_of<T> == style::member_split) {
    if constexpr (requires { to.load(from, v...); }) {
      to.load(from, v...);
    } else {
      late<T, cereal::access>::member_load(from, to, v...);
    }
  } else if constexpr (style_of<T> == style::free) {
    serialize(from, to, v...);
  } else {
    load(from, to, v...);
  }
}

template <class T, class... Version>
void load_as_minimal(input_archive& from, T& to, Version... v) {
  using value = std::remove_cvref_t<decltype(save_as_minimal(std::declval<const output_archive&>(), to, v...))>;
  static_assert(kind_of<value> <= kind::string, "zooid: save_minimal() returns a number, an enum or a string");
  value read{};
  decode(from, read);
  const input_archive& archive = from;
  const value& constant = read;
  if constexpr (style_of<T> == style::free_minimal) {
    load_minimal(archive, to, constant, v...);
  } else if constexpr (requires { to.load_minimal(archive, constant, v...); }) {
    to.load_minimal(archive, constant, v...);
  } else {
    late<T, cereal::access>::member_load_minimal(archive, to, constant, v...);
  }
}

template <class T>
void decode_sequence(input_archive& from, T& to) {
  using element = typename T::value_type;
  to.clear();
  if constexpr (requires { to.data(); } && copied_at_once<element>) {
    const std::size_t size = from.get_size(sizeof(element));
    const std::byte* bytes = from.get_bytes(size * sizeof(element));
    if constexpr (sizeof(element) == 1) {
      const auto* begin = reinterpret_cast<const element*>(bytes);
      to.assign(begin, begin + size);
    } else if (size > 0) {
      to.resize(size);
      std::memcpy(to.data(), bytes, size * sizeof(element));
    }
  } else {
    std::size_t size = from.get_size();
    if constexpr (requires { to.reserve(size); }) to.reserve(std::min(size, 4096 / sizeof(element) + 1));
    for (; size > 0; --size) {
      const std::byte* begin = from.begin_element(sizeof(element));
      if constexpr (std::same_as<decltype(*to.begin()), element&>) {
        decode(from, to.emplace_back());
      } else {  // std::vector<bool>
        to.push_back(from.get_bool());
      }
      from.end_element(begin);
    }
  }
}

template <class T>
void decode_nodes(input_archive& from, T& to) {
  to.clear();
  for (std::size_t size = from.get_size(); size > 0; --size) {
    const std::byte* begin = from.begin_element(sizeof(typename T::value_type) + 4 * sizeof(void*));
    typename T::key_type key{};
    decode(from, key);
    auto inserted = [&] {
      if constexpr (kind_of<T> == kind::map) {
        typename T::mapped_type mapped{};
        decode(from, mapped);
        return to.emplace(std::move(key), std::move(mapped));
      } else {
        return to.emplace(std::move(key));
      }
    }();
    from.end_element(begin);
    if constexpr (requires { inserted.second; }) {
      if (!inserted.second) from.fail("a key that occurs twice");
    }
  }
}

// The numbers with which most records begin are read after a single check when all of them are there.
struct leading_numbers {
  std::size_t fields = 0;
  std::size_t bytes = 0;
};
template <class... Field>
consteval leading_numbers find_leading_numbers() {
  leading_numbers found;
  (void)((plain_bytes<Field> && (++found.fields, found.bytes += sizeof(Field))) && ...);
  return found;
}

template <class T>
const std::byte* copy_number(const std::byte* bytes, T& to) noexcept {
  if constexpr (plain_bytes<T>) {
    if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> value{};
      bytes = copy_number(bytes, value);
      to = static_cast<T>(value);
      return bytes;
    } else {
      std::byte copy[sizeof(T)];
      std::memcpy(copy, bytes, sizeof(T));
      flip_if_big_endian<T>(copy);
      to = std::bit_cast<T>(copy);
      return bytes + sizeof(T);
    }
  }
  return bytes;
}

template <class... Field>
void decode_fields(input_archive& from, input_archive::record& record, Field&... field) {
  constexpr leading_numbers leading = find_leading_numbers<Field...>();
  std::size_t done = 0;
  if (leading.fields > 0 && from.remaining() >= leading.bytes) {
    [[maybe_unused]] const std::byte* bytes = from.get_bytes(leading.bytes);
    (void)((done++ < leading.fields && (bytes = copy_number(bytes, field), true)) && ...);
    done = leading.fields;
    record.skip(done);
  }
  std::size_t index = 0;
  (void)((index++ < done || (record.next() && (decode(from, field), true))) && ...);
}

template <class T>
void decode_record(input_archive& from, T& to) {
  input_archive::record record(from, info_of<T>);
  if constexpr (kind_of<T> == kind::record) {
    visit_fields(to, [&from, &record](auto&... field) { decode_fields(from, record, field...); });
  } else if constexpr (is_versioned<T>) {
    const auto version = from.get<std::uint32_t>();
    const input_archive::self_serialised scope(from, std::as_bytes(std::span(std::addressof(to), 1)));
    load_custom(from, to, version);
  } else {
    const input_archive::self_serialised scope(from, std::as_bytes(std::span(std::addressof(to), 1)));
    load_custom(from, to);
  }
}

template <class T, std::size_t... I>
void decode_alternative(input_archive& from, T& to, std::index_sequence<I...>) {
  const std::uint64_t index = from.get_varint();
  const bool found = ((index == I && (decode(from, to.template emplace<I>()), true)) || ...);
  if (!found) from.fail("an alternative that the variant does not have");
}

template <class C>
void decode_ref(input_archive& from, ref<C>& to) {
  if constexpr (check_ref<C>::ok) {
    to = late<C, ref_access>::template make<C>(from.refs().load(from, codec_of<C>()));
  }
}

template <class T>
void decode(input_archive& from, T& to) {
  constexpr kind k = kind_of<T>;
  if constexpr (k == kind::boolean) {
    to = from.get_bool();
  } else if constexpr (k == kind::number) {
    to = from.get<T>();
  } else if constexpr (k == kind::enumeration) {
    std::underlying_type_t<T> value{};
    decode(from, value);
    to = static_cast<T>(value);
  } else if constexpr (k == kind::string || k == kind::sequence) {
    decode_sequence(from, to);
  } else if constexpr (k == kind::set || k == kind::map) {
    decode_nodes(from, to);
  } else if constexpr (k == kind::array) {
    using element = typename element_of<T>::type;
    if constexpr (copied_at_once<element>) {
      if (std::size(to) > 0) {
        const std::size_t bytes = std::size(to) * sizeof(element);
        std::memcpy(std::data(to), from.get_bytes(bytes), bytes);
      }
    } else {
      for (auto& one : to) decode(from, one);
    }
  } else if constexpr (k == kind::tuple) {
    std::apply([&from](auto&... part) { (decode(from, part), ...); }, to);
  } else if constexpr (k == kind::optional) {
    to.reset();
    if (from.get_bool()) decode(from, to.emplace());
  } else if constexpr (k == kind::variant) {
    decode_alternative(from, to, std::make_index_sequence<alternatives<T>>());
  } else if constexpr (k == kind::duration) {
    typename T::rep count{};
    decode(from, count);
    to = T(count);
  } else if constexpr (k == kind::time_point) {
    typename T::duration since{};
    decode(from, since);
    to = T(since);
  } else if constexpr (k == kind::ref) {
    decode_ref(from, to);
  } else if constexpr (k == kind::record || k == kind::custom) {
    decode_record(from, to);
  } else if constexpr (k == kind::standard) {
    load_custom(from, to);
  } else if constexpr (k == kind::minimal) {
    if constexpr (is_versioned<T>) {
      const auto version = from.get<std::uint32_t>();
      load_as_minimal(from, to, version);
    } else {
      load_as_minimal(from, to);
    }
  } else if constexpr (k == kind::named) {
    decode(from, to.value);
  } else if constexpr (k == kind::size_tag) {
    to.size = static_cast<std::remove_cvref_t<decltype(to.size)>>(from.get_size());
  } else if constexpr (k == kind::binary_data) {
    const auto size = static_cast<std::size_t>(to.size);
    if (size > 0) std::memcpy(to.data, from.get_bytes(size), size);
  } else if constexpr (k == kind::base) {
    decode(from, *to.base_ptr);
  } else if constexpr (k == kind::map_item) {
    decode(from, to.key);
    decode(from, to.value);
  }
}

// A value that a class asks for behind the end of its record: a member stays as it is, anything else becomes T{}.
template <class T>
void decode_missing(std::span<const std::byte> owner, T& to) {
  if constexpr (kind_of<T> == kind::named) {
    decode_missing(owner, to.value);
  } else if constexpr (kind_of<T> == kind::size_tag) {
    to.size = 0;
  } else if constexpr (kind_of<T> == kind::binary_data) {
    if (to.size > 0) std::memset(to.data, 0, static_cast<std::size_t>(to.size));
  } else if constexpr (std::is_array_v<T>) {
    for (auto& one : to) decode_missing(owner, one);
  } else if constexpr (std::is_default_constructible_v<T> && std::is_move_assignable_v<T>) {
    const auto* place = reinterpret_cast<const std::byte*>(std::addressof(to));
    const bool member = !std::less<>()(place, owner.data()) && std::less<>()(place, owner.data() + owner.size());
    if (!member) to = T{};
  }
}

}  // namespace detail
}  // namespace zooid
