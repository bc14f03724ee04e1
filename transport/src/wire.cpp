// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <algorithm>

namespace zooid::wire {
namespace {

template <class T>
void put_number(byte_buffer& to, T value) {
  std::byte* const room = to.extend(sizeof(T));
  for (std::size_t i = 0; i < sizeof(T); ++i) room[i] = static_cast<std::byte>(value >> (8 * i));
}

template <class T>
T take_number(std::span<const std::byte> from) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(static_cast<T>(from[i]) << (8 * i));
  return value;
}

}  // namespace

void put_u8(byte_buffer& to, std::uint8_t value) { put_number(to, value); }
void put_u32(byte_buffer& to, std::uint32_t value) { put_number(to, value); }
void put_u64(byte_buffer& to, std::uint64_t value) { put_number(to, value); }

void put_varint(byte_buffer& to, std::uint64_t value) {
  while (value >= 0x80) {
    put_u8(to, static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  put_u8(to, static_cast<std::uint8_t>(value));
}

void put_text(byte_buffer& to, std::string_view text) {
  put_varint(to, text.size());
  to.append(text.data(), text.size());
}

void patch_u32(byte_buffer& in, std::size_t at, std::uint32_t value) noexcept {
  for (std::size_t i = 0; i < sizeof value; ++i) in.data()[at + i] = static_cast<std::byte>(value >> (8 * i));
}

void patch_u64(byte_buffer& in, std::size_t at, std::uint64_t value) noexcept {
  for (std::size_t i = 0; i < sizeof value; ++i) in.data()[at + i] = static_cast<std::byte>(value >> (8 * i));
}

void put_header(byte_buffer& to, frame kind, std::uint64_t first) {
  to.append(wire_magic.data(), wire_magic.size());
  put_u8(to, version);
  put_u8(to, static_cast<std::uint8_t>(kind));
  put_u8(to, 0);
  put_u8(to, 0);
  put_u64(to, first);
}

void sort(std::vector<exception>& what) {
  std::sort(what.begin(), what.end(), [](const exception& a, const exception& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
}

std::span<const std::byte> reader::bytes(std::size_t count) {
  if (count > left_.size()) {
    throw violation("a field of " + std::to_string(count) + " bytes where " + std::to_string(left_.size()) +
                    " are left");
  }
  const auto taken = left_.first(count);
  left_ = left_.subspan(count);
  return taken;
}

std::uint8_t reader::u8() { return take_number<std::uint8_t>(bytes(1)); }
std::uint32_t reader::u32() { return take_number<std::uint32_t>(bytes(4)); }
std::uint64_t reader::u64() { return take_number<std::uint64_t>(bytes(8)); }

std::uint64_t reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = u8();
    if (shift == 63 && part > 1) break;
    value |= static_cast<std::uint64_t>(part & 0x7F) << shift;
    if ((part & 0x80) == 0) return value;
  }
  throw violation("a number of more than 64 bits");
}

std::string_view reader::text() {
  const std::span<const std::byte> taken = bytes(varint());
  return {reinterpret_cast<const char*>(taken.data()), taken.size()};
}

header take_header(reader& from) {
  const std::span<const std::byte> magic = from.bytes(wire_magic.size());
  if (!has_wire_magic(magic)) throw violation("not a frame of this protocol");
  if (const std::uint8_t theirs = from.u8(); theirs != version) {
    throw violation("protocol version " + std::to_string(theirs) + " here, " + std::to_string(version) +
                    " there: both nodes need the same major version of the library");
  }
  const std::uint8_t kind = from.u8();
  if (kind < static_cast<std::uint8_t>(frame::hello) || kind > static_cast<std::uint8_t>(frame::bye)) {
    throw violation("frame of unknown kind " + std::to_string(kind));
  }
  from.bytes(2);
  return {static_cast<frame>(kind), from.u64()};
}

}  // namespace zooid::wire
