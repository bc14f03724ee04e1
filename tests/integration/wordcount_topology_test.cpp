// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"
#include "scratch_folder.hpp"

#include "catch.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

constexpr const char* topology = ZOOID_SOURCE_DIR "/examples/wordcount/topology.toml";

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

auto has(const std::string& part) { return Catch::Matchers::Contains(part); }

}  // namespace

TEST_CASE("wordcount counts the same as services of a topology as on its own", "[integration][wordcount]") {
  const scratch_folder scratch;
  child_process alone("wordcount", {"--counts", scratch / "alone"});
  REQUIRE(alone.wait() == "exit code 0");

  child_process up("zooid", {"up", topology, "--set", "counts=" + (scratch / "services")});
  const std::string ended = up.wait();
  INFO(up.output() << up.errors());
  CHECK(ended == "exit code 0");
  CHECK_THAT(up.output(), has("collector | ") && has("collected: nothing lost"));
  CHECK(text_of(scratch / "services") == text_of(scratch / "alone"));
  CHECK(!text_of(scratch / "alone").empty());
}

TEST_CASE("a counter of a topology that is killed fails the wordcount with its name", "[integration][wordcount]") {
  constexpr std::string_view words = "zooid | counter2: started, pid ";
  child_process up("zooid", {"up", topology, "--set", "repeat=1000000"});
  const auto started = up.read_line_with(words);
  REQUIRE(started);
  REQUIRE(up.read_line_with("zooid | splitter: ready"));
  REQUIRE(::kill(std::stoi(started->substr(words.size())), SIGKILL) == 0);
  CHECK(up.wait() == "exit code 1");
  CHECK_THAT(up.output() + up.errors(), has("counter2"));
}

TEST_CASE("Ctrl-C ends a wordcount of services", "[integration][wordcount]") {
  child_process up("zooid", {"up", topology, "--set", "repeat=1000000"});
  REQUIRE(up.read_line_with("zooid | splitter: ready"));
  up.kill(SIGINT);
  CHECK(up.wait() == "exit code 0");
}

TEST_CASE("a splitter that nobody introduces says what is missing", "[integration][wordcount]") {
  child_process splitter("wordcount", {"--role", "splitter"});
  CHECK(splitter.wait() == "exit code 1");
  CHECK_THAT(splitter.errors(), has("wordcount splitter: --counter-at and --collector-at are missing"));
}
