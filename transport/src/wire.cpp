// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <algorithm>

namespace zooid::wire {
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

void reader::fail(std::size_t count) const {
  throw violation("a field of " + std::to_string(count) + " bytes where " + std::to_string(left_.size()) + " are left");
}

std::uint64_t reader::long_varint(std::uint8_t first) {
  std::uint64_t value = first & 0x7F;
  for (unsigned shift = 7; shift < 64; shift += 7) {
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
