// SPDX-License-Identifier: Apache-2.0
#include "harness.hpp"

#include "child_process.hpp"
#include "progress.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <system_error>

#include <sched.h>

namespace bench {

namespace {

constexpr std::chrono::seconds stuck_after{20};

/// One system's rounds: entry i stems from round i, none where it failed.
struct history {
  std::vector<std::optional<outcome>> rounds;
  std::string error;
};

outcome measure_in_child(std::string_view workload, std::string_view system) {
  child_process child({"measure", std::string(workload), std::string(system)});
  const auto line = nlohmann::json::parse(child.read_line(stuck_after));
  if (line.contains("error")) throw std::runtime_error(line["error"].get<std::string>());
  outcome result;
  for (const auto& [metric, reached] : line["figures"].items()) {
    result.figures.push_back({metric, reached["value"], reached["lost"], reached["retried"]});
  }
  return result;
}

std::optional<figure> figure_of(const std::optional<outcome>& round, std::string_view metric) {
  if (!round) return std::nullopt;
  const auto found = std::find_if(round->figures.begin(), round->figures.end(),
                                  [&](const figure& one) { return one.metric == metric; });
  if (found == round->figures.end()) return std::nullopt;
  return *found;
}

row summarise(const workload& load, const metric& measured, std::string_view system, const history& own,
              const history& zooid) {
  row result{std::string(load.name), std::string(system), measured, {}, 0, 0, {}, {}, own.error};
  std::vector<double> ours;
  std::vector<double> theirs;
  for (std::size_t round = 0; round < own.rounds.size(); ++round) {
    const auto reached = figure_of(own.rounds[round], measured.name);
    result.rounds.push_back(reached ? std::optional(reached->value) : std::nullopt);
    if (!reached) continue;
    result.lost += reached->lost;
    result.retried += reached->retried;
    if (const auto reference = figure_of(zooid.rounds[round], measured.name)) {
      ours.push_back(reference->value);
      theirs.push_back(reached->value);
    }
  }
  const bool divides = std::find(theirs.begin(), theirs.end(), 0.0) == theirs.end();
  if (&own != &zooid && !ours.empty() && divides) {
    result.ratio = median(ours) / median(theirs);
    result.ratio_bound = ratio_bound(ours, theirs, measured.direction);
  }
  return result;
}

std::map<std::string_view, history> run_rounds(const workload& load, int rounds, progress& shown) {
  std::map<std::string_view, history> histories;
  std::vector<entrant> order = load.entrants;
  for (int round = -1; round < rounds; ++round) {
    for (const entrant& one : order) {
      shown.begin(
          std::string(load.name) + ": " + std::string(one.system) +
          (round < 0 ? ", warming up" : ", round " + std::to_string(round + 1) + " of " + std::to_string(rounds)));
      history& own = histories[one.system];
      std::optional<outcome> result;
      try {
        result = measure_in_child(load.name, one.system);
      } catch (const std::exception& error) {
        own.error = error.what();
      }
      if (round >= 0) own.rounds.push_back(std::move(result));
    }
    if (round >= 0) std::reverse(order.begin(), order.end());
  }
  return histories;
}

}  // namespace

std::vector<double> row::samples() const {
  std::vector<double> reached;
  for (const std::optional<double>& round : rounds) {
    if (round) reached.push_back(*round);
  }
  return reached;
}

std::vector<row> run(const std::vector<workload>& workloads, int rounds) {
  std::vector<row> rows;
  std::size_t steps = 0;
  for (const workload& load : workloads) steps += load.entrants.size() * static_cast<std::size_t>(rounds + 1);
  progress shown(steps);
  for (const workload& load : workloads) {
    const auto histories = run_rounds(load, rounds, shown);
    const history& zooid = histories.at("zooid");
    for (const metric& measured : load.metrics) {
      for (const entrant& one : load.entrants) {
        rows.push_back(summarise(load, measured, one.system, histories.at(one.system), zooid));
      }
    }
  }
  return rows;
}

void measure(const entrant& one) {
  nlohmann::json line;
  try {
    const outcome result = one.measure();
    for (const figure& reached : result.figures) {
      line["figures"][reached.metric] = {
          {"value", reached.value}, {"lost", reached.lost}, {"retried", reached.retried}};
    }
  } catch (const std::exception& error) {
    line = {{"error", error.what()}};
  }
  std::cout << line.dump() << std::endl;
}

int usable_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
  }
  return CPU_COUNT(&allowed);
}

void pin_to_one_core() {
  cpu_set_t allowed;
  cpu_set_t one;
  CPU_ZERO(&one);
  int failure = ::sched_getaffinity(0, sizeof allowed, &allowed);
  for (std::size_t core = 0; failure == 0 && core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed)) continue;
    CPU_SET(core, &one);
    failure = ::sched_setaffinity(0, sizeof one, &one);
    break;
  }
  if (failure != 0) throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
}

}  // namespace bench
