// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"
#include "process.hpp"

#include <memory>
#include <optional>
#include <string>

// Programs that were built from two versions of one header.

namespace {

/// A server, and where it listens. Binding an address that was just given up may take a few attempts.
struct server {
  explicit server(const std::string& program, const std::string& at = "tcp://127.0.0.1:0") {
    for (int attempt = 0; attempt < 20 && endpoint.empty(); ++attempt) {
      process = std::make_unique<child_process>(program, std::vector<std::string>{"serve", at});
      const std::optional<std::string> line = process->read_line();
      const std::string listening = "listening at ";
      if (line && line->starts_with(listening)) endpoint = line->substr(listening.size());
    }
    REQUIRE(!endpoint.empty());
  }
  void stop() {
    process->close_input();
    CHECK(process->wait() == "exit code 0");
  }

  std::unique_ptr<child_process> process;
  std::string endpoint;
};

void check_answers(const std::string& client, server& of, const std::string& place, const std::string& quote,
                   const std::string& special) {
  child_process asking(client, {"ask", of.endpoint});
  CHECK(asking.read_line() == "place: " + place);
  CHECK(asking.read_line() == "quote: " + quote);
  CHECK(asking.read_line() == "special: " + special);
  CHECK(asking.wait() == "exit code 0");
}

}  // namespace

TEST_CASE("programs of two versions work together where they fit, and say where they do not", "[versions]") {
  server old_one("orders_v1");
  const std::string at_old = "\"orders\" on " + old_one.endpoint;
  check_answers("orders_v1", old_one, "total 42, served by 1", "15", "9");
  check_answers("orders_v2", old_one, "total EUR 42, served by 1",
                "incompatible: " + at_old + " knows Quote differently: Quote.article: int64 here, int32 there",
                "no_such_message: " + at_old + " does not know the message Refund");
  old_one.stop();

  server new_one("orders_v2");
  const std::string at_new = "\"orders\" on " + new_one.endpoint;
  check_answers("orders_v2", new_one, "total CHF 39, served by 2", "15", "9");
  check_answers("orders_v1", new_one, "total 42, served by 2",
                "incompatible: " + at_new + " knows Quote differently: Quote.article: int32 here, int64 there",
                "no_such_message: " + at_new + " does not know the message Cancel");
  new_one.stop();
}

TEST_CASE("a server is replaced by one of another version while clients of both go on, and nothing wrong is received",
          "[versions]") {
  auto serving = std::make_unique<server>("orders_v1");
  const std::string endpoint = serving->endpoint;
  child_process old_client("orders_v1", {"work", endpoint});
  child_process new_client("orders_v2", {"work", endpoint});
  int version = 1;
  for (int round = 0; round < 4; ++round) {
    const std::string served = "served by " + std::to_string(version);
    REQUIRE(old_client.read_line() == served);
    REQUIRE(new_client.read_line() == served);
    serving->stop();
    version = 3 - version;
    serving = std::make_unique<server>("orders_v" + std::to_string(version), endpoint);
  }
  for (child_process* const each : {&old_client, &new_client}) {
    CHECK(each->read_line() == "served by 1");
    each->close_input();
    const std::optional<std::string> last = each->read_line();
    REQUIRE(last);
    CHECK(last->ends_with(" right"));
    CHECK(each->wait() == "exit code 0");
  }
  serving->stop();
}
