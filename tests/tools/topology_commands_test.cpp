// SPDX-License-Identifier: Apache-2.0
// `zooid check` and `zooid graph`, as their user meets them.
#include "integration/tool.hpp"
#include "run_file.hpp"
#include "topology_file.hpp"

#include <csignal>
#include <cstdlib>
#include <iterator>

namespace {

constexpr const char* shop =
    "name = \"shop\"\n"
    "[variables]\nport = \"0\"\n"
    "[service.gateway]\ncommand = \"true\"\nneeds = [\"store\"]\ncalls = [\"store\"]\n"
    "[service.store]\ncommand = \"true\"\nendpoint = \"tcp://127.0.0.1:{port}\"\n";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream from(file);
  return {std::istreambuf_iterator<char>(from), {}};
}

}  // namespace

TEST_CASE("zooid check says that a file is fine, and in which order it starts", "[topology][tool]") {
  const topology_file file(shop);
  const tool_run done = run_tool({"check", file.path()});
  CHECK(done.errors.empty());
  CHECK(done.status == "exit code 0");
  CHECK(done.output == file.path() + ": no errors; shop has 2 services, which start in this order: store; gateway\n");
}

TEST_CASE("zooid check says what is wrong with a file, a line each, and ends with 2", "[topology][tool]") {
  const topology_file file("name = \"shop\"\n[service.store]\ncomand = \"true\"\n");
  const tool_run done = run_tool({"check", file.path()});
  CHECK(done.output.empty());
  CHECK(done.status == "exit code 2");
  CHECK(done.errors == "zooid: " + file.path() + ": 2 errors\n" + file.path() +
                           ":2:10: no \"command\" in service \"store\": the program that it runs\n" + file.path() +
                           ":3:1: unknown key \"comand\" in service \"store\"; did you mean \"command\"?\n");
}

TEST_CASE("zooid check reads a pipe, too", "[topology][tool]") {
  const topology_file file(shop);
  child_process shell("/bin/sh", {"-c", "cat " + file.path() + " | " ZOOID_BIN_DIR "/zooid check /dev/stdin"});
  CHECK(shell.wait() == "exit code 0");
  CHECK(shell.errors().empty());
  CHECK_THAT(shell.output(), has("/dev/stdin: no errors; shop has 2 services"));
}

TEST_CASE("zooid check takes values for variables", "[topology][tool]") {
  const topology_file file(shop);
  const tool_run done = run_tool({"check", file.path(), "--set", "port=x"});
  CHECK(done.status == "exit code 2");
  CHECK_THAT(done.errors, has(":10:12: malformed endpoint \"tcp://127.0.0.1:x\" of service \"store\""));
  CHECK(run_tool({"check", "--set", "port=0", file.path()}).status == "exit code 0");
  CHECK_THAT(run_tool({"check", file.path(), "--set", "port"}).errors, has("--set port: expected NAME=VALUE"));
}

TEST_CASE("zooid graph draws beside the file, where it is told, or to standard output", "[topology][tool]") {
  const topology_file file(shop);
  const std::filesystem::path beside = file.folder() / "topology.svg";
  tool_run done = run_tool({"graph", file.path()});
  CHECK(done.status == "exit code 0");
  CHECK(done.output == "drawn: " + beside.string() + "\n");
  const std::string drawn = text_of(beside);
  CHECK_THAT(drawn, has("<svg ") && has(">gateway<") && has(">store<") && has(">tcp://127.0.0.1, any port<"));

  const std::filesystem::path there = file.folder() / "there.svg";
  CHECK(run_tool({"graph", file.path(), "-o", there.string()}).status == "exit code 0");
  CHECK(text_of(there) == drawn);
  CHECK(run_tool({"graph", file.path(), "-o", "-"}).output == drawn);

  done = run_tool({"graph", file.path(), "-o", "/no/such/folder/a.svg"});
  CHECK(done.status == "exit code 4");
  CHECK_THAT(done.errors, has("could not be written to /no/such/folder/a.svg: No such file or directory"));
}

TEST_CASE("zooid graph --live shows the rates of what runs", "[topology][tool]") {
  const topology_file file(shop);
  ::setenv("XDG_RUNTIME_DIR", file.folder().c_str(), 1);
  tool_run done = run_tool({"graph", file.path(), "--live"});
  CHECK(done.status == "exit code 3");
  CHECK_THAT(done.errors, has("no `zooid up` of yours runs " + file.path()));

  child_process node("tool_node", {"tcp://127.0.0.1:0"});
  const auto line = node.read_line_with("listening at ");
  REQUIRE(line);
  const std::string endpoint = line->substr(std::string_view("listening at ").size());
  const run_file running({"shop", file.path(), 4711, {{"store", endpoint}}});
  done = run_tool({"graph", file.path(), "-o", "-", "--live", "--interval", "0.05"});
  CHECK(done.errors.empty());
  CHECK(done.status == "exit code 0");
  CHECK_THAT(done.output, has(">" + endpoint + "<") && has(">0/s<") && has("process 4711"));

  node.kill(SIGKILL);
  static_cast<void>(node.wait());
  done = run_tool({"graph", file.path(), "-o", "-", "--live", "--interval", "0", "--timeout", "1"});
  CHECK(done.status == "exit code 0");
  CHECK_THAT(done.output, has(">not reached<"));
  ::unsetenv("XDG_RUNTIME_DIR");
}
