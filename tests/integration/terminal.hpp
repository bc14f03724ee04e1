// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

/// What a terminal shows of the text that a program wrote, for the few commands that the program zooid uses: the screen
/// and what scrolled out of it.
class shown_screen {
 public:
  explicit shown_screen(std::size_t columns) : columns_(columns) {}

  void add(std::string_view text);
  /// Without space at their ends; the last one is where the cursor is.
  [[nodiscard]] std::vector<std::string> lines() const;
  void resize(std::size_t columns) { columns_ = columns; }

 private:
  void take(char c);
  void put(char c);
  void command(char name);

  std::size_t columns_;
  std::vector<std::string> rows_{""};
  std::size_t row_ = 0;
  std::size_t column_ = 0;  // In bytes.
  std::string escape_;      // One that has begun.
};

/// A program of this project on a terminal of its own. One thread, which must outlive it.
class terminal_process {
 public:
  terminal_process(const std::string& program, const std::vector<std::string>& arguments, bool colours = false);
  terminal_process(terminal_process&&) = delete;
  /// Kills it, unless it was seen to end.
  ~terminal_process();

  /// Reads what it writes until a line of the screen holds `part`, and another below it each of the others, in their
  /// order. False when that never happens.
  [[nodiscard]] bool shows(const std::string& part, const std::vector<std::string>& others = {});
  /// As if somebody typed it.
  void type(std::string_view keys) const;
  void resize(std::size_t columns, std::size_t rows);
  /// Reads to its end: "exit code 0".
  [[nodiscard]] std::string wait();

  [[nodiscard]] const shown_screen& screen() const noexcept { return screen_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  bool read_more();

  pid_t id_ = -1;
  int file_ = -1;
  shown_screen screen_;
  std::string text_;  // All that it wrote.
};
