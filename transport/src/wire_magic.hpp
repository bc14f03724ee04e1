// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace zooid {

/// "ZOOI": what every frame between nodes begins with. It tells a node from a foreign program.
inline constexpr std::array<std::byte, 4> wire_magic{std::byte{0x5A}, std::byte{0x4F}, std::byte{0x4F},
                                                     std::byte{0x49}};

[[nodiscard]] inline bool has_wire_magic(std::span<const std::byte> frame) noexcept {
  return frame.size() >= wire_magic.size() && std::equal(wire_magic.begin(), wire_magic.end(), frame.begin());
}

}  // namespace zooid
