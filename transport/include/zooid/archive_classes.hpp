// SPDX-License-Identifier: Apache-2.0
#pragma once

// The archives through which messages become bytes, and how each kind of type travels. Longer than most headers: the
// classification, the writing and the reading of one kind only make sense beside each other.
//
// Nothing of cereal is included here (it would cost each user about a second): its wrappers are declared as cereal
// 1.3 declares them, and the archives have a base in its namespace, by which the functions of `cereal/types/*.hpp` are
// found when, and only when, the user includes them.

#include <zooid/api.hpp>
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
class ZOOID_API codec_error : public std::runtime_error {
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
class ZOOID_API ref_codec {
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
class ZOOID_API output_archive : public cereal::zooid_archive {
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
class ZOOID_API input_archive : public cereal::zooid_archive {
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

}  // namespace zooid
