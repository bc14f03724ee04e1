// SPDX-License-Identifier: Apache-2.0
#include "catalogue.hpp"
#include "child_process.hpp"
#include "harness.hpp"
#include "plot.hpp"
#include "report.hpp"
#include "scale.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
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

/// A file to write at the end, found writable, and left as it is, at the beginning: measuring takes long.
class json_file {
 public:
  explicit json_file(std::string path) : path_(std::move(path)) {
    if (!path_.empty() && !std::ofstream(path_, std::ios::app)) fail();
  }
  template <class Figures>
  void write(const Figures& figures) const {
    if (path_.empty()) return;
    std::ofstream out(path_);
    bench::print_json(out, figures);
    if (!out.flush()) fail();
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error("cannot write " + path_ + ": " + std::strerror(errno)); }

  std::string path_;
};

int run(const run_options& options) {
  const auto workloads = bench::select(options.workloads, options.opponents);
  const json_file json(options.json);
  if (options.one_core) bench::pin_to_one_core();
  const auto rows = bench::run(workloads, options.rounds);
  bench::print_table(std::cout, rows);
  json.write(rows);
  const bool failed = std::any_of(rows.begin(), rows.end(), [](const bench::row& one) { return !one.error.empty(); });
  return failed ? exit_failed : 0;
}

struct scale_arguments {
  bench::scale_options options{};
  std::string json{};
};

int scale(const scale_arguments& arguments) {
  const json_file json(arguments.json);
  const auto points = bench::scale(arguments.options);
  bench::print_table(std::cout, points);
  json.write(points);
  const bool failed =
      std::any_of(points.begin(), points.end(), [](const bench::curve_point& one) { return !one.error.empty(); });
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

int measure_point(const std::string& curve, const std::string& system, std::uint64_t x) {
  bench::end_with_parent();
  return bench::measure_point(curve, system, x) ? 0 : exit_usage;
}

int serve_point(const std::string& role, unsigned nodes, unsigned services) {
  bench::end_with_parent();
  return bench::serve_point(role, nodes, services) ? 0 : exit_usage;
}

CLI::App* add_run(CLI::App& app, run_options& options) {
  auto* command = app.add_subcommand("run", "Run workloads and print a table");
  command->add_option("WORKLOAD", options.workloads, "Names as `list` shows them, or `all`")->required();
  command->add_option("--against", options.opponents, "Opponents, with commas; `libzmq` stands for all libzmq-*")
      ->delimiter(',');
  command->add_option("--rounds", options.rounds, "Counted rounds (after one that is not)")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--json", options.json, "Also write the figures to this file");
  command->add_flag("--one-core", options.one_core, "Keep all processes on one core");
  return command;
}

CLI::App* add_scale(CLI::App& app, scale_arguments& arguments) {
  std::vector<std::string> names;
  for (const bench::curve& one : bench::all_curves()) names.emplace_back(one.name);
  auto* command = app.add_subcommand("scale", "Measure how figures change with the size of the task");
  command->add_option("CURVE", arguments.options.curves, "Curves; default: all")->check(CLI::IsMember(names));
  command->add_option("--rounds", arguments.options.rounds, "How often each point is measured")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--json", arguments.json, "Also write the figures to this file");
  command->add_flag("--quick", arguments.options.quick, "Few points");
  return command;
}

struct plot_paths {
  std::string figures{};
  std::string picture{};
};

CLI::App* add_plot(CLI::App& app, plot_paths& paths) {
  auto* command = app.add_subcommand("plot", "Draw what `run --json` or `scale --json` has written");
  command->add_option("FILE", paths.figures, "The JSON")->required();
  command->add_option("-o,--output", paths.picture, "The SVG to write")->required();
  return command;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Throughput and latency of Zooid, alone and beside other systems.", "zooid-bench");
  app.require_subcommand(1);

  run_options options;
  const CLI::App* run_command = add_run(app, options);
  scale_arguments scaling;
  const CLI::App* scale_command = add_scale(app, scaling);
  plot_paths paths;
  const CLI::App* plot_command = add_plot(app, paths);
  auto* list_command = app.add_subcommand("list", "List workloads and their opponents");

  std::string workload;
  std::string system;
  auto* measure_command = app.add_subcommand("measure", "One round of one system")->group("");
  measure_command->add_option("WORKLOAD", workload)->required();
  measure_command->add_option("SYSTEM", system)->required();
  std::string role;
  auto* serve_command = app.add_subcommand("serve", "The other process of a remote workload")->group("");
  serve_command->add_option("ROLE", role)->required();
  std::string curve;
  std::uint64_t x = 0;
  auto* point_command = app.add_subcommand("scale-point", "One point of a curve")->group("");
  point_command->add_option("CURVE", curve)->required();
  point_command->add_option("SYSTEM", system)->required();
  point_command->add_option("X", x)->required();
  unsigned nodes = 0;
  unsigned services = 0;
  auto* serve_point_command = app.add_subcommand("scale-serve", "The other process of a point")->group("");
  serve_point_command->add_option("ROLE", role)->required();
  serve_point_command->add_option("NODES", nodes)->required();
  serve_point_command->add_option("SERVICES", services)->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  if (run_command->parsed()) return run(options);
  if (scale_command->parsed()) return scale(scaling);
  if (plot_command->parsed()) {
    bench::plot(paths.figures, paths.picture);
    return 0;
  }
  if (list_command->parsed()) return list();
  if (measure_command->parsed()) return measure(workload, system);
  if (point_command->parsed()) return measure_point(curve, system, x);
  if (serve_point_command->parsed()) return serve_point(role, nodes, services);
  return serve(role);
} catch (const bench::unknown_name& error) {
  std::cerr << "zooid-bench: " << error.what() << '\n';
  return exit_usage;
} catch (const std::exception& error) {
  std::cerr << "zooid-bench: " << error.what() << '\n';
  return exit_failed;
}
