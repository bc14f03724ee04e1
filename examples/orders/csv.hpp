// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

/// Reads a file of values with commas between them and no quotes, line by line. Everything throws std::runtime_error
/// that names file and line.
class csv_reader {
 public:
  /// `header`: what the first line must be.
  csv_reader(std::string file, std::string_view header);

  /// Goes on to the next line; false at the end.
  [[nodiscard]] bool next();
  [[nodiscard]] const std::string& text(std::size_t column) const { return columns_[column]; }
  [[nodiscard]] std::int64_t number(std::size_t column) const;

 private:
  [[noreturn]] void complain(const std::string& what) const;

  const std::string file_;
  std::ifstream in_;
  std::size_t line_ = 0;
  std::vector<std::string> columns_;
};
