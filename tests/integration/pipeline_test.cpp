// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include "catch.hpp"

#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<std::string> topology_with(const std::vector<std::string>& settings) {
  std::vector<std::string> arguments{"up", ZOOID_SOURCE_DIR "/examples/pipeline/topology.toml"};
  for (const std::string& each : settings) {
    arguments.push_back("--set");
    arguments.push_back(each);
  }
  return arguments;
}

/// A line of what each process did.
struct row {
  std::uint64_t readings{};
  std::uint64_t waits{};
  double peak_mib{};
};

/// The sink's table, by process.
std::map<std::string, row> rows_of(const std::string& output) {
  std::map<std::string, row> found;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string service;
    std::string bar;
    std::string process;
    row each;
    if (words >> service >> bar >> process >> each.readings >> each.waits >> each.peak_mib && service == "sink") {
      found[process] = each;
    }
  }
  return found;
}

auto has(const std::string& part) { return Catch::Matchers::Contains(part); }

}  // namespace

TEST_CASE("all readings pass the stages of a pipeline, and latencies are printed", "[integration][pipeline]") {
  const std::string rate = GENERATE("0", "100000");
  child_process up("zooid", topology_with({"readings=30000", "rate=" + rate}));
  const std::string ended = up.wait();
  INFO(up.output() << up.errors());
  CHECK(ended == "exit code 0");
  CHECK_THAT(up.output(), has("30000 readings sent, 30000 received") && has("30 outliers, 30 alarms: nothing lost"));
  CHECK_THAT(up.output(), has("latency p50 ") && has(" p99.9 ") && has("longest "));

  auto rows = rows_of(up.output());
  REQUIRE(rows.size() == 7);
  for (const char* all : {"source", "calibrate", "alarm", "sink"}) CHECK(rows.at(all).readings == 30000);
  CHECK(rows.at("average1").readings + rows.at("average2").readings + rows.at("average3").readings == 30000);
  for (const char* part : {"average1", "average2", "average3"}) CHECK(rows.at(part).readings > 0);
}

TEST_CASE("a slow stage slows the source of a pipeline instead of filling memory", "[integration][pipeline]") {
  // Were they kept somewhere, the readings would take more than 100 MiB.
  child_process up("zooid", topology_with({"readings=600000", "rate=0", "slow=10"}));
  const std::string ended = up.wait(std::chrono::seconds(100));
  INFO(up.output() << up.errors());
  CHECK(ended == "exit code 0");
  CHECK_THAT(up.output(), has("nothing lost"));
  const auto rows = rows_of(up.output());
  REQUIRE(rows.size() == 7);
  // A sanitized source may be slower than the slowed stage, and its sanitizer keeps freed memory.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  for (const char* waiting : {"source", "calibrate", "average1", "average2", "average3"}) {
    INFO(waiting);
    CHECK(rows.at(waiting).waits > 0);
  }
  for (const auto& [name, each] : rows) {
    INFO(name);
    CHECK(each.peak_mib < 64);
  }
#endif
}

TEST_CASE("Ctrl-C ends a pipeline from its source on, and what is under way arrives", "[integration][pipeline]") {
  child_process up("zooid", topology_with({"readings=0", "rate=0"}));
  REQUIRE(up.read_line_with("source | sending readings"));
  up.kill(SIGINT);
  const std::string ended = up.wait();
  INFO(up.output() << up.errors());
  CHECK(ended == "exit code 0");
  CHECK_THAT(up.output(), has("alarms: nothing lost"));
}

TEST_CASE("a stage that is killed fails the pipeline with its name", "[integration][pipeline]") {
  constexpr std::string_view words = "zooid | average2: started, pid ";
  child_process up("zooid", topology_with({"readings=0", "rate=0"}));
  const auto started = up.read_line_with(words);
  REQUIRE(started);
  REQUIRE(up.read_line_with("source | sending readings"));
  REQUIRE(::kill(std::stoi(started->substr(words.size())), SIGKILL) == 0);
  CHECK(up.wait() == "exit code 1");
  CHECK_THAT(up.output() + up.errors(), has("average2"));
}
