// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "child_process.hpp"

#include <algorithm>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

namespace bench {

inline constexpr std::uint64_t most_peer_processes = 4;

/// Entry i is what process i of them gets when `total` things are spread evenly over at most four.
[[nodiscard]] inline std::vector<unsigned> spread(std::uint64_t total) {
  const std::uint64_t processes = std::min(total, most_peer_processes);
  std::vector<unsigned> shares;
  for (std::uint64_t i = 0; i < processes; ++i)
    shares.push_back(static_cast<unsigned>((total + processes - 1 - i) / processes));
  return shares;
}

/// How many worker threads a node gets in a process of so many nodes: the default for one, else one each.
[[nodiscard]] constexpr unsigned workers_of(unsigned nodes) noexcept { return nodes == 1 ? 0 : 1; }

/// The other processes of one point of a curve. One thread.
class scale_peers {
 public:
  /// Starts one more process with so many nodes, each with so many services, and returns where the nodes listen.
  std::vector<std::string> start(const std::string& role, unsigned nodes, unsigned services) {
    const std::vector<std::string> words{"scale-serve", role, std::to_string(nodes), std::to_string(services)};
    child_process& started = processes_.emplace_back(words);
    std::vector<std::string> endpoints;
    for (unsigned i = 0; i < nodes; ++i) endpoints.push_back(started.read_line(std::chrono::seconds(10)));
    return endpoints;
  }

 private:
  std::list<child_process> processes_;
};

}  // namespace bench
