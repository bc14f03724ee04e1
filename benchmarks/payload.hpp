// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace bench {

/// What every system carries: 64 bytes whose content follows from the sequence number.
struct payload {
  std::uint64_t sequence{};
  std::uint64_t producer{};
  std::array<std::uint8_t, 48> bytes{};
};
static_assert(sizeof(payload) == 64);

using payload_words = std::array<std::uint64_t, 6>;

[[nodiscard]] inline payload make_payload(std::uint64_t sequence) noexcept {
  payload_words words{};
  for (std::uint64_t& word : words)
    word = sequence * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(&word - &words[0]);
  return {sequence, 1, std::bit_cast<std::array<std::uint8_t, 48>>(words)};
}

[[nodiscard]] inline std::uint64_t checksum(const payload& message) noexcept {
  std::uint64_t sum = message.sequence + message.producer;
  for (const std::uint64_t word : std::bit_cast<payload_words>(message.bytes)) sum += word;
  return sum;
}

/// How many messages somebody sent or received, and what their content adds up to.
struct tally {
  std::uint64_t count{};
  std::uint64_t sum{};

  void add(const payload& message) noexcept {
    ++count;
    sum += checksum(message);
  }
};

/// How many of the messages sent were not received. Throws std::runtime_error when others were received instead.
[[nodiscard]] inline std::uint64_t count_lost(const tally& sent, const tally& received) {
  if (received.count > sent.count) {
    throw std::runtime_error("received " + std::to_string(received.count) + " of " + std::to_string(sent.count));
  }
  if (received.count == sent.count && received.sum != sent.sum) throw std::runtime_error("the content was changed");
  return sent.count - received.count;
}

}  // namespace bench
