// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalogue.hpp"
#include "entrants.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// What one system reached in one metric of one workload, over all counted rounds.
struct row {
  std::string workload;
  std::string system;
  metric measured;
  std::vector<std::optional<double>> rounds;  ///< What each gave; none where it failed.
  std::uint64_t lost{};
  std::uint64_t retried{};
  std::optional<double> ratio{};        ///< Zooid's median / this one's; none on Zooid's own row, or by 0.
  std::optional<double> ratio_bound{};  ///< Its unfavourable end, with a confidence of 90%.
  std::string error{};                  ///< Why a round failed, the last one's reason; empty when none did.

  /// Of the rounds that did not fail.
  [[nodiscard]] std::vector<double> samples() const;
};

/// Runs every system of every workload once a round, each in processes of its own, Zooid first in even rounds and last
/// in odd ones, after a round that is not counted. A system that is stuck is killed after 20 s.
/// Progress goes to standard error when that is a terminal.
[[nodiscard]] std::vector<row> run(const std::vector<workload>& workloads, int rounds);

/// The child's side of a round: measures, and prints the outcome, or the error, as one line.
void measure(const entrant& one);

/// On how many cores this process, and those that it starts, may run.
[[nodiscard]] int usable_cores();

/// Keeps this process, and those that it starts, on one core, the first that it may use.
void pin_to_one_core();

}  // namespace bench
