// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "position.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What is wrong with a file, gathered so that its author hears everything at once.
class complaints {
 public:
  explicit complaints(std::string file) : file_(std::move(file)) {}

  void add(position at, const std::string& words);
  [[nodiscard]] std::size_t count() const noexcept { return all_.size(); }
  /// "FILE:LINE:COLUMN: ", or "FILE: " for what stands nowhere in it.
  [[nodiscard]] static std::string place(std::string_view file, position at);
  /// Throws `failure`, with exit_code::usage and one line for each of them, ordered by position, if there are any.
  void raise() const;

 private:
  const std::string file_;
  std::vector<placed<std::string>> all_;  // By position.
};

/// "\"text\"", as complaints name what the file has.
[[nodiscard]] std::string in_quotes(std::string_view text);
