// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// `--key FILE --allowed FILE`: which key this program has, and whose it accepts (docs/security.md). Both or neither.
struct tool_keys {
  std::string own{};
  std::string allowed{};
};

/// What one connection needs of them.
struct connection_keys {
  std::string server{};  ///< The public key that is expected there; empty: it goes without keys.
  std::string own_public{};
  std::string own_secret{};
};

/// For a connection to the node at `endpoint`. Reads both files, if they are given. Throws `failure`.
[[nodiscard]] connection_keys keys_for(const tool_keys& given, const std::string& endpoint);

/// The same for one of several nodes, not all of which need have keys: none, too, when the allow-list does not know
/// `endpoint` and it is on this machine (loopback or ipc).
[[nodiscard]] connection_keys keys_of_several(const tool_keys& given, const std::string& endpoint);
