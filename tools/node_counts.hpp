// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_text.hpp"

#include <cstdint>

/// Messages of a node's actors. Its reserved service is left out: who counts by asking it would count himself.
struct node_counts {
  std::uint64_t handled = 0;
  std::uint64_t queued = 0;
};

/// From the reserved service's answer to `stats`. Throws what the JSON library does when it is none.
[[nodiscard]] node_counts read_counts(const ordered_json& stats);
