// SPDX-License-Identifier: Apache-2.0
#include "live_table.hpp"

#include "print.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace {

constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

constexpr std::size_t state_column = 2;
constexpr std::size_t error_column = 7;
using cells = std::array<std::string, error_column + 1>;

const cells heading{"service", "pid", "state", "up", "restarts", "messages/s", "queued", "last error"};

bool is_flush_right(std::size_t column) { return column != 0 && column != state_column && column != error_column; }

std::string_view colour_of(live_row::mood how) {
  if (how == live_row::mood::bad) return "\x1b[31m";
  return how == live_row::mood::busy ? "\x1b[33m" : "\x1b[32m";
}

/// With an ellipsis where something is missing.
std::string cut(const std::string& text, std::size_t columns) {
  if (columns_of(text) <= columns) return text;
  std::string kept;
  std::size_t count = 0;
  for (const char c : text) {
    if (begins_character(c) && ++count == columns) break;
    kept += c;
  }
  return columns == 0 ? std::string() : kept + "…";
}

cells cells_of(const live_row& row) {
  return {row.service,
          row.pid ? std::to_string(*row.pid) : "-",
          row.state,
          row.uptime ? short_time(*row.uptime) : "-",
          std::to_string(row.restarts),
          row.rate ? with_digits(*row.rate) : "-",
          row.queued ? std::to_string(*row.queued) : "-",
          printable(row.last_error)};
}

class layout {
 public:
  explicit layout(const std::vector<cells>& rows) {
    for (const cells& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], columns_of(row[i]));
    }
  }

  /// `colour` is for the state; empty: none.
  [[nodiscard]] std::string line(const cells& row, std::size_t columns, std::string_view colour) const {
    std::string text;
    std::size_t begin = 0;  // Of the state, in bytes: what stands before it is ASCII, as all names of services are.
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths_[i] - columns_of(row[i]), ' ');
      text += i == 0 ? "" : "  ";
      if (i == state_column) begin = text.size();
      text += is_flush_right(i) ? space + row[i] : row[i] + space;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text = cut(text, columns);
    const std::size_t end = begin + row[state_column].size();
    if (colour.empty() || end >= columns) return text;
    text.insert(end, plain);
    return text.insert(begin, colour);
  }

 private:
  std::array<std::size_t, error_column + 1> widths_{};
};

}  // namespace

std::string short_time(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  struct unit {
    std::int64_t size;
    const char* large;
    const char* small;
  };
  constexpr std::array<unit, 3> units{{{86400, "d", "h"}, {3600, "h", "m"}, {60, "m", "s"}}};
  for (const unit& each : units) {
    if (seconds < each.size) continue;
    const std::int64_t rest = seconds % each.size / (each.size == 86400 ? 3600 : each.size / 60);
    return std::to_string(seconds / each.size) + each.large + (rest < 10 ? "0" : "") + std::to_string(rest) +
           each.small;
  }
  return std::to_string(seconds) + "s";
}

std::size_t columns_of(const std::string& text) {
  std::size_t count = 0;
  bool is_escape = false;
  for (const char c : text) {
    if (c == '\x1b') is_escape = true;
    if (!is_escape && begins_character(c)) ++count;
    if (c == 'm') is_escape = false;
  }
  return count;
}

std::vector<std::string> render_table(const std::string& title, const std::vector<live_row>& rows, terminal_size fits,
                                      bool colours) {
  std::vector<cells> all{heading};
  for (const live_row& each : rows) all.push_back(cells_of(each));
  const layout columns(all);
  const auto strong = [&](const std::string& text) {
    return colours ? std::string(bold).append(text).append(plain) : text;
  };
  std::vector<std::string> lines{strong(cut(title, fits.columns)), strong(columns.line(heading, fits.columns, {}))};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    lines.push_back(columns.line(all[i + 1], fits.columns, colours ? colour_of(rows[i].how) : std::string_view()));
  }
  const std::size_t room = std::max<std::size_t>(fits.rows, 2) - 1;
  if (lines.size() > room) {
    const std::size_t hidden = lines.size() - room + 1;
    lines.resize(room - 1);
    lines.push_back(cut("... " + std::to_string(hidden) + " more", fits.columns));
  }
  return lines;
}
