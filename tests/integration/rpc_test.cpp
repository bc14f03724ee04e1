// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include "catch.hpp"

#include <string>

TEST_CASE("rpc calls an object through its interface and shows errors", "[integration][rpc]") {
  child_process rpc("rpc");
  CHECK(rpc.wait() == "exit code 0");
  CHECK(rpc.errors().empty());
  CHECK_THAT(rpc.output(), Catch::Matchers::StartsWith("send message rpc 测试用例\n"
                                                       "2 + 3 = 5\n"
                                                       "failed: divide of calculator threw: division by zero\n"
                                                       "no_such_service: "));
  CHECK_THAT(rpc.output(), Catch::Matchers::Contains("no service \"abacus\" runs on tcp://127.0.0.1:"));
}

TEST_CASE("rpc shows the steps of a call, one after the other", "[integration][rpc]") {
  child_process rpc("rpc", {"--trace"});
  CHECK(rpc.wait() == "exit code 0");
  CHECK(rpc.errors().empty());
  const std::string& shown = rpc.output();
  std::size_t at = 0;
  for (const char* const step :
       {"\nstub ", "send{arguments: tuple<string>} -> string", "contract \"calculator\"", "\nmarshalling ", "21 bytes",
        "11 00 00 00 10 72 70 63 20", "\ntransport ", "sent 1, the server received 1", "\ndispatch ",
        "it got \"rpc 测试用例\"", "\nreply ", "30 bytes; sent 1, the client received 1",
        "the caller has \"send message rpc 测试用例\""}) {
    INFO(step << " in\n" << shown);
    const std::size_t found = shown.find(step, at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
}

TEST_CASE("rpc tells who starts it wrongly how to do it", "[integration][rpc]") {
  child_process rpc("rpc", {"--nonsense"});
  CHECK(rpc.wait() == "exit code 2");
  CHECK_THAT(rpc.errors(), Catch::Matchers::Contains("usage: rpc [--trace]"));
}
