// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

/// The command line. Every process that the coordinator starts gets the same one, and its role on top.
struct Options {
  std::vector<std::string> paths{"/usr/share/common-licenses"};
  unsigned counters = 3;
  unsigned top = 10;
  unsigned repeat = 1;
  std::string counts_file{};
  std::chrono::microseconds slow_counters{};

  std::string role{};  ///< "splitter", "counter", "collector"; empty: the coordinator, which starts them.
  unsigned number = 0;
  std::string coordinator{};  ///< Its endpoint.

  // Of a service of topology.toml, which needs no coordinator:
  std::string listen = "tcp://127.0.0.1:0";
  std::vector<std::string> counters_at{};  ///< Their addresses, for the splitter.
  std::string collector_at{};
};

/// Nobody is waited for longer than this. Not what finds out about the dead: their session ends in seconds.
inline constexpr auto patience = std::chrono::hours(1);
