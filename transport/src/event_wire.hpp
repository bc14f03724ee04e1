// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zooid::wire {

// docs/protocol.md says what these mean.

inline constexpr std::size_t longest_key = 1024;

/// Keys end with a zero byte on the wire.
[[nodiscard]] bool is_event_key(std::string_view key) noexcept;

/// What the frame of an event begins with (`whole_key`), or what one subscribes to for all keys that begin so.
[[nodiscard]] std::string event_topic(std::string_view name, std::string_view key, bool whole_key);

/// What a node subscribes to behind its other subscriptions, and what is sent to it alone.
struct subscriber_token {
  std::uint64_t node;
  std::uint64_t number;  ///< Of its latest request before.
};
[[nodiscard]] std::string to_topic(const subscriber_token& token);
[[nodiscard]] std::optional<subscriber_token> token_of(std::string_view topic);
/// Does it belong to nodes, or to a foreign program?
[[nodiscard]] bool is_node_topic(std::string_view topic) noexcept;

void put_kind(byte_buffer& to, record kind);

/// The number that an event has among those that a filter let through.
struct event_mark {
  std::uint64_t filter;
  std::uint64_t sequence;
};
/// By rising filters.
void put_marks(byte_buffer& to, const std::vector<event_mark>& marks);
[[nodiscard]] std::vector<event_mark> take_marks(reader& from);

/// Takes a topic from the front of a frame: an event's, or a token's.
void skip_topic(reader& from);

}  // namespace zooid::wire
