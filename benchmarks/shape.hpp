// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

// What the workloads are, for every system that takes part; README.md says it in words.

namespace bench {

inline constexpr std::size_t window = 256;            ///< Calls under way in remote-call-pipelined.
inline constexpr std::uint64_t fan_in_producers = 4;  ///< Numbered from 1.
inline constexpr std::size_t many_pairs = 100;        ///< Of local-ping-pong-100.
inline constexpr std::uint64_t actors_to_spawn = 200'000;
/// So many are spawned before it is waited for them, when their memory is measured: messages under way are not theirs.
inline constexpr std::uint64_t actors_per_step = 1'000;
static_assert(actors_to_spawn % actors_per_step == 0);

/// The memory that this process holds.
[[nodiscard]] inline std::uint64_t resident_bytes() {
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  if (!(std::ifstream("/proc/self/statm") >> all >> resident)) throw std::runtime_error("cannot read statm");
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace bench
