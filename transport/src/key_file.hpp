// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zooid {

/// Is it a key as ZeroMQ writes it: 40 characters of Z85?
[[nodiscard]] bool is_key(std::string_view text) noexcept;

struct key_pair {
  std::string public_key;
  std::string secret_key;
};

/// Reads what `zooid keys new` wrote: lines `public = "KEY"` and `secret = "KEY"`, and comments. Throws setup_error:
/// `denied` when the file cannot be read, or by others, too; `malformed` with the line.
[[nodiscard]] key_pair read_key_file(const std::string& file);

}  // namespace zooid
