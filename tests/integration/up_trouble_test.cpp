// SPDX-License-Identifier: Apache-2.0
// `zooid up` with services, and users, that make trouble.
#include "keys_by_tool.hpp"
#include "scratch_folder.hpp"
#include "tool.hpp"
#include "up_services.hpp"
#include "up_topology.hpp"

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace {

constexpr auto well = "exit code 0";
constexpr auto with_endpoint = "endpoint = \"tcp://127.0.0.1:0\"\n";

}  // namespace

TEST_CASE("zooid up gives up on a service that cannot be executed", "[integration][up]") {
  const scratch_folder outside;
  const std::string broken = outside.write("broken", "#!/no/such/interpreter\n");
  REQUIRE(::chmod(broken.c_str(), 0700) == 0);
  up_topology up("name = \"shop\"\n" + script("fine", "exec sleep 1000") + "[service.broken]\ncommand = \"" + broken +
                 "\"\nneeds = [\"fine\"]\n");
  CHECK(up.end() == "exit code 1");
  up.check_order({"zooid | fine: ready",
                  "zooid | broken: failed for good: cannot be started: " + broken + ": No such file or directory",
                  "zooid | broken has failed: stopping the others", "zooid | fine: stopped"});
  CHECK_THAT(up.process.errors(), has("the service broken failed: cannot be started: " + broken));
}

TEST_CASE("a service that ends before it is ready is restarted, too", "[integration][up]") {
  const std::string code = GENERATE("0", "7");
  up_topology up("name = \"shop\"\n" +
                 script("early", "exit " + code, std::string(with_endpoint) + "restarts = 1\nbackoff = \"1ms\"") +
                 script("other", "exec sleep 1000", "needs = [\"early\"]"));
  CHECK(up.end() == "exit code 1");
  const std::string how = "ended, exit code " + code + (code == "0" ? " before it was ready" : "");
  up.check_order({"zooid | early: " + how + "; restarting in 1 ms (1 of 1)",
                  "zooid | early: failed for good: " + how + "; restarted once within 1 min"});
}

TEST_CASE("a job that ends with 0 before it is ready is done, if no other service needs it", "[integration][up]") {
  const std::string until = GENERATE("", "until = \"job\"\n");
  up_topology up("name = \"shop\"\n" + until + script("job", "exit 0", with_endpoint));
  CHECK(up.end() == "exit code 0");
  INFO(up.all());
  CHECK(up.count("zooid | job: ended, exit code 0") == 1);
  CHECK(up.count("job: started") == 1);
}

TEST_CASE("a service that fails while all are being stopped makes zooid up fail", "[integration][up]") {
  const scratch_folder outside;
  const std::string gate = make_fifo(outside / "gate");
  const std::string hold = make_fifo(outside / "hold");
  up_topology up("name = \"shop\"\ndrain = \"60m\"\n" +
                 script("fragile", "read word < " + gate + "; exit 3", "restart = \"never\"") +
                 script("slow", until_told("echo go > " + gate + "; read word < " + hold), "needs = [\"fragile\"]"));
  REQUIRE(!up.read_to("slow | here").empty());
  up.process.kill(SIGTERM);
  REQUIRE(!up.read_to("fragile: failed for good: ended, exit code 3").empty());
  std::ofstream(hold) << "go\n";
  CHECK(up.end() == "exit code 1");
  CHECK(up.process.errors() == "zooid: the service fragile failed: ended, exit code 3\n");
}

