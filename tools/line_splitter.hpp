// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

/// Makes lines of a stream of bytes, whatever they are. A line that is longer than `longest` comes in pieces, so that
/// a program that never ends its line takes no more memory than that.
class line_splitter {
 public:
  static constexpr std::size_t longest = 16 * 1024;  ///< Bytes.

  /// Called with each line, without its end ("\n" or "\r\n").
  explicit line_splitter(std::function<void(std::string_view)> on_line);
  line_splitter(line_splitter&&) = delete;

  void add(std::string_view bytes);
  /// The stream has ended: what is left is a line, too.
  void finish();

 private:
  void emit(std::string_view line);

  const std::function<void(std::string_view)> on_line_;
  std::string begun_;  // A line whose end has not come yet.
};
