// SPDX-License-Identifier: Apache-2.0
#include "catalogue.hpp"
#include "child_process.hpp"
#include "harness.hpp"
#include "report.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

struct run_options {
  std::vector<std::string> workloads{};
  std::vector<std::string> opponents{};
  int rounds = 5;
  std::string json{};
  bool one_core{};
};

int run(const run_options& options) {
  const auto workloads = bench::select(options.workloads, options.opponents);
  std::ofstream json;
  if (!options.json.empty()) {
    json.open(options.json);
    if (!json) throw std::runtime_error("cannot write " + options.json);
  }
  if (options.one_core) bench::pin_to_one_core();
  const auto rows = bench::run(workloads, options.rounds);
  bench::print_table(std::cout, rows);
  if (json.is_open()) bench::print_json(json, rows);
  const bool failed = std::any_of(rows.begin(), rows.end(), [](const bench::row& one) { return !one.error.empty(); });
  return failed ? exit_failed : 0;
}

int list() {
  for (const bench::workload& load : bench::all_workloads()) {
    std::cout << load.name << ": " << load.description << "\n    metrics:";
    for (const bench::metric& one : load.metrics) std::cout << ' ' << one.name << " (" << one.unit << ')';
    std::cout << "\n    opponents:";
    for (const bench::entrant& one : load.entrants) {
      if (one.system != "zooid") std::cout << ' ' << one.system;
    }
    std::cout << '\n';
  }
  return 0;
}

/// The roles that the program gives to the processes it starts.
int measure(const std::string& workload, const std::string& system) {
  bench::end_with_parent();
  for (const bench::workload& load : bench::all_workloads()) {
    for (const bench::entrant& one : load.entrants) {
      if (load.name == workload && one.system == system) {
        bench::measure(one);
        return 0;
      }
    }
  }
  return exit_usage;
}

int serve(const std::string& role) {
  bench::end_with_parent();
  for (const bench::server& one : bench::all_servers()) {
    if (one.role == role) {
      one.serve();
      return 0;
    }
  }
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Throughput and latency of Zooid, alone and beside other systems.", "zooid-bench");
  app.require_subcommand(1);

  run_options options;
  auto* run_command = app.add_subcommand("run", "Run workloads and print a table");
  run_command->add_option("WORKLOAD", options.workloads, "Names as `list` shows them, or `all`")->required();
  run_command->add_option("--against", options.opponents, "Opponents, with commas; `libzmq` stands for all libzmq-*")
      ->delimiter(',');
  run_command->add_option("--rounds", options.rounds, "Counted rounds (after one that is not)")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  run_command->add_option("--json", options.json, "Also write the figures to this file");
  run_command->add_flag("--one-core", options.one_core, "Keep all processes on one core");
  auto* list_command = app.add_subcommand("list", "List workloads and their opponents");

  std::string workload;
  std::string system;
  auto* measure_command = app.add_subcommand("measure", "One round of one system")->group("");
  measure_command->add_option("WORKLOAD", workload)->required();
  measure_command->add_option("SYSTEM", system)->required();
  std::string role;
  auto* serve_command = app.add_subcommand("serve", "The other process of a remote workload")->group("");
  serve_command->add_option("ROLE", role)->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  if (run_command->parsed()) return run(options);
  if (list_command->parsed()) return list();
  if (measure_command->parsed()) return measure(workload, system);
  return serve(role);
} catch (const bench::unknown_name& error) {
  std::cerr << "zooid-bench: " << error.what() << '\n';
  return exit_usage;
} catch (const std::exception& error) {
  std::cerr << "zooid-bench: " << error.what() << '\n';
  return exit_failed;
}