TEST_CASE("what a service needs goes on while it pauses, and others still need it", "[integration][up]") {
  const scratch_folder outside;
  const std::string gate = make_fifo(outside / "gate");
  const std::string hold = make_fifo(outside / "hold");
  up_topology up("name = \"shop\"\ndrain = \"60m\"\n" + script("ledger", until_told("echo leaving")) +
                 script("payments", "read word < " + gate + "; exit 3", "needs = [\"ledger\"]\nbackoff = \"60m\"") +
                 script("view", until_told("echo leaving; read word < " + hold), "needs = [\"payments\"]"));
  REQUIRE(up.reads_all({"ledger | here", "view | here"}));
  std::ofstream(gate) << "go\n";
  REQUIRE(!up.read_to("payments: ended, exit code 3; restarting in 60 min").empty());
  up.process.kill(SIGTERM);
  REQUIRE(!up.read_to("view | leaving").empty());
  std::ofstream(hold) << "go\n";
  CHECK(up.end() == "exit code 0");
  up.check_order({"zooid | view: stopped", "ledger | leaving", "zooid | ledger: stopped"});
}

TEST_CASE("a restart waits until what the service needs is ready again", "[integration][up]") {
  const scratch_folder outside;
  const std::string ledger_gate = make_fifo(outside / "ledger");
  const std::string view_gate = make_fifo(outside / "view");
  const std::string slowly = "read word < " + ledger_gate + "; exec " ZOOID_BIN_DIR "/hello_server {ledger}";
  up_topology up("name = \"shop\"\n" + script("ledger", slowly, std::string(with_endpoint) + "backoff = \"1ms\"") +
                 script("view", "read word < " + view_gate + "; exit 3", "needs = [\"ledger\"]\nbackoff = \"1ms\""));
  const pid_t ledger = up.pid_of_start("ledger");
  std::ofstream(ledger_gate) << "go\n";
  REQUIRE(!up.read_to("view: started").empty());
  REQUIRE(::kill(ledger, SIGKILL) == 0);
  REQUIRE(!up.read_to("ledger: started").empty());
  std::ofstream(view_gate) << "go\n";
  REQUIRE(!up.read_to("view: ended, exit code 3; restarting in 1 ms").empty());
  std::ofstream(ledger_gate) << "go\n";
  REQUIRE(!up.read_to("view: started").empty());
  CHECK(up.count("ledger: ready") == 2);
  up.process.kill(SIGTERM);
  CHECK(up.end() == "exit code 0");
}

TEST_CASE("zooid up goes on after a signal that was ignored when it was started", "[integration][up]") {
  const scratch_folder folder;
  const std::string gate = make_fifo(folder / "gate");
  const std::string file = folder.write(
      "topology.toml", "name = \"shop\"\nuntil = \"job\"\n" + script("job", "echo here; read word < " + gate));
  child_process up("/bin/sh", {"-c", "trap '' HUP; exec " ZOOID_BIN_DIR "/zooid up " + file});  // As nohup does.
  REQUIRE(up.read_line_with("job | here"));
  up.kill(SIGHUP);
  std::ofstream(gate) << "go\n";
  CHECK(up.read_line_with("job has finished"));
  CHECK(up.wait() == "exit code 0");
}

TEST_CASE("with keys, zooid up asks without them where the allow-list names nobody", "[integration][up]") {
  const scratch_folder keys;
  for (const std::string name : {"node", "operator"}) make_key(keys / name);
  REQUIRE(allow_key(keys / "let_in", keys / "operator", "operator").status == well);
  REQUIRE(allow_key(keys / "found", keys / "node", "node", {keys / "socket"}).status == well);
  up_topology up("name = \"shop\"\n[service.open]\ncommand = \"tool_node\"\narguments = [\"{open}\"]\n" +
                     std::string(with_endpoint) +
                     "[service.keyed]\ncommand = \"tool_node\"\narguments = [\"{keyed}\", \"keys\", \"" +
                     (keys / "node.key") + "\", \"" + (keys / "let_in") + "\"]\nendpoint = \"ipc://" +
                     (keys / "socket") + "\"\n",
                 {"--key", keys / "operator.key", "--allowed", keys / "found"});
  CHECK(up.reads_all({"zooid | open: ready", "zooid | keyed: ready"}));
  up.process.kill(SIGTERM);
  CHECK(up.end() == well);
  CHECK(up.process.errors().empty());
}

