// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

/// What every system carries: two numbers, and bytes that follow from the sequence number.
template <std::size_t Size>
struct basic_payload {
  static constexpr std::string_view wire_name = Size == 64 ? "payload" : "large_payload";
  std::uint64_t sequence{};
  std::uint64_t producer{};
  std::array<std::uint8_t, Size - 16> bytes{};
};
using payload = basic_payload<64>;
using large_payload = basic_payload<1024>;
static_assert(sizeof(payload) == 64 && sizeof(large_payload) == 1024);

template <class Payload = payload>
[[nodiscard]] Payload make_payload(std::uint64_t sequence, std::uint64_t producer = 1) noexcept {
  Payload made{sequence, producer, {}};
  for (std::size_t i = 0; i < made.bytes.size() / sizeof(std::uint64_t); ++i) {
    const std::uint64_t word = sequence * 0x9e3779b97f4a7c15U + i;
    std::memcpy(made.bytes.data() + i * sizeof word, &word, sizeof word);
  }
  return made;
}

/// Covers every word.
template <std::size_t Size>
[[nodiscard]] std::uint64_t checksum(const basic_payload<Size>& message) noexcept {
  std::uint64_t sum = message.sequence + message.producer;
  for (std::size_t at = 0; at < message.bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, message.bytes.data() + at, sizeof word);
    sum += word;
  }
  return sum;
}

/// How many messages somebody sent or received, and what their content adds up to.
struct tally {
  std::uint64_t count{};
  std::uint64_t sum{};

  template <std::size_t Size>
  void add(const basic_payload<Size>& message) noexcept {
    ++count;
    sum += checksum(message);
  }
  void add(const tally& other) noexcept {
    count += other.count;
    sum += other.sum;
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
