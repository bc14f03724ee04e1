// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "graph.hpp"

#include <vector>

/// The boxes of a picture in layers, and in each layer from left to right, together with bends: where an arrow crosses
/// a layer that is neither its first nor its last.
struct graph_layers {
  struct vertex {
    std::size_t layer = 0;
    std::vector<std::size_t> above{};  ///< In the next layer up; indices of vertices, once for each arrow.
    std::vector<std::size_t> below{};
  };
  struct way {
    std::vector<std::size_t> vertices{};  ///< From the upper box by bends to the lower one.
    bool upwards = false;                 ///< The arrow begins at the lower one.
  };

  std::vector<vertex> vertices{};                ///< The boxes, then the bends.
  std::vector<way> ways{};                       ///< As graph::arrows.
  std::vector<std::vector<std::size_t>> rows{};  ///< Each layer's vertices, from left to right.
};

[[nodiscard]] graph_layers make_layers(const graph& picture);
