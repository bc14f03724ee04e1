// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "graph.hpp"
#include "json_text.hpp"
#include "run_file.hpp"
#include "tool_keys.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a node had done at one moment.
struct node_figures {
  std::string endpoint{};
  std::string node{};       ///< Its id.
  std::uint64_t handled{};  ///< Without what its reserved service was asked; so is the next.
  std::uint64_t queued{};
  std::map<std::string, std::uint64_t> sent{};      ///< By peer, as the node names it.
  std::map<std::string, std::uint64_t> received{};  ///< By peer.
  std::map<std::string, std::uint64_t> events{};    ///< That arrived, by the peer that published them.
  std::chrono::steady_clock::time_point at{};
};
/// By service, as topology::services; nothing for one that was not reached.
using figures = std::vector<std::optional<node_figures>>;

/// From the reserved service's answers to `stats` and `describe`. Throws what the JSON library does when they are none.
[[nodiscard]] node_figures make_figures(const ordered_json& stats, const ordered_json& description);

/// Asks each service that runs and has an endpoint; what does not answer within `patience` has no figures. Throws
/// `failure` when the keys cannot be used.
[[nodiscard]] figures ask_figures(const topology& of, const running_topology& running,
                                  std::chrono::milliseconds patience, const tool_keys& keys);

/// Writes into the picture what nodes handled, and what they sent and published to each other, a second, between two
/// moments. Also the endpoints that they really have.
void add_rates(graph& picture, const figures& before, const figures& after);
