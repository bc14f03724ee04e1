// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Does a character of UTF-8 begin with this byte? Where one does not, text must not be cut.
[[nodiscard]] constexpr bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }
