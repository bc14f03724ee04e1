// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bench {

/// A figure and how far it varied.
struct spread_figure {
  double middle{};
  double least{};
  double most{};
};

/// One row of `run --json`.
struct bar {
  std::string workload;
  std::string system;
  std::string metric;
  std::string unit;
  bool less_is_better{};
  std::optional<spread_figure> reached{};  ///< None when every round failed.
  std::optional<double> ratio{};
  std::optional<double> ratio_bound{};
};

/// One row of `scale --json`.
struct curve_mark {
  std::string curve;
  std::string system;
  std::string x_unit;
  std::string unit;
  double x{};                              ///< Above 0.
  std::optional<spread_figure> reached{};  ///< All above 0; none when every round failed.
};

/// The SVG: a panel for each workload, or each curve. `note`: how it was measured. Not for empty vectors.
[[nodiscard]] std::string draw_bars(const std::vector<bar>& bars, const std::string& note);
[[nodiscard]] std::string draw_curves(const std::vector<curve_mark>& marks, const std::string& note);

/// Rows in the order of the file, brought together where `key` gives the same.
template <class Row, class Key>
[[nodiscard]] std::vector<std::vector<Row>> grouped(const std::vector<Row>& rows, Key key) {
  std::vector<std::vector<Row>> groups;
  for (const Row& row : rows) {
    auto group = groups.begin();
    while (group != groups.end() && key(group->front()) != key(row)) ++group;
    if (group == groups.end()) group = groups.insert(group, std::vector<Row>{});
    group->push_back(row);
  }
  return groups;
}

}  // namespace bench
