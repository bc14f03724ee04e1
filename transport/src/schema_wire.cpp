// SPDX-License-Identifier: Apache-2.0
#include "schema_wire.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace zooid::wire {
namespace {

// Of a schema, which may come from another node, and that may be hostile.
constexpr std::size_t most_types = 4'096;
constexpr std::size_t most_parts = 65'536;

}  // namespace

void put_schema(byte_buffer& to, const schema& what) {
  put_varint(to, what.message);
  put_varint(to, what.reply);
  put_varint(to, what.types.size());
  for (const schema_type& each : what.types) {
    put_u8(to, static_cast<std::uint8_t>(each.kind));
    put_text(to, each.name);
    put_varint(to, each.count);
    put_varint(to, each.divisor);
    put_varint(to, each.parts.size());
    for (const schema_part& part : each.parts) {
      put_text(to, part.name);
      put_varint(to, part.type);
    }
  }
}

schema take_schema(reader& from) {
  schema made;
  const auto index = [&](std::uint64_t value) {
    if (value >= made.types.size()) throw violation("a schema with type number " + std::to_string(value));
    return static_cast<std::uint32_t>(value);
  };
  const std::uint64_t message = from.varint();
  const std::uint64_t reply = from.varint();
  const std::uint64_t count = from.varint();
  if (count > most_types) throw violation("a schema of " + std::to_string(count) + " types");
  made.types.resize(count);
  std::size_t all_parts = 0;
  for (schema_type& each : made.types) {
    const std::uint8_t kind = from.u8();
    if (kind == 0 || kind > static_cast<std::uint8_t>(type_kind::standard)) {
      throw violation("a schema with a type of unknown kind");
    }
    each.kind = static_cast<type_kind>(kind);
    each.name = from.text();
    each.count = from.varint();
    each.divisor = from.varint();
    const std::uint64_t parts = from.varint();
    if (parts > most_parts - all_parts) throw violation("a schema of too many parts");
    all_parts += parts;
    for (std::uint64_t i = 0; i < parts; ++i) {
      std::string name(from.text());
      each.parts.push_back({std::move(name), index(from.varint())});
    }
  }
  made.message = index(message);
  made.reply = reply < schema::void_reply ? index(reply) : static_cast<std::uint32_t>(reply);
  if (made.reply != reply) throw violation("a schema's reply");
  return made;
}

}  // namespace zooid::wire
