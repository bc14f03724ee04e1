// SPDX-License-Identifier: Apache-2.0
#include "event_wire.hpp"

namespace zooid::wire {
namespace {

constexpr char event_mark_byte = '\x01';
constexpr char token_mark_byte = '\xff';
constexpr std::size_t token_size = 17;
constexpr std::uint64_t largest_sequence = ~std::uint64_t{0} >> 1;

std::uint64_t number_at(std::string_view text, std::size_t at) {
  return reader({reinterpret_cast<const std::byte*>(text.data()) + at, sizeof(std::uint64_t)}).u64();
}

}  // namespace

bool is_event_key(std::string_view key) noexcept {
  return key.size() <= longest_key && key.find('\0') == std::string_view::npos;
}

std::string event_topic(std::string_view name, std::string_view key, bool whole_key) {
  std::string topic(1, event_mark_byte);
  topic.append(name).append(1, '\0').append(key);
  if (whole_key) topic.append(1, '\0');
  return topic;
}

std::string to_topic(const subscriber_token& token) {
  byte_buffer bytes;
  put_u8(bytes, static_cast<std::uint8_t>(token_mark_byte));
  put_u64(bytes, token.node);
  put_u64(bytes, token.number);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<subscriber_token> token_of(std::string_view topic) {
  if (topic.size() != token_size || topic.front() != token_mark_byte) return std::nullopt;
  return subscriber_token{number_at(topic, 1), number_at(topic, 9)};
}

bool is_node_topic(std::string_view topic) noexcept {
  return !topic.empty() && (topic.front() == event_mark_byte || topic.front() == token_mark_byte);
}

void put_kind(byte_buffer& to, record kind) { put_u8(to, static_cast<std::uint8_t>(kind)); }

void put_marks(byte_buffer& to, const std::vector<event_mark>& marks) {
  put_varint(to, marks.size());
  for (const event_mark& each : marks) {
    put_varint(to, each.filter);
    put_varint(to, each.sequence);
  }
}

std::vector<event_mark> take_marks(reader& from) {
  const std::uint64_t count = from.varint();
  if (count > from.size() / 2) throw violation(std::to_string(count) + " marks of an event");
  std::vector<event_mark> marks;
  marks.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const event_mark mark{from.varint(), from.varint()};
    if ((i > 0 && mark.filter <= marks.back().filter) || mark.sequence > largest_sequence) {
      throw violation("a mark of an event");
    }
    marks.push_back(mark);
  }
  return marks;
}

void skip_topic(reader& from) {
  if (from.u8() == static_cast<std::uint8_t>(token_mark_byte)) {
    from.bytes(token_size - 1);
    return;
  }
  for (int ends = 0; ends < 2;) ends += from.u8() == 0 ? 1 : 0;
}

}  // namespace zooid::wire
