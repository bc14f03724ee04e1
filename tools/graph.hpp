// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// A picture's contents: services, and what goes between them.
struct graph_box {
  std::string name{};
  std::string endpoint{};  ///< As shown; empty: it has none.
  std::string rate{};      ///< Empty: nobody asked.
};

struct graph_arrow {
  enum class kind {
    call,   ///< From who calls to whom it calls.
    event,  ///< From who publishes to who hears it.
    need,   ///< From who needs another to start to that one, where neither of the others is drawn.
  };
  kind is = kind::call;
  std::size_t from = 0;  ///< An index into graph::boxes.
  std::size_t to = 0;
  std::string rate{};
};

struct graph {
  std::string title{};
  std::string note{};  ///< Below the legend; may be empty.
  std::vector<graph_box> boxes{};
  std::vector<graph_arrow> arrows{};
};

/// Box number i is service number i. A service is not drawn as its own caller or hearer.
[[nodiscard]] graph make_graph(const topology& of);

/// An endpoint as pictures show it: the port 0 in words, long paths shortened.
[[nodiscard]] std::string shown_endpoint(const std::string& endpoint);
