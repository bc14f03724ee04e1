// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Who takes part in a curve, and how one of its points is measured.
struct curve_entrant {
  std::string_view system;
  double (*measure)(std::uint64_t x){};
};

/// How a figure changes with the size of the task.
struct curve {
  std::string_view name;
  std::string_view description;
  std::string_view x_unit;
  std::string_view unit;
  std::vector<std::uint64_t> points;
  std::vector<std::uint64_t> quick_points;
  std::vector<curve_entrant> entrants;
};

[[nodiscard]] const std::vector<curve>& all_curves();

/// What one system reached at one point.
struct curve_point {
  const curve* of;
  std::string_view system;
  std::uint64_t x;
  std::vector<double> samples{};  ///< One a round; fewer when rounds failed.
  std::string error{};            ///< Why a round failed, the last one's reason; empty when none did.
};

struct scale_options {
  std::vector<std::string> curves{};  ///< Empty: all.
  int rounds = 3;
  bool quick{};  ///< Few points.
};

/// Measures each point once a round, in processes of its own, from the first to the last in even rounds and from the
/// last to the first in odd ones. A point that has not ended after 20 s is killed. Raises the process's limit of open
/// files to what it may have, and says so on standard error. Progress goes there, too, when it is a terminal.
[[nodiscard]] std::vector<curve_point> scale(const scale_options& options);

/// A table for each curve, and below it the reasons of what failed.
void print_table(std::ostream& out, const std::vector<curve_point>& points);
/// An array with one object a point; its members: README.md.
void print_json(std::ostream& out, const std::vector<curve_point>& points);

/// The child's side: measures one point, and prints it, or the error, as one line. False for an unknown name.
[[nodiscard]] bool measure_point(const std::string& curve, const std::string& system, std::uint64_t x);
/// The other processes of a point. False for an unknown role.
[[nodiscard]] bool serve_point(const std::string& role, unsigned nodes, unsigned services);

}  // namespace bench
