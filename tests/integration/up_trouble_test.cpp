// SPDX-License-Identifier: Apache-2.0
// `zooid up` with services, and users, that make trouble.
#include "tool.hpp"
#include "up_topology.hpp"

#include <csignal>
#include <string>

#include <sys/stat.h>

namespace {

std::string script(const std::string& name, const std::string& text, const std::string& more = {}) {
  return "[service." + name + "]\ncommand = \"sh\"\narguments = [\"-c\", '''" + text + "''']\n" + more + "\n";
}

constexpr auto with_endpoint = "endpoint = \"tcp://127.0.0.1:0\"\n";

}  // namespace

TEST_CASE("zooid up gives up on a service that cannot be executed", "[integration][up]") {
  const temporary_folder outside;
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
                 script("early", "exit " + code, std::string(with_endpoint) + "restarts = 1\nbackoff = \"1ms\""));
  CHECK(up.end() == "exit code 1");
  const std::string how = "ended, exit code " + code + (code == "0" ? " before it was ready" : "");
  up.check_order({"zooid | early: " + how + "; restarting in 1 ms (1 of 1)",
                  "zooid | early: failed for good: " + how + "; restarted once within 1 min"});
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
  const temporary_folder outside;
  const std::string gate = outside / "gate";
  REQUIRE(::mkfifo(gate.c_str(), 0600) == 0);
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
  const temporary_folder folder;
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
