// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/byte_buffer.hpp>
#include <zooid/error.hpp>

#include "wire_magic.hpp"

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zooid::wire {

// docs/protocol.md says what these mean.

inline constexpr std::uint8_t version = 1;

enum class frame : std::uint8_t { hello = 1, welcome, confirm, redundant, refuse, data, bye };
enum class record : std::uint8_t {
  target = 1,
  forget,
  tell,
  call,
  reply,
  failure,
  cancel,
  acknowledge,
  contract,
  subscribe,
  unsubscribe,
  subscribed,
  confirmed,
  received,
};
enum class location : std::uint8_t { nobody, named, pinned };

/// Frame: magic, version, kind, two bytes of zero, and the number of its first numbered record.
inline constexpr std::size_t header_size = 16;
/// In an acknowledgement: the message is kept until there is room for it, and will be settled later.
inline constexpr std::uint8_t held = 255;

/// What an acknowledgement says of one record: its number, and an errc, 0 for taken, or `held`.
using exception = std::pair<std::uint64_t, std::uint8_t>;
/// By number; that a record is held comes before how it was settled.
void sort(std::vector<exception>& what);

/// Bytes that break the protocol.
class violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class T>
void put_number(byte_buffer& to, T value) {
  std::byte* const room = to.extend(sizeof(T));
  for (std::size_t i = 0; i < sizeof(T); ++i) room[i] = static_cast<std::byte>(value >> (8 * i));
}
inline void put_u8(byte_buffer& to, std::uint8_t value) { put_number(to, value); }
inline void put_u32(byte_buffer& to, std::uint32_t value) { put_number(to, value); }
inline void put_u64(byte_buffer& to, std::uint64_t value) { put_number(to, value); }
/// LEB128.
inline void put_varint(byte_buffer& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) put_u8(to, static_cast<std::uint8_t>(value | 0x80));
  put_u8(to, static_cast<std::uint8_t>(value));
}
void put_text(byte_buffer& to, std::string_view text);
void patch_u32(byte_buffer& in, std::size_t at, std::uint32_t value) noexcept;
void patch_u64(byte_buffer& in, std::size_t at, std::uint64_t value) noexcept;
void put_header(byte_buffer& to, frame kind, std::uint64_t first = 0);

/// Takes a frame apart. Every take throws `violation` when the bytes are not there.
class reader {
 public:
  explicit reader(std::span<const std::byte> from) noexcept : left_(from) {}
  [[nodiscard]] bool empty() const noexcept { return left_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return left_.size(); }
  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }
  std::uint64_t varint() {
    const std::uint8_t first = u8();
    return first < 0x80 ? first : long_varint(first);
  }
  std::string_view text();
  std::span<const std::byte> bytes(std::size_t count) {
    if (count > left_.size()) fail(count);
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

 private:
  template <class T>
  T number() {
    const auto from = bytes(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(static_cast<T>(from[i]) << (8 * i));
    return value;
  }
  [[nodiscard]] std::uint64_t long_varint(std::uint8_t first);
  [[noreturn]] void fail(std::size_t count) const;

  std::span<const std::byte> left_;
};

struct header {
  frame kind;
  std::uint64_t first;
};
/// Throws `violation`; for another version, with the words for the other side.
[[nodiscard]] header take_header(reader& from);

}  // namespace zooid::wire
