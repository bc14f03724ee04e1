// SPDX-License-Identifier: Apache-2.0
// `zooid up` on a terminal.
#include "scratch_folder.hpp"
#include "terminal.hpp"
#include "up_services.hpp"
#include "up_topology.hpp"

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

namespace {

const std::string shop = "name = \"shop\"\n" + greeter("payments") +
                         script("view", "echo here I am; exec sleep 1000", "needs = [\"payments\"]");

/// The number of the first line from `from` that holds `part`, or a very large one.
std::size_t find(const std::vector<std::string>& lines, const std::string& part, std::size_t from = 0) {
  for (std::size_t i = from; i < lines.size(); ++i) {
    if (lines[i].find(part) != std::string::npos) return i;
  }
  return std::string::npos;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& each : lines) text += each + '\n';
  return text;
}

/// One table, of two services, and all else above it.
void check_one_table(const terminal_process& terminal) {
  const std::vector<std::string> lines = terminal.screen().lines();
  INFO(text_of(lines));
  const std::size_t title = find(lines, "shop: ");
  REQUIRE(title != std::string::npos);
  REQUIRE(lines.size() >= title + 4);
  CHECK(find(lines, "shop: ", title + 1) == std::string::npos);
  CHECK(lines[title + 1].starts_with("service "));
  CHECK(lines[title + 2].starts_with("payments "));
  CHECK(lines[title + 3].starts_with("view "));
  CHECK(find(lines, " | ", title) == std::string::npos);
  CHECK(find(lines, "view | here I am") < title);
  for (std::size_t i = 0; i < title; ++i) {
    const std::string who = lines[i].substr(0, lines[i].find(" | "));
    CHECK((who == "zooid" || who == "payments" || who == "view"));
  }
}

}  // namespace

TEST_CASE("zooid up shows a table on a terminal, and its services' output above it", "[integration][up]") {
  const scratch_folder folder;
  terminal_process up("zooid", {"up", folder.write("topology.toml", shop)});
  REQUIRE(up.shows("view | here I am"));
  REQUIRE(up.shows("shop: 2 of 2 ready", {"service ", "payments ", "view "}));
  check_one_table(up);
  const std::vector<std::string> lines = up.screen().lines();
  const std::string heading = lines[find(lines, "shop: ") + 1];
  for (const std::string word : {"pid", "state", "up", "restarts", "messages/s", "queued", "last error"}) {
    CHECK(heading.find(word) != std::string::npos);
  }
  CHECK(find(lines, "  ready  ") != std::string::npos);

  const std::string started = lines[find(lines, "payments: started, pid ")];
  REQUIRE(::kill(std::stoi(started.substr(started.rfind(' '))), SIGKILL) == 0);
  REQUIRE(up.shows("payments: ended by signal 9; restarting in 100 ms (1 of 10)"));
  REQUIRE(up.shows("shop: 2 of 2 ready", {"service ", "payments ", "view "}));
  check_one_table(up);
  REQUIRE(up.shows("0  ended by signal 9"));

  up.type("\x03");  // Ctrl-C reaches zooid only: it is the service that ends later.
  CHECK(up.wait() == "exit code 0");
  check_one_table(up);
  const std::vector<std::string> at_end = up.screen().lines();
  CHECK(find(at_end, "view: stopped") < find(at_end, "payments: stopped"));
  CHECK(up.text().find("\x1b[3") == std::string::npos);  // NO_COLOR is set.
}

TEST_CASE("the table of zooid up fits a terminal that was made smaller", "[integration][up]") {
  const scratch_folder folder;
  terminal_process up("zooid", {"up", folder.write("topology.toml", shop)});
  REQUIRE(up.shows("shop: 2 of 2 ready"));
  up.resize(40, 4);
  REQUIRE(up.shows("shop: ", {"... 2 more"}));  // Of four rows the last one stays free.
  const std::vector<std::string> lines = up.screen().lines();
  const std::size_t title = find(lines, "shop: ");
  REQUIRE(title < lines.size());
  CHECK(lines[title + 1].starts_with("service "));
  CHECK(lines[title + 1].ends_with("…"));
  up.type("\x03");
  CHECK(up.wait() == "exit code 0");
}

TEST_CASE("zooid up shows colours on a terminal, and cleans what services write there", "[integration][up]") {
  const scratch_folder folder;
  terminal_process up("zooid",
                      {"up", folder.write("topology.toml", "name = \"shop\"\nuntil = \"rude\"\n" +
                                                               script("rude", R"(printf "a\033[2Jb\tc\n")"))},
                      true);
  CHECK(up.wait() == "exit code 0");
  CHECK(up.text().find("\x1b[36mrude |\x1b[0m a?[2Jb") != std::string::npos);
}

TEST_CASE("a terminal that is stopped does not stop what zooid up does for its services", "[integration][up]") {
  const scratch_folder folder;
  const std::string births = make_fifo(folder / "births");
  const auto next_birth = [&] {
    pid_t pid = 0;
    std::ifstream(births) >> pid;
    return pid;
  };
  terminal_process up(
      "zooid", {"up", folder.write("topology.toml",
                                   "name = \"shop\"\n" + script("noisy", "echo $$ > " + births + "; exec yes"))});
  const pid_t first = next_birth();
  REQUIRE(up.shows("noisy | y"));
  up.type("\x13");  // Ctrl-S
  REQUIRE(::kill(first, SIGKILL) == 0);
  CHECK(next_birth() > 0);
  up.type("\x11\x03");  // Ctrl-Q, Ctrl-C
  CHECK(up.wait() == "exit code 0");
}
