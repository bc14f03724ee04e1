// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"
#include "scratch_folder.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What coreutils count in the files of a folder, a word ending with its file.
std::string counted_by_coreutils(const std::string& folder, const scratch_folder& scratch) {
  const std::string script =
      "export LC_ALL=C; find -L \"$0\" -type f | while IFS= read -r each; do cat \"$each\"; echo; done"
      " | tr -cs 'A-Za-z' '\\n' | tr 'A-Z' 'a-z' | grep . | sort | uniq -c > \"$1\"";
  const std::string file = scratch / "expected";
  child_process shell("/bin/sh", {"-c", script, folder, file});
  REQUIRE(shell.wait() == "exit code 0");
  return text_of(file);
}

/// A line of what each process did.
struct row {
  pid_t pid{};
  std::uint64_t messages{};
  std::uint64_t words{};
  std::uint64_t waits{};
  double peak_mib{};
};

/// The last table that a run printed, by process.
std::map<std::string, row> rows_of(const std::string& output) {
  std::map<std::string, row> found;
  std::istringstream lines(output.substr(output.find("\nprocess ") + 1));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && !line.empty()) {
    row each;
    std::istringstream rest(line.substr(12));
    rest >> each.pid >> each.messages >> each.words >> each.waits >> each.peak_mib;
    REQUIRE(rest);
    found[line.substr(0, line.find("  "))] = each;
  }
  return found;
}

/// The process ids that a run prints as it starts, by process.
std::map<std::string, pid_t> started_by(child_process& run) {
  constexpr std::string_view between = " has pid ";
  std::map<std::string, pid_t> found;
  while (!found.contains("splitter")) {
    const auto line = run.read_line();
    REQUIRE(line);
    const std::size_t at = line->find(between);
    REQUIRE(at != std::string::npos);
    found[line->substr(0, at)] = std::stoi(line->substr(at + between.size()));
  }
  return found;
}

bool is_gone(pid_t process) { return ::kill(process, 0) != 0 && errno == ESRCH; }

constexpr const char* endless = "--repeat=1000000";

}  // namespace

TEST_CASE("wordcount prints the top words of the licenses and loses nothing", "[integration][wordcount]") {
  child_process run("wordcount");
  CHECK(run.wait() == "exit code 0");
  CHECK_THAT(run.output(), Catch::Matchers::Contains("  the\n") && Catch::Matchers::Contains(" words/s\n") &&
                               Catch::Matchers::Contains("nothing lost\n"));
  CHECK_THAT(run.errors(), Catch::Matchers::Contains("100%"));

  const auto rows = rows_of(run.output());
  REQUIRE(rows.size() == 5);
  CHECK(rows.at("splitter").words == rows.at("collector").words);
  CHECK(rows.at("counter 1").words + rows.at("counter 2").words + rows.at("counter 3").words ==
        rows.at("collector").words);
}

TEST_CASE("wordcount counts every word as coreutils do", "[integration][wordcount]") {
  const std::string counters = GENERATE("1", "3", "5");
  const scratch_folder scratch;
  std::string folder = "/usr/share/common-licenses";
  SECTION("the licenses") {}
  SECTION("odd files") {
    folder = scratch / "in";
    scratch.write("in/no end of line", "one two Two\tTWO");
    scratch.write("in/next", "three");
    scratch.write("in/empty", "");
    scratch.write("in/deep/er/not text", std::string("a\0b\xc3\xa4\xff z", 8) + "O'Neil x86_64 [`{@");
    std::string cut_anywhere;
    for (int i = 0; i < 5000; ++i) cut_anywhere += "abcdefghijk" + std::string(static_cast<std::size_t>(i % 7), ' ');
    scratch.write("in/long", cut_anywhere);
    fs::create_symlink(scratch / "in/next", scratch / "in/deep/link");
  }
  const std::string counts = scratch / "counts";
  child_process run("wordcount", {"--counters", counters, "--counts", counts, folder});
  CHECK(run.wait() == "exit code 0");
  CHECK(text_of(counts) == counted_by_coreutils(folder, scratch));
}

TEST_CASE("a wordcount of nothing succeeds", "[integration][wordcount]") {
  const scratch_folder scratch;
  scratch.write("in/empty", "");
  child_process run("wordcount", {scratch / "in"});
  CHECK(run.wait() == "exit code 0");
  CHECK_THAT(run.output(), Catch::Matchers::Contains("0 words sent, 0 counted, 0 collected: nothing lost"));
}

TEST_CASE("a splitter waits for slow counters instead of filling memory", "[integration][wordcount]") {
  // 20 MB, and as words in memory 125 MB. Half of the batches go to one counter, which takes 1 ms for each.
  const scratch_folder scratch;
  std::string text;
  while (text.size() < 1'000'000) text += "word and another word ";
  scratch.write("in", text);
  child_process run("wordcount", {"--repeat", "20", "--slow-counters", "1000", scratch / "in"});
  CHECK(run.wait(std::chrono::seconds(100)) == "exit code 0");
  CHECK_THAT(run.output(), Catch::Matchers::Contains("nothing lost\n"));

  const auto rows = rows_of(run.output());
  // A sanitized splitter may be slower than its slowed counters, and its sanitizer keeps freed memory.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(rows.at("splitter").waits > 0);
  for (const auto& [name, each] : rows) {
    INFO(name);
    CHECK(each.peak_mib < 64);
  }
#endif
}

TEST_CASE("a counter that is killed ends a wordcount with its name", "[integration][wordcount]") {
  child_process run("wordcount", {endless});
  const auto processes = started_by(run);
  ::kill(processes.at("counter 2"), SIGKILL);
  CHECK(run.wait() == "exit code 1");
  CHECK_THAT(run.errors(), Catch::Matchers::Contains("counter 2"));
  for (const auto& [name, process] : processes) {
    INFO(name);
    CHECK(is_gone(process));
  }
}

TEST_CASE("Ctrl-C ends all processes of a wordcount", "[integration][wordcount]") {
  child_process run("wordcount", {endless});
  const auto processes = started_by(run);
  run.kill(SIGINT);
  CHECK(run.wait() == "exit code 130");
  for (const auto& [name, process] : processes) {
    INFO(name);
    CHECK(is_gone(process));
  }
}

TEST_CASE("a wordcount that cannot read or write says what", "[integration][wordcount]") {
  const scratch_folder scratch;
  SECTION("a path that is not there") {
    child_process run("wordcount", {scratch / "nothing"});
    CHECK(run.wait() != "exit code 0");
    CHECK_THAT(run.errors(), Catch::Matchers::Contains(scratch / "nothing"));
  }
  SECTION("a word beyond all bounds") {
    scratch.write("in", std::string(100'000, 'x'));
    child_process run("wordcount", {scratch / "in"});
    CHECK(run.wait() == "exit code 1");
    CHECK_THAT(run.errors(), Catch::Matchers::Contains("splitter: a word of more than 65536 letters"));
  }
  SECTION("a file for the counts that cannot be made") {
    child_process run("wordcount", {"--counts", scratch / "no/such/folder"});
    CHECK(run.wait() == "exit code 1");
    CHECK_THAT(run.errors(), Catch::Matchers::Contains("collector: cannot write " + (scratch / "no/such/folder")));
  }
}
