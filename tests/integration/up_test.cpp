// SPDX-License-Identifier: Apache-2.0
// `zooid up` with plain lines. up_terminal_test.cpp has the table.
#include "scratch_folder.hpp"
#include "tool.hpp"
#include "up_services.hpp"
#include "up_topology.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr auto well = "exit code 0";
constexpr auto failed = "exit code 1";

/// Says when it is told to end.
std::string polite(const std::string& name, const std::string& more = {}) {
  return script(name, until_told("echo leaving"), more);
}

}  // namespace

TEST_CASE("zooid up starts services in the order of need, each when those before are ready", "[integration][up]") {
  const scratch_folder outside;
  const std::string gate = make_fifo(outside / "gate");
  const std::string slowly = "read word < " + gate + "; exec " ZOOID_BIN_DIR "/hello_server {ledger}";
  up_topology up("name = \"shop\"\n" + polite("view", "needs = [\"payments\"]") +
                 greeter("payments", "needs = [\"ledger\"]") +
                 script("ledger", slowly, "endpoint = \"tcp://127.0.0.1:0\""));
  REQUIRE(!up.read_to("ledger: started").empty());
  std::ofstream(gate) << "go\n";
  REQUIRE(!up.read_to("view | here").empty());
  up.process.kill(SIGTERM);
  CHECK(up.end() == well);
  INFO(up.all());
  up.check_order({"zooid | ledger: started, pid ", "ledger | listening at tcp://127.0.0.1:", "zooid | ledger: ready",
                  "zooid | payments: started, pid ", "payments | listening at ", "zooid | payments: ready",
                  "zooid | view: started, pid ", "zooid | view: ready", "zooid | interrupted", "zooid | view: stopped",
                  "zooid | payments: stopped", "zooid | ledger: stopped"});
  CHECK(up.process.errors().empty());
}

TEST_CASE("zooid up restarts what was killed, at the same endpoint", "[integration][up]") {
  up_topology up("name = \"shop\"\n" + greeter("payments"));
  const std::string at = up.read_to("payments: will listen at ");
  const std::string endpoint = at.substr(at.find("tcp://"));
  for (const std::string pause : {"100 ms (1 of 10)", "200 ms (2 of 10)", "400 ms (3 of 10)"}) {
    const pid_t pid = up.pid_of_start("payments");
    REQUIRE(!up.read_to("zooid | payments: ready").empty());
    CHECK(run_tool({"ping", endpoint}).status == well);
    REQUIRE(::kill(pid, SIGKILL) == 0);
    CHECK(up.read_to("payments: ended") == "zooid | payments: ended by signal 9; restarting in " + pause);
  }
  REQUIRE(!up.read_to("zooid | payments: ready").empty());
  CHECK(run_tool({"call", endpoint + "/greeter", "Greet", R"({"name":"Ada"})"}).output ==
        "\"hello, Ada, for the 1. time\"\n");
  up.process.kill(SIGINT);
  CHECK(up.end() == well);
  CHECK(up.count("payments: started") == 4);
}

TEST_CASE("zooid up ends with 1 when a service was restarted too often", "[integration][up]") {
  const bool is_until = GENERATE(false, true);
  up_topology up(std::string("name = \"shop\"\n") + (is_until ? "until = \"crasher\"\n" : "") + polite("ledger") +
                 script("crasher", "echo trying; echo no luck >&2; exit 3",
                        "needs = [\"ledger\"]\nrestarts = 2\nbackoff = \"1ms\""));
  CHECK(up.end() == failed);
  INFO(up.all());
  CHECK(up.count("crasher | trying") == 3);
  CHECK(up.count("crasher | no luck") == 3);
  up.check_order({"zooid | crasher: ended, exit code 3; restarting in 1 ms (1 of 2)",
                  "zooid | crasher: ended, exit code 3; restarting in 2 ms (2 of 2)",
                  "zooid | crasher: failed for good: ended, exit code 3; restarted 2 times within 1 min",
                  "zooid | crasher has failed: stopping the others", "zooid | ledger: stopped"});
  CHECK(up.process.errors() ==
        "zooid: the service crasher failed: ended, exit code 3; restarted 2 times within 1 min\n");
}

TEST_CASE("zooid up ends when the service ends that it is for, the others in reverse order", "[integration][up]") {
  const scratch_folder outside;
  const std::string gate = make_fifo(outside / "gate");
  up_topology up("name = \"shop\"\nuntil = \"job\"\n" + script("job", "read word < " + gate, "needs = [\"shop\"]") +
                 polite("ledger") + polite("shop", "needs = [\"ledger\"]"));
  REQUIRE(up.reads_all({"ledger | here", "shop | here"}));
  std::ofstream(gate) << "go\n";
  CHECK(up.end() == well);
  up.check_order({"zooid | job: ended, exit code 0", "zooid | job has finished: stopping the others", "shop | leaving",
                  "ledger | leaving", "zooid | ledger: stopped"});
  up.check_order({"zooid | shop: stopped", "ledger | leaving"});
}

