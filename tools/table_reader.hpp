// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "toml_tree.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reads the keys of one table, each once; what has the wrong type or does not fit becomes a complaint, and counts as
/// absent. Refers to the table and to the complaints.
class table_reader {
 public:
  /// `where` goes behind a key's name in complaints: ` in service "payments"`, or nothing for the file itself.
  table_reader(const toml_value& table, std::string where, complaints& wrong)
      : table_(table), where_(std::move(where)), wrong_(wrong) {}

  /// Whether the key is there, be its value right or wrong.
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::optional<placed<std::string>> text(std::string_view key);
  [[nodiscard]] std::vector<placed<std::string>> texts(std::string_view key);
  /// Of a table of strings: each key, and its string.
  [[nodiscard]] std::vector<std::pair<placed<std::string>, placed<std::string>>> named_texts(std::string_view key);
  /// From 0 to a million.
  [[nodiscard]] std::optional<unsigned> number(std::string_view key);
  /// "100ms", "5s" or "1m", from `least` up to a day.
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(std::string_view key,
                                                                  std::chrono::milliseconds least);
  /// One of `words`, as its index.
  [[nodiscard]] std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& words);
  [[nodiscard]] const toml_entry* table(std::string_view key);

  /// To be called last: whatever was not asked for is an unknown key.
  void finish();

 private:
  /// The entry of that key if it has that type.
  const toml_entry* find(std::string_view key, toml_value::kind expected, std::string_view what);
  std::optional<placed<std::string>> as_text(const toml_value& value, const std::string& whose);
  [[nodiscard]] std::string named(std::string_view key) const;

  const toml_value& table_;
  const std::string where_;
  complaints& wrong_;
  std::vector<std::string> known_;
};

/// "100ms", "5s", "1m": digits and a unit, at most a day. Nothing when it is none.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
