// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

/// What there is to know about one service of a running topology.
struct live_row {
  enum class mood { calm, busy, bad };

  std::string service{};
  std::optional<pid_t> pid{};
  std::string state{};
  mood how = mood::calm;
  std::optional<std::chrono::milliseconds> uptime{};
  unsigned restarts = 0;
  std::optional<double> rate{};  ///< Messages a second.
  std::optional<std::uint64_t> queued{};
  std::string last_error{};
};

struct terminal_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// A table that fits the terminal: no line is wider, and one row is left below. A line for each row, without its end;
/// `title` stands above.
[[nodiscard]] std::vector<std::string> render_table(const std::string& title, const std::vector<live_row>& rows,
                                                    terminal_size fits, bool colours);

/// "7s", "3m07s", "2h05m", "4d03h".
[[nodiscard]] std::string short_time(std::chrono::milliseconds time);

/// How many columns of a terminal a text of UTF-8 takes, without what is between ESC and 'm'.
[[nodiscard]] std::size_t columns_of(const std::string& text);
