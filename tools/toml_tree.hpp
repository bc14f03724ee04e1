// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "complaints.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct toml_entry;

/// A TOML value with its position, and nothing of the library that reads it, which costs every file that includes it
/// seconds to compile.
struct toml_value {
  enum class kind { text, whole, fraction, truth, date, array, table };

  kind is = kind::table;
  position at{};
  std::string text{};
  std::int64_t whole{};
  std::vector<toml_value> items{};  ///< Of an array.
  std::vector<toml_entry> entries;  ///< Of a table, in the file's order.
};

struct toml_entry {
  std::string key{};
  position at{};  ///< The key's.
  toml_value value{};
};

/// "a string", "a whole number" and so on.
[[nodiscard]] std::string_view in_words(toml_value::kind kind);

/// The table that is the whole file. What is no TOML is added to the complaints; then the table is empty.
[[nodiscard]] toml_value parse_toml(std::string_view text, complaints& wrong);
