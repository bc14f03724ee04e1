// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include "catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

// Programs in other languages, with their own ZeroMQ libraries, ask a hello server.

namespace {

constexpr const char* python = "/usr/bin/python3";
const std::string modules = ZOOID_FOREIGN_MODULES;
const std::string sources = ZOOID_SOURCE_DIR;

/// A tool that is missing is an error where everything is checked; elsewhere the test says so and does nothing.
bool found(bool there, const std::string& what) {
  if (there) return true;
  if (std::getenv("CI") != nullptr) FAIL(what);
  WARN("NOT TESTED: " << what);
  return false;
}

bool has_python() {
  const bool there =
      std::filesystem::exists(python) && child_process(python, {"-c", "import zmq"}).wait() == "exit code 0";
  return found(there, "/usr/bin/python3 with zmq is missing: install Debian's python3-zmq");
}

bool has_node() {
  if (!found(child_process("/usr/bin/env", {"node", "--version"}).wait() == "exit code 0",
             "Node.js is missing: install nodejs and npm, and build again")) {
    return false;
  }
  return found(std::filesystem::exists(modules + "/zeromq"),
               "npm's zeromq is missing: the build could not install it with `npm ci` into " + modules);
}

class hello_server {
 public:
  [[nodiscard]] std::string endpoint() {
    constexpr std::string_view before = "listening at ";
    const auto line = process_.read_line();
    REQUIRE(line);
    REQUIRE(line->starts_with(before));
    return line->substr(before.size());
  }

 private:
  child_process process_{"hello_server", {"tcp://127.0.0.1:0"}};
};

void check(child_process& program) {
  const std::string end = program.wait();
  INFO(program.errors());
  CHECK(end == "exit code 0");
  CHECK(program.output() == "all as expected\n");
}

}  // namespace

TEST_CASE("a Python program calls services by REQ and DEALER", "[integration][foreign]") {
  if (!has_python()) return;
  hello_server server;
  child_process program(python, {sources + "/tests/foreign/ask.py", server.endpoint()});
  check(program);
}

TEST_CASE("a Node.js program calls services by REQ and DEALER", "[integration][foreign]") {
  if (!has_node()) return;
  hello_server server;
  child_process program("/usr/bin/env",
                        {"NODE_PATH=" + modules, "node", sources + "/tests/foreign/ask.js", server.endpoint()});
  check(program);
}

TEST_CASE("the Python example hears who is greeted", "[integration][foreign]") {
  if (!has_python()) return;
  hello_server server;
  const std::string endpoint = server.endpoint();
  child_process listener(python, {sources + "/examples/python/listener.py", endpoint, "2"});
  REQUIRE(listener.read_line() == "listening");
  for (const std::string name : {"Ada", "Bob"}) {
    child_process greeted(python, {sources + "/examples/python/client.py", endpoint, name});
    REQUIRE(greeted.wait() == "exit code 0");
  }
  const std::string end = listener.wait();
  INFO(listener.errors());
  CHECK(end == "exit code 0");
  CHECK(listener.output() == "Ada was greeted\nBob was greeted\n");
}

TEST_CASE("the Python example greets, and prints an error in words", "[integration][foreign]") {
  if (!has_python()) return;
  hello_server server;
  child_process program(python, {sources + "/examples/python/client.py", server.endpoint(), "Ada"});
  const std::string end = program.wait();
  INFO(program.errors());
  CHECK(end == "exit code 0");
  CHECK(program.output() == "hello, Ada, for the 1. time\nmalformed: Greet.name: expected a string, not 42\n");
}
