// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "graph.hpp"

#include <vector>

struct graph_point {
  double x{};
  double y{};
};

/// Where everything of a picture stands, in pixels, without its heading and its legend.
struct graph_layout {
  struct box {
    graph_point corner{};  ///< Left and upper.
    double width{};
  };
  /// From an arrow's begin to its end: between the points of each pair it is a curve that leaves and arrives upright,
  /// and from pair to pair a straight line.
  using road = std::vector<graph_point>;

  static constexpr double box_height = 62;

  double width{};
  double height{};
  std::vector<box> boxes{};   ///< As graph::boxes.
  std::vector<road> roads{};  ///< As graph::arrows.
};

/// In layers, so that calls lead down, and needs and events as far as calls let them; ordered so that few arrows cross
/// (K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures", 1981).
[[nodiscard]] graph_layout lay_out(const graph& picture);
