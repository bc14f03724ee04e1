// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "live_table.hpp"
#include "poll_loop.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The standard output of `zooid up`: lines, and on a terminal a table that stays below them. One thread.
///
/// It never waits for who reads: what he has not taken yet is kept, and `has_room` says when services should be read no
/// further. So a terminal that is stopped holds up the services' output, but not their supervision.
class up_screen {
 public:
  explicit up_screen(poll_loop& loop);
  up_screen(up_screen&&) = delete;
  ~up_screen();

  /// "payments | text". `number` chooses the colour.
  void add_output(std::size_t number, std::string_view service, std::string_view text);
  /// "zooid | text".
  void say(std::string_view text);
  /// Replaces the table; only where there is one.
  void show(std::vector<std::string> table);
  /// Writes what was said and shown since.
  void flush();

  [[nodiscard]] bool has_table() const noexcept { return is_terminal_; }
  [[nodiscard]] bool has_colours() const noexcept { return has_colours_; }
  [[nodiscard]] terminal_size size() const;
  [[nodiscard]] bool has_room() const noexcept;
  /// Everything was written.
  [[nodiscard]] bool is_idle() const noexcept { return lines_.empty() && !is_stale_ && leaving_.empty(); }
  /// Nobody reads any more; what comes is dropped.
  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

 private:
  void add_line(std::string_view colour, std::string_view who, std::string_view text);
  void write();
  void give_up();
  [[nodiscard]] std::string erase_table() const;

  poll_loop& loop_;
  bool owns_file_ = false;
  int file_;
  bool is_terminal_;
  bool has_colours_;
  bool is_broken_ = false;

  std::string lines_;               // Said, but not on their way.
  std::vector<std::string> table_;  // As it should be,
  bool is_stale_ = false;           // is another than it was, and is
  std::vector<std::string> drawn_;  // as it is.
  std::string leaving_;             // On its way.
};
