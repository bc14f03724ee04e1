// SPDX-License-Identifier: Apache-2.0
#include "print.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return clean;
}

std::string in_words(std::chrono::nanoseconds time) {
  struct unit {
    double size;
    const char* name;
  };
  constexpr std::array<unit, 4> units{{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};
  const auto count = static_cast<double>(time.count());
  const auto fits = [&](const unit& each) { return count >= each.size; };
  const auto chosen = std::find_if(units.begin(), units.end() - 1, fits);
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.3g %s", count / chosen->size, chosen->name);
  return text.data();
}

std::string with_digits(double value) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), value > 0 && value < 10 ? "%.1f" : "%.0f", value);
  return text.data();
}

void print_table(std::ostream& to, const std::vector<std::vector<std::string>>& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      const bool is_number = row[i].find_first_not_of("0123456789") == std::string::npos;
      line += is_number ? space + row[i] : row[i] + space;
      line += "  ";
    }
    to << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
  }
}
