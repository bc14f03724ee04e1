// SPDX-License-Identifier: Apache-2.0

// Counts the words of files with several processes: a splitter, some counters, and a collector.

#include "collector.hpp"
#include "coordinator.hpp"
#include "counter.hpp"
#include "options.hpp"
#include "print.hpp"
#include "processes.hpp"
#include "splitter.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr auto any_port = "tcp://127.0.0.1:0";

zooid::ref<Coordinator> coordinator_of(zooid::node& node, const Options& options) {
  return node.find<Coordinator>(options.coordinator + "/coordinator");
}

// Waits until all that was sent has been received, however slow the receiver is.
void stop(zooid::node& node) {
  const auto report = node.stop(patience);
  if (!report.clean()) throw std::runtime_error("could not finish: " + report.cut_off.front());
}

int split(const Options& options) {
  zooid::node node{{.listen = any_port}};
  std::promise<void> promise;
  auto ended = promise.get_future();
  auto splitter = node.spawn<FileSplitter>(options, std::move(promise));
  coordinator_of(node, options).call<SplitterReady>(splitter).get();
  ended.get();
  stop(node);
  return 0;
}

int count(const Options& options) {
  zooid::node node{{.listen = any_port}};
  std::promise<void> promise;
  auto ended = promise.get_future();
  auto counter = node.spawn<MapCounter>(options, std::move(promise));
  coordinator_of(node, options).call<CounterReady>(options.number, counter).get();
  ended.get();
  stop(node);
  return 0;
}

int collect(const Options& options) {
  zooid::node node{{.listen = any_port}};
  std::promise<Summary> promise;
  auto ended = promise.get_future();
  auto collector = node.spawn<MergingCollector>(options, std::move(promise));
  coordinator_of(node, options).call<CollectorReady>(collector).get();
  const Summary summary = ended.get();
  stop(node);
  print_summary(summary, options.top);
  if (!options.counts_file.empty()) write_counts(summary, options.counts_file);
  return nothing_lost(summary) ? 0 : 1;
}

int coordinate(const Options& options, const std::vector<std::string>& arguments) {
  process_group processes;
  zooid::node node{{.listen = any_port}};
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
  process_group::end_with_parent();
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
  // How the coordinator starts the others; not in the help.
  app.add_option("--role", options.role)->group("")->check(CLI::IsMember({"splitter", "counter", "collector"}));
  app.add_option("--number", options.number)->group("");
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
