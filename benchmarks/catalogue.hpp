// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "entrants.hpp"
#include "statistics.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct metric {
  std::string_view name;
  std::string_view unit;
  better direction{};
};

/// A system that takes part in a workload, and how one round of it is measured.
struct entrant {
  std::string_view system;
  outcome (*measure)(){};
};

struct workload {
  std::string_view name;
  std::string_view description;
  std::vector<metric> metrics;
  std::vector<entrant> entrants;  ///< Zooid first.
};

/// The second process of a remote workload.
struct server {
  std::string_view role;
  void (*serve)(){};
};

[[nodiscard]] const std::vector<workload>& all_workloads();
[[nodiscard]] const std::vector<server>& all_servers();

/// Names that are none of ours; the message says what was probably meant.
class unknown_name : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What is to be run: the chosen workloads in the catalogue's order, each with Zooid and the chosen opponents only.
/// "all" stands for every workload, "libzmq" for every libzmq-*. Throws unknown_name, also for an opponent that takes
/// part in none of the chosen workloads.
[[nodiscard]] std::vector<workload> select(const std::vector<std::string>& workloads,
                                           const std::vector<std::string>& opponents);

}  // namespace bench
