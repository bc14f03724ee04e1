// SPDX-License-Identifier: Apache-2.0
#include "node_counts.hpp"

#include <algorithm>

node_counts read_counts(const ordered_json& stats) {
  node_counts all{stats.at("handled").get<std::uint64_t>(), stats.at("queued").get<std::uint64_t>()};
  for (const ordered_json& each : stats.at("services")) {
    if (each.at("name") != "zooid") continue;
    // The node does not count all of it at one moment: a part may be more than the whole.
    all.handled -= std::min(all.handled, each.at("handled").get<std::uint64_t>());
    all.queued -= std::min(all.queued, each.at("queued").get<std::uint64_t>());
  }
  return all;
}
