// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The files that nodes with keys read, as docs/security.md has them. Everything here throws `failure` with the file,
// the line, and what to do.

/// The halves that stand in a file: both in NAME.key, the public one in NAME.pub.
struct key_halves {
  std::string open{};
  std::string secret{};  ///< Empty in NAME.pub.
};
[[nodiscard]] key_halves read_halves(const std::string& file);
/// NAME.key: others must not be able to read it.
[[nodiscard]] key_halves read_own_key(const std::string& file);

/// A line of an allow-list.
struct allowed_key {
  std::string key;
  std::string name;
  std::vector<std::string> addresses;
  std::size_t line;
};
/// `text`: one line or all. Comments are left out. Throws what is wrong with the line, too.
[[nodiscard]] std::vector<allowed_key> parse_allowed(const std::string& text, const std::string& file);
/// Nothing when there is no such file.
[[nodiscard]] std::optional<std::string> read_text(const std::string& file);
/// The same of an allow-list, which not everybody may write to.
[[nodiscard]] std::optional<std::string> read_allow_list(const std::string& file);
/// Whose key is expected at "tcp://host:port" or "ipc:///path". Null: nobody's.
[[nodiscard]] const allowed_key* find_endpoint(const std::vector<allowed_key>& in, std::string_view endpoint);
