// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include "catch.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace wire = zooid::wire;

TEST_CASE("what is put is taken again", "[wire]") {
  zooid::byte_buffer bytes;
  wire::put_u8(bytes, 200);
  wire::put_u32(bytes, 0xDEADBEEF);
  wire::put_u64(bytes, 0x0123456789ABCDEF);
  const std::uint64_t numbers[] = {
      0, 1, 127, 128, 16'383, 16'384, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()};
  for (const std::uint64_t each : numbers) wire::put_varint(bytes, each);
  wire::put_text(bytes, "");
  wire::put_text(bytes, std::string(300, 'x'));
  wire::reader from(bytes.view());
  CHECK(from.u8() == 200);
  CHECK(from.u32() == 0xDEADBEEF);
  CHECK(from.u64() == 0x0123456789ABCDEF);
  for (const std::uint64_t each : numbers) CHECK(from.varint() == each);
  CHECK(from.text().empty());
  CHECK(from.text() == std::string(300, 'x'));
  CHECK(from.empty());
}

TEST_CASE("numbers are little-endian", "[wire]") {
  zooid::byte_buffer bytes;
  wire::put_u32(bytes, 0x04030201);
  for (std::size_t i = 0; i < 4; ++i) CHECK(bytes.data()[i] == static_cast<std::byte>(i + 1));
}

TEST_CASE("taking what is not there is a violation, at every length", "[wire]") {
  zooid::byte_buffer bytes;
  wire::put_u64(bytes, 1);
  for (std::size_t size = 0; size < 8; ++size)
    CHECK_THROWS_AS(wire::reader(bytes.view().first(size)).u64(), wire::violation);
  CHECK_THROWS_AS(wire::reader({}).u8(), wire::violation);
  CHECK_THROWS_AS(wire::reader({}).varint(), wire::violation);
  zooid::byte_buffer text;
  wire::put_varint(text, std::numeric_limits<std::uint64_t>::max());
  CHECK_THROWS_AS(wire::reader(text.view()).text(), wire::violation);
}

TEST_CASE("a number of more than 64 bits is a violation", "[wire]") {
  zooid::byte_buffer bytes;
  for (int i = 0; i < 9; ++i) wire::put_u8(bytes, 0xFF);
  wire::put_u8(bytes, 0x02);
  CHECK_THROWS_AS(wire::reader(bytes.view()).varint(), wire::violation);
}

TEST_CASE("a header says kind and number, and another version is named", "[wire]") {
  zooid::byte_buffer bytes;
  wire::put_header(bytes, wire::frame::data, 42);
  CHECK(bytes.size() == wire::header_size);
  wire::reader from(bytes.view());
  const wire::header head = wire::take_header(from);
  CHECK(head.kind == wire::frame::data);
  CHECK(head.first == 42);
  bytes.data()[4] = std::byte{7};
  wire::reader other(bytes.view());
  try {
    static_cast<void>(wire::take_header(other));
    FAIL("another version was taken");
  } catch (const wire::violation& why) {
    CHECK(std::string(why.what()).find("version 7") != std::string::npos);
  }
  bytes.data()[0] = std::byte{0};
  wire::reader foreign(bytes.view());
  CHECK_THROWS_AS(wire::take_header(foreign), wire::violation);
}
