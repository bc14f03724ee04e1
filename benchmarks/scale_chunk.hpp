// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

// A chunk is a message of any size, a multiple of eight: its number, and words that are all different.

[[nodiscard]] inline std::vector<std::uint8_t> make_chunk(std::uint64_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::uint64_t at = 0; at < size; at += sizeof at) {
    const std::uint64_t word = at * 0x9e3779b97f4a7c15U;
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
  return bytes;
}

inline void number_chunk(std::span<std::uint8_t> chunk, std::uint64_t number) {
  std::memcpy(chunk.data(), &number, sizeof number);
}

/// How many chunks somebody sent or received, of how many bytes, and what their words add up to.
struct chunk_tally {
  std::uint64_t count{};
  std::uint64_t bytes{};
  std::uint64_t sum{};

  void add(std::span<const std::uint8_t> chunk) noexcept {
    ++count;
    bytes += chunk.size();
    for (std::size_t at = 0; at + sizeof sum <= chunk.size(); at += sizeof sum) {
      std::uint64_t word = 0;
      std::memcpy(&word, chunk.data() + at, sizeof word);
      sum += word;
    }
  }
};

/// Throws unless all was received, unchanged.
inline void check_chunks(const chunk_tally& sent, const chunk_tally& received) {
  if (received.count != sent.count) {
    throw std::runtime_error("received " + std::to_string(received.count) + " of " + std::to_string(sent.count));
  }
  if (received.bytes != sent.bytes || received.sum != sent.sum) throw std::runtime_error("the content was changed");
}

}  // namespace bench
