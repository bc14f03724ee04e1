// SPDX-License-Identifier: Apache-2.0
#include "harness.hpp"
#include "report.hpp"
#include "scale.hpp"
#include "statistics.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iomanip>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace bench {

namespace {

void print_line(std::ostream& out, const std::vector<std::string>& cells) {
  static constexpr std::array<int, 6> widths{18, 10, 10, 10, 10, 6};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out << "  " << (i == 0 ? std::left : std::right) << std::setw(widths[i]) << cells[i];
  }
  out << '\n';
}

}  // namespace

void print_table(std::ostream& out, const std::vector<curve_point>& points) {
  const curve* shown = nullptr;
  for (const curve_point& point : points) {
    if (point.of != shown) {
      shown = point.of;
      out << shown->name << ": " << shown->description << ", " << shown->unit << '\n';
      print_line(out, {"system", std::string(shown->x_unit), "median", "min", "max", "rounds"});
    }
    std::vector<std::string> cells{std::string(point.system), std::to_string(point.x), "failed", "", "", "0"};
    if (!point.samples.empty()) {
      const auto [least, most] = std::minmax_element(point.samples.begin(), point.samples.end());
      cells = {std::string(point.system), std::to_string(point.x), shorten(median(point.samples)),
               shorten(*least),           shorten(*most),          std::to_string(point.samples.size())};
    }
    print_line(out, cells);
  }
  for (const curve_point& point : points) {
    if (point.error.empty()) continue;
    out << point.of->name << ' ' << point.x << ", " << point.system << ": " << point.error << '\n';
  }
}

void print_json(std::ostream& out, const std::vector<curve_point>& points) {
  auto all = nlohmann::ordered_json::array();
  const int cores = usable_cores();
  for (const curve_point& point : points) {
    nlohmann::ordered_json object{{"curve", point.of->name},        {"system", point.system}, {"x", point.x},
                                  {"x_unit", point.of->x_unit},     {"value", nullptr},       {"unit", point.of->unit},
                                  {"rounds", point.samples.size()}, {"min", nullptr},         {"max", nullptr},
                                  {"samples", point.samples},       {"cores", cores}};
    if (!point.samples.empty()) {
      const auto [least, most] = std::minmax_element(point.samples.begin(), point.samples.end());
      object["value"] = median(point.samples);
      object["min"] = *least;
      object["max"] = *most;
    }
    if (!point.error.empty()) object["error"] = point.error;
    all.push_back(std::move(object));
  }
  out << all.dump(2) << '\n';
}

}  // namespace bench