TEST_CASE("zooid up ends when all services have ended well", "[integration][up]") {
  up_topology up("name = \"shop\"\n" + script("first", "echo one", "restart = \"never\"") +
                 script("second", "echo two", "needs = [\"first\"]"));
  CHECK(up.end() == well);
  up.check_order({"first | one", "zooid | first: ended, exit code 0"});
  up.check_order(
      {"zooid | first: ready", "zooid | second: started", "second | two", "zooid | second: ended, exit code 0"});
}

TEST_CASE("zooid up stops its services in reverse order when it is told to, and ends with 0", "[integration][up]") {
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  up_topology up("name = \"shop\"\n" + polite("a") + polite("b", "needs = [\"a\"]") + polite("c", "needs = [\"b\"]"));
  REQUIRE(up.reads_all({"a | here", "b | here", "c | here"}));
  up.process.kill(signal);
  CHECK(up.end() == well);
  up.check_order({"zooid | interrupted: stopping all services", "zooid | c: stopped", "b | leaving",
                  "zooid | b: stopped", "a | leaving", "zooid | a: stopped"});
  CHECK(up.count("c | leaving") == 1);
  CHECK(up.process.errors().empty());
}

TEST_CASE("a second Ctrl-C kills the services that zooid up waits for", "[integration][up]") {
  up_topology up("name = \"shop\"\ndrain = \"60m\"\n" +
                 script("deaf", "trap '' TERM; echo here; while :; do sleep 1000; done", "needs = [\"ledger\"]") +
                 polite("ledger"));
  const process_end deaf(up.pid_of_start("deaf"));
  REQUIRE(!up.read_to("deaf | here").empty());
  up.process.kill(SIGINT);
  REQUIRE(!up.read_to("interrupted: stopping all services; once more kills them").empty());
  for (int i = 0; i < 1'000 && up.process.wait(std::chrono::milliseconds(20)) == "still running"; ++i) {
    up.process.kill(SIGINT);  // One that follows the first at once is taken for the same.
  }
  CHECK(up.end() == failed);
  CHECK(deaf.comes());
  CHECK_THAT(up.process.errors(), has("interrupted twice: killed deaf, ledger"));
}

TEST_CASE("zooid up kills a service that does not end in time", "[integration][up]") {
  up_topology up("name = \"shop\"\ndrain = \"20ms\"\n" +
                 script("deaf", "trap '' TERM; echo here; while :; do sleep 1000; done"));
  REQUIRE(!up.read_to("deaf | here").empty());
  up.process.kill(SIGINT);
  CHECK(up.end() == well);
  up.check_order({"zooid | deaf: did not end within 20 ms; killed", "zooid | deaf: stopped"});
}

TEST_CASE("zooid up starts nothing when the file is wrong", "[integration][up]") {
  const scratch_folder outside;
  up_topology up("name = \"shop\"\n" + script("job", "touch " + (outside / "started")) +
                 script("other", "true", "argments = []"));
  CHECK(up.end() == "exit code 2");
  CHECK(up.lines.empty());
  CHECK_THAT(up.process.errors(), has("unknown key \"argments\"") && has("topology.toml:9:1: "));
  CHECK(!std::filesystem::exists(outside / "started"));
}

TEST_CASE("zooid up prints all that its services write, line by line", "[integration][up]") {
  up_topology up("name = \"shop\"\nuntil = \"noisy\"\n" +
                 script("noisy", "seq 1 100000; seq 1 1000 >&2; printf 'no end'") +
                 script("other", "seq 1 50000; exec sleep 1000"));
  CHECK(up.end() == well);
  CHECK(up.count("noisy | ") == 101'001);
  CHECK(up.count("other | ") <= 50'000);
  std::size_t next = 1;
  for (const std::string& each : up.lines) {
    if (each == "noisy | " + std::to_string(next)) ++next;
  }
  CHECK(next == 100'001);
  up.check_order({"noisy | no end", "zooid | noisy: ended, exit code 0"});
}

TEST_CASE("zooid up passes on long lines in pieces, and bytes that are no text", "[integration][up]") {
  up_topology up("name = \"shop\"\nuntil = \"odd\"\n" +
                 script("odd", "head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\0b\\200c\\n'"));
  CHECK(up.end() == well);
  std::size_t letters = 0;
  for (const std::string& each : up.lines) {
    if (each.starts_with("odd | x")) letters += each.size() - std::string("odd | ").size();
  }
  CHECK(letters == 100'000);
  CHECK(up.count(std::string("odd | a\0b\x80"
                             "c",
                             11)) == 1);
}
