// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

/// What the flood's publisher sends, and its subscribers hear.
struct LossyDrop {
  std::uint64_t number = 0;
  std::string water;
};
struct LosslessDrop {
  static constexpr bool lossless = true;
  std::uint64_t number = 0;
  std::string water;
};