TEST_CASE("zooid up gives up on a service that does not become ready", "[integration][up]") {
  up_topology up("name = \"shop\"\nready = \"50ms\"\n" + script("mute", "exec sleep 1000", with_endpoint) +
                 script("never", "echo never", "needs = [\"mute\"]"));
  CHECK(up.end() == "exit code 1");
  CHECK_THAT(up.process.errors(), has("the service mute failed: not ready within 50 ms: nothing listens at tcp://"));
  CHECK(up.count("zooid | mute: stopped") == 1);
  CHECK(up.count("never") == 0);
}

TEST_CASE("zooid up says at once that a node without a door does not become ready", "[integration][up]") {
  up_topology up(
      "name = \"shop\"\nready = \"60m\"\n[service.closed]\ncommand = \"tool_node\"\narguments = [\"{closed}\", "
      "\"nodoor\"]\n" +
      std::string(with_endpoint));
  CHECK(up.end() == "exit code 1");
  CHECK_THAT(up.process.errors(),
             has("the service closed failed: never ready: incompatible: ") && has("node_options::door"));
}

TEST_CASE("what a service leaves running ends with it", "[integration][up]") {
  const scratch_folder outside;
  const std::string gate = make_fifo(outside / "gate");
  up_topology up("name = \"shop\"\nuntil = \"parent\"\n" +
                 script("parent", "sleep 1000 & echo child $!; read word < " + gate));
  const std::string line = up.read_to("parent | child ");
  const process_end child(std::stoi(line.substr(line.rfind(' '))));
  std::ofstream(gate) << "go\n";
  CHECK(up.end() == "exit code 0");
  CHECK(child.comes());
}

TEST_CASE("zooid up does not wait for who has left a service and keeps its output", "[integration][up]") {
  up_topology up("name = \"shop\"\nuntil = \"parent\"\n" +
                 script("parent", "setsid sleep 1000 & echo child $!; exec true"));
  const std::string line = up.read_to("parent | child ");
  const pid_t child = std::stoi(line.substr(line.rfind(' ')));
  CHECK(up.end() == "exit code 0");
  ::kill(child, SIGKILL);
}

TEST_CASE("services die with zooid up, even when that is killed", "[integration][up]") {
  up_topology up("name = \"shop\"\n" + script("deaf", "trap '' TERM HUP INT; echo here; while :; do sleep 1000; done"));
  const process_end deaf(up.pid_of_start("deaf"));
  REQUIRE(!up.read_to("deaf | here").empty());
  up.process.kill(SIGKILL);
  CHECK(deaf.comes());
}

TEST_CASE("a service may close its output", "[integration][up]") {
  up_topology up("name = \"shop\"\n" + script("quiet", "echo here; exec >&- 2>&-; exec sleep 1000"));
  REQUIRE(!up.read_to("quiet | here").empty());
  up.process.kill(SIGINT);
  CHECK(up.end() == "exit code 0");
  CHECK(up.count("zooid | quiet: stopped") == 1);
}

TEST_CASE("zooid up stops its services when nobody reads its output any more", "[integration][up]") {
  const std::string text = GENERATE("exec sleep 1000", "while :; do echo still here; done");
  const scratch_folder folder;
  const std::string file = folder.write("topology.toml", "name = \"shop\"\n" + script("talker", text));
  child_process shell("/bin/sh",
                      {"-c", "{ " ZOOID_BIN_DIR "/zooid up " + file + "; echo code $? >&2; } | head -n 2; exit 0"});
  const auto line = shell.read_line_with("talker: started, pid ");
  REQUIRE(line);
  const process_end talker(std::stoi(line->substr(line->rfind(' '))));
  CHECK(shell.wait() == "exit code 0");
  CHECK(talker.comes());
  CHECK_THAT(shell.errors(), has("the output could not be written") && has("code 4"));
}
