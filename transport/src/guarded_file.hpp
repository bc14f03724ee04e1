// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace zooid {

/// What others may do with a file that decides who is let in.
enum class file_guard : std::uint8_t {
  secret,  ///< Nothing: it holds a secret, and belongs to the user that the process runs as.
  list,    ///< Read it.
};

/// The whole of a short file. `what` calls it in errors: "the key file". Throws setup_error `denied` with what to do.
[[nodiscard]] std::string read_guarded_file(const std::string& file, const std::string& what, file_guard guard,
                                            const std::string& if_missing);

}  // namespace zooid
