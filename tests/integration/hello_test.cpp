// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include "catch.hpp"

#include <csignal>
#include <string>

namespace {

std::string endpoint_of(child_process& server) {
  constexpr std::string_view before = "listening at ";
  const auto line = server.read_line();
  REQUIRE(line);
  REQUIRE(line->starts_with(before));
  return line->substr(before.size());
}

}  // namespace

TEST_CASE("hello greets the world within one process", "[integration][hello]") {
  child_process hello("hello");
  CHECK(hello.wait() == "exit code 0");
  CHECK(hello.output() == "hello, world\n");
}

TEST_CASE("a hello server answers clients of other processes until its input ends", "[integration][hello]") {
  child_process server("hello_server", {"tcp://127.0.0.1:0"});
  const std::string endpoint = endpoint_of(server);

  child_process first("hello_client", {endpoint});
  CHECK(first.wait() == "exit code 0");
  CHECK(first.output() == "hello, world, for the 1. time\n");
  child_process second("hello_client", {endpoint, "Ada"});
  CHECK(second.wait() == "exit code 0");
  CHECK(second.output() == "hello, Ada, for the 2. time\n");

  server.close_input();
  CHECK(server.wait() == "exit code 0");
}

TEST_CASE("a hello server ends on SIGINT and on SIGTERM", "[integration][hello]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  child_process server("hello_server", {"tcp://127.0.0.1:0"});
  static_cast<void>(endpoint_of(server));
  server.kill(signal);
  CHECK(server.wait() == "exit code 0");
}

TEST_CASE("a hello client without a server says so and fails", "[integration][hello]") {
  std::string endpoint;
  {
    child_process server("hello_server", {"tcp://127.0.0.1:0"});
    endpoint = endpoint_of(server);
  }
  child_process client("hello_client", {endpoint});
  CHECK(client.wait() == "exit code 1");
  CHECK(client.output().empty());
  CHECK_THAT(client.errors(), Catch::Matchers::Contains("no greeting from " + endpoint + ": unreachable"));
}

TEST_CASE("a malformed address is an error of a hello client's at once", "[integration][hello]") {
  child_process client("hello_client", {"nonsense"});
  CHECK(client.wait() == "exit code 1");
  CHECK_THAT(client.errors(), Catch::Matchers::Contains("malformed_address"));
}

TEST_CASE("two hello servers cannot have one address", "[integration][hello]") {
  child_process first("hello_server", {"tcp://127.0.0.1:0"});
  child_process second("hello_server", {endpoint_of(first)});
  CHECK(second.wait() == "exit code 1");
  CHECK_THAT(second.errors(), Catch::Matchers::Contains("address_in_use"));
}
