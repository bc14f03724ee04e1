// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

/// Whose keys a node accepts: who may connect to it, and who has to be found where it dials. A file like ssh's
/// authorized_keys and known_hosts in one, with a line `KEY NAME [ADDRESS...]` for each key. A value.
class allow_list {
 public:
  struct entry {
    std::string key;
    std::string name;                    ///< For people.
    std::vector<std::string> addresses;  ///< "host:port", "host", or the path of an ipc endpoint.
    std::size_t line;
  };

  /// Throws setup_error: `denied` when the file cannot be read, or be written by anybody; `malformed` with the line.
  [[nodiscard]] static allow_list read(const std::string& file);
  /// Its text; `file` is for errors.
  [[nodiscard]] static allow_list parse(std::string_view text, const std::string& file);

  /// Who has this key. Null: nobody.
  [[nodiscard]] const entry* find_key(std::string_view key) const noexcept;
  /// Who is to be found at "tcp://host:port" or "ipc:///path": whose line has "host:port", or else "host". Null:
  /// nobody.
  [[nodiscard]] const entry* find_endpoint(std::string_view endpoint) const noexcept;

 private:
  void add(std::string_view line, std::size_t number, const std::string& file);

  std::vector<entry> entries_;
};

}  // namespace zooid
