// SPDX-License-Identifier: Apache-2.0
// What a topology's file says, when nothing is wrong with it. topology_complaints_test.cpp has the rest.
#include "topology_file.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using indices = std::vector<std::size_t>;

namespace {

constexpr const char* orders = R"(name = "orders"
until = "gateway"
drain = "2s"
ready = "1m"

[variables]
data = "build/orders"
log = "{here}/log"

[service.gateway]
command = "true"
needs = ["payments", "ledger"]
calls = ["payments"]

[service.payments]
command = "/bin/sh"
arguments = ["--listen", "{payments}", "--database={data}/payments.db", "{ledger}/ledger", "{log}", '{{"a": 1}']
endpoint = "tcp://127.0.0.1:0"
environment = { LANG = "C", WHERE = "{here}" }
directory = "."
needs = ["ledger"]
calls = ["ledger", "ledger"]
hears = ["gateway"]
restart = "always"
restarts = 3
within = "90s"
backoff = "5ms"

[service.ledger]
command = "./tools/ledger"
endpoint = "ipc://{data}/ledger"
)";

void make_program(const std::filesystem::path& at) {
  std::filesystem::create_directories(at.parent_path());
  std::ofstream(at) << "#!/bin/sh\n";
  std::filesystem::permissions(at, std::filesystem::perms::owner_all);
}

}  // namespace

TEST_CASE("a topology's file is read with all its keys", "[topology]") {
  const topology_file file(orders);
  make_program(file.folder() / "tools/ledger");
  const topology read = load_topology(file.path(), {{"data", file.folder().string()}});

  CHECK(read.name == "orders");
  CHECK(read.file == file.path());
  CHECK(read.path == file.path());
  CHECK(read.drain == 2s);
  CHECK(read.ready == 1min);
  REQUIRE(read.services.size() == 3);
  CHECK(read.until == 0U);
  CHECK(read.levels() == std::vector<indices>{{2}, {1}, {0}});

  const service_plan& payments = read.services[1];
  CHECK(payments.name == "payments");
  CHECK(payments.command == "/bin/sh");
  CHECK(payments.program == "/bin/sh");
  CHECK(payments.endpoint.starts_with("tcp://127.0.0.1:"));
  const std::string here = file.folder().string();
  CHECK(payments.arguments ==
        std::vector<std::string>{"--listen", payments.endpoint, "--database=" + here + "/payments.db",
                                 "ipc://" + here + "/ledger/ledger", here + "/log", "{\"a\": 1}"});
  CHECK(payments.environment == std::map<std::string, std::string>{{"LANG", "C"}, {"WHERE", here}});
  CHECK(payments.directory.lexically_relative(file.folder()) == ".");
  CHECK(payments.needs == indices{2});
  CHECK(payments.calls == indices{2});
  CHECK(payments.hears == indices{0});
  CHECK(payments.level == 1);
  CHECK(payments.restart.when == restart_rule::policy::always);
  CHECK(payments.restart.times == 3);
  CHECK(payments.restart.within == 90s);
  CHECK(payments.restart.backoff == 5ms);
  CHECK(payments.command_at == position{16, 11});
  CHECK(payments.endpoint_at == position{18, 12});

  CHECK(read.services[0].program.filename() == "true");
  CHECK(read.services[2].program == file.folder() / "tools/ledger");
}

TEST_CASE("what a topology's file does not say has its default", "[topology]") {
  const topology_file file("name = \"one\"\n[service.only]\ncommand = \"true\"\n");
  const topology read = load_topology(file.path());
  CHECK(read.drain == 5s);
  CHECK(read.ready == 30s);
  CHECK_FALSE(read.until);
  CHECK(read.ports.empty());
  REQUIRE(read.services.size() == 1);
  const service_plan& only = read.services[0];
  CHECK(only.endpoint.empty());
  CHECK(only.endpoint_at.line == 0);
  CHECK(only.arguments.empty());
  CHECK(only.environment.empty());
  CHECK(only.directory.empty());
  CHECK(only.level == 0);
  CHECK(only.restart.when == restart_rule::policy::on_failure);
  CHECK(only.restart.times == 10);
  CHECK(only.restart.within == 1min);
  CHECK(only.restart.backoff == 100ms);
}

TEST_CASE("for drawing neither programs nor ports are needed", "[topology]") {
  const topology_file file(
      "name = \"one\"\n[service.only]\ncommand = \"no-such-program\"\nendpoint = \"tcp://127.0.0.1:0\"\n"
      "arguments = [\"{only}\"]\n");
  const topology read = read_topology(file.path());
  REQUIRE(read.services.size() == 1);
  CHECK(read.services[0].endpoint == "tcp://127.0.0.1:0");
  CHECK(read.services[0].program.empty());
  CHECK(read.ports.empty());
}

TEST_CASE("services of one level start together, in the file's order", "[topology]") {
  const topology_file file(
      "name = \"some\"\n"
      "[service.z]\ncommand = \"true\"\n"
      "[service.b]\ncommand = \"true\"\nneeds = [\"z\", \"a\"]\n"
      "[service.a]\ncommand = \"true\"\n"
      "[service.c]\ncommand = \"true\"\nneeds = [\"a\"]\n"
      "[service.d]\ncommand = \"true\"\nneeds = [\"c\", \"a\"]\n");
  const topology read = load_topology(file.path());
  CHECK(read.services[0].name == "z");
  CHECK(read.levels() == std::vector<indices>{{0, 2}, {1, 3}, {4}});
}

TEST_CASE("settings are names with values, each once", "[topology]") {
  CHECK(parse_settings({"data=/tmp/x", "empty=", "sum=1=1"}) ==
        topology_settings{{"data", "/tmp/x"}, {"empty", ""}, {"sum", "1=1"}});
  CHECK_THROWS_WITH(parse_settings({"data"}), "--set data: expected NAME=VALUE, such as --set data=/tmp/x");
  CHECK_THROWS_WITH(parse_settings({"=x"}), "--set =x: expected NAME=VALUE, such as --set data=/tmp/x");
  CHECK_THROWS_WITH(parse_settings({"a=1", "a=2"}), "--set a=2: \"a\" is set twice");
}

TEST_CASE("a setting overrides a variable, and is taken as it is", "[topology]") {
  const topology_file file(
      "name = \"one\"\n[variables]\nport = \"0\"\ntext = \"x\"\n[service.only]\ncommand = \"true\"\n"
      "endpoint = \"tcp://127.0.0.1:{port}\"\narguments = [\"{text}\"]\n");
  const topology read = read_topology(file.path(), {{"port", "10007"}, {"text", "{only}"}});
  CHECK(read.services[0].endpoint == "tcp://127.0.0.1:10007");
  CHECK(read.services[0].arguments == std::vector<std::string>{"{only}"});
}
