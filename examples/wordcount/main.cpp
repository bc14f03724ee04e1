// SPDX-License-Identifier: Apache-2.0

// Counts the words of files with several processes: a splitter, some counters, and a collector. It starts them itself,
// or `zooid up` does, each with its role.

#include "collector.hpp"
#include "coordinator.hpp"
#include "counter.hpp"
#include "options.hpp"
#include "print.hpp"
#include "processes.hpp"
#include "splitter.hpp"

#include <zooid/json.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

zooid::node_options options_of_node(const Options& options) {
  return {.listen = options.listen, .door = zooid::json()};
}

/// Everybody, by the addresses of a topology.
Split by_address(zooid::node& node, const Options& options) {
  if (options.counters_at.empty()) throw std::invalid_argument("--counter-at and --collector-at are missing");
  Split all;
  for (const std::string& each : options.counters_at) all.counters.push_back(node.find<Counter>(each));
  all.collector = node.find<Collector>(options.collector_at);
  return all;
}

/// Tells the coordinator, if there is one, that this process is there.
template <class Ready, class... Fields>
void report(zooid::node& node, const Options& options, const Fields&... fields) {
  if (options.coordinator.empty()) return;
  node.find<Coordinator>(options.coordinator + "/coordinator").call<Ready>(fields...).get();
}

// Waits until all that was sent has been received, however slow the receiver is.
void stop(zooid::node& node) {
  const auto report = node.stop(patience);
  if (!report.clean()) throw std::runtime_error("could not finish: " + report.cut_off.front());
}

int split(const Options& options) {
  zooid::node node(options_of_node(options));
  std::promise<void> promise;
  auto ended = promise.get_future();
  auto splitter = node.spawn_as<FileSplitter>("splitter", options, std::move(promise));
  report<SplitterReady>(node, options, splitter);
  if (options.coordinator.empty()) splitter.tell(by_address(node, options));
  ended.get();
  stop(node);
  return 0;
}

int count(const Options& options) {
  zooid::node node(options_of_node(options));
  std::promise<void> promise;
  auto ended = promise.get_future();
  auto counter = node.spawn_as<MapCounter>("counter", options, std::move(promise));
  report<CounterReady>(node, options, options.number, counter);
  ended.get();
  stop(node);
  return 0;
}

int collect(const Options& options) {
  zooid::node node(options_of_node(options));
  std::promise<Summary> promise;
  auto ended = promise.get_future();
  auto collector = node.spawn_as<MergingCollector>("collector", options, std::move(promise));
  report<CollectorReady>(node, options, collector);
  const Summary summary = ended.get();
  stop(node);
  print_summary(summary, options.top);
  if (!options.counts_file.empty()) write_counts(summary, options.counts_file);
  return nothing_lost(summary) ? 0 : 1;
}

int coordinate(const Options& options, const std::vector<std::string>& arguments) {
  process_group processes;
  zooid::node node(options_of_node(options));
  node.spawn_as<Introducer>("coordinator", options.counters);
  const auto start = [&](const std::string& name, const std::string& role, unsigned number) {
    std::vector<std::string> all{"--role=" + role, "--number=" + std::to_string(number),
                                 "--coordinator=" + node.endpoint()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    processes.start(name, std::move(all));
  };
  start("collector", "collector", 0);
  for (unsigned i = 1; i <= options.counters; ++i) start("counter " + std::to_string(i), "counter", i);
  start("splitter", "splitter", 0);
  return processes.wait();
}

int run(const Options& options, const std::vector<std::string>& arguments) {
  if (options.role.empty()) return coordinate(options, arguments);
  if (!options.coordinator.empty()) process_group::end_with_parent();
  if (options.role == "splitter") return split(options);
  if (options.role == "counter") return count(options);
  return collect(options);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Counts words with several processes: a splitter, counters, and a collector.", "wordcount");
  app.add_option("paths", options.paths, "Files and folders")->check(CLI::ExistingPath)->capture_default_str();
  app.add_option("--counters", options.counters, "Processes that count")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--top", options.top, "How many words to print")->capture_default_str();
  app.add_option("--repeat", options.repeat, "Read everything so many times")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--counts", options.counts_file, "Write every count to this file");
  unsigned slow = 0;
  app.add_option("--slow-counters", slow, "Microseconds of extra work for each message to a counter");
  const std::string service = "As a service of a topology, see topology.toml";
  const auto role = app.add_option("--role", options.role, "What this process does");
  role->check(CLI::IsMember({"splitter", "counter", "collector"}))->group(service);
  app.add_option("--listen", options.listen, "Where it is reached")->needs(role)->group(service)->capture_default_str();
  app.add_option("--number", options.number, "Of a counter: which one it is, from 1")->group(service);
  const auto counters_at = app.add_option("--counter-at", options.counters_at, "Of the splitter: where a counter is");
  const auto collector_at =
      app.add_option("--collector-at", options.collector_at, "Of the splitter: where that one is");
  counters_at->group(service)->needs(collector_at);
  collector_at->group(service)->needs(counters_at);
  // How the coordinator introduces those that it starts; not in the help.
  app.add_option("--coordinator", options.coordinator)->group("");
  CLI11_PARSE(app, argc, argv);
  options.slow_counters = std::chrono::microseconds(slow);

  try {
    return run(options, {argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    const std::string who = options.role == "counter" ? "counter " + std::to_string(options.number) : options.role;
    std::fprintf(stderr, "wordcount%s%s: %s\n", who.empty() ? "" : " ", who.c_str(), failure.what());
    return 1;
  }
}
