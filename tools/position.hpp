// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>

/// Where something stands in a file. Both count from 1.
struct position {
  std::size_t line = 0;  ///< 0: nowhere in the file.
  std::size_t column = 0;

  auto operator<=>(const position&) const = default;
};

/// A value, and where it stands.
template <typename Value>
struct placed {
  Value value{};
  position at{};
};
