// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iomanip>
#include <iterator>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

namespace {

using line = std::array<std::string, 11>;

std::string fixed(double value, const char* suffix) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), value < 10 ? "%.2f%s" : "%.1f%s", value, suffix);
  return text.data();
}

std::string_view name_of(better direction) { return direction == better::more ? "more" : "less"; }

line cells_of(const row& shown) {
  line cells{shown.workload,
             std::string(shown.measured.name),
             shown.system,
             "failed",
             "",
             "",
             std::string(shown.measured.unit),
             "",
             "",
             "",
             ""};
  if (const std::vector<double> samples = shown.samples(); !samples.empty()) {
    const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
    cells[3] = shorten(median(samples));
    cells[4] = shorten(*least);
    cells[5] = shorten(*most);
    cells[7] = std::to_string(shown.lost);
    cells[8] = std::to_string(shown.retried);
  }
  if (shown.ratio) {
    cells[9] = fixed(*shown.ratio, "");
    cells[10] = (shown.measured.direction == better::more ? ">= " : "<= ") + fixed(*shown.ratio_bound, "");
  }
  return cells;
}

}  // namespace

std::string shorten(double value) {
  if (value >= 1e6) return fixed(value / 1e6, " M");
  if (value >= 1e4) return fixed(value / 1e3, " k");
  return fixed(value, "");
}

void print_table(std::ostream& out, const std::vector<row>& rows) {
  std::vector<line> lines{
      {"workload", "metric", "system", "median", "min", "max", "unit", "lost", "retried", "zooid/it", "90% bound"}};
  std::transform(rows.begin(), rows.end(), std::back_inserter(lines), cells_of);
  std::array<std::size_t, std::tuple_size_v<line>> widths{};
  for (const line& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  for (const line& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool words = i < 3 || i == 6;
      out << (words ? std::left : std::right) << std::setw(static_cast<int>(widths[i])) << cells[i];
      out << (i + 1 < cells.size() ? "  " : "\n");
    }
  }
  std::set<std::string> reasons;
  for (const row& shown : rows) {
    if (!shown.error.empty()) reasons.insert(shown.workload + ", " + shown.system + ": " + shown.error);
  }
  for (const std::string& reason : reasons) out << reason << '\n';
}

void print_json(std::ostream& out, const std::vector<row>& rows) {
  auto all = nlohmann::ordered_json::array();
  const int cores = usable_cores();
  for (const row& shown : rows) {
    const std::vector<double> samples = shown.samples();
    nlohmann::ordered_json object{{"workload", shown.workload},
                                  {"system", shown.system},
                                  {"metric", shown.measured.name},
                                  {"unit", shown.measured.unit},
                                  {"better", name_of(shown.measured.direction)},
                                  {"rounds", samples.size()},
                                  {"median", nullptr},
                                  {"min", nullptr},
                                  {"max", nullptr},
                                  {"lost", shown.lost},
                                  {"retried", shown.retried},
                                  {"ratio", nullptr},
                                  {"ratio_low", nullptr},
                                  {"samples", nlohmann::ordered_json::array()},
                                  {"cores", cores}};
    if (!samples.empty()) {
      const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
      object["median"] = median(samples);
      object["min"] = *least;
      object["max"] = *most;
    }
    if (shown.ratio) {
      object["ratio"] = *shown.ratio;
      object["ratio_low"] = *shown.ratio_bound;
    }
    for (const std::optional<double>& round : shown.rounds) {
      object["samples"].push_back(round ? nlohmann::ordered_json(*round) : nlohmann::ordered_json(nullptr));
    }
    if (!shown.error.empty()) object["error"] = shown.error;
    all.push_back(std::move(object));
  }
  out << all.dump(2) << '\n';
}

}  // namespace bench
