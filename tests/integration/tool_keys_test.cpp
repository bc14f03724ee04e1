// SPDX-License-Identifier: Apache-2.0
// zooid keys, and the other commands against a node with keys.
#include "keys_by_tool.hpp"
#include "scratch_folder.hpp"
#include "tool.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

namespace {

constexpr auto done = "exit code 0";
constexpr auto usage = "exit code 2";
constexpr auto not_reached = "exit code 3";

/// A folder for what zooid keys makes.
struct folder : scratch_folder {
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ostringstream all;
    all << std::ifstream(*this / name).rdbuf();
    return all.str();
  }
  void make_key(const std::string& name) const { ::make_key(*this / name); }
  [[nodiscard]] tool_run allow(const std::string& list, const std::string& name,
                               const std::vector<std::string>& addresses = {}) const {
    return allow_key(*this / list, *this / name, name, addresses);
  }
  [[nodiscard]] int mode(const std::string& name) const {
    struct stat about{};
    REQUIRE(::stat((*this / name).c_str(), &about) == 0);
    return static_cast<int>(about.st_mode & 07777);
  }
};

/// A tool_node with the key "node", which lets "operator" in, and whom that finds by his list "found".
struct keyed_node {
  keyed_node() {
    for (const char* each : {"node", "operator", "stranger"}) files.make_key(each);
    REQUIRE(files.allow("let_in", "operator").status == done);
    process.emplace("tool_node",
                    std::vector<std::string>{"tcp://127.0.0.1:0", "keys", files / "node.key", files / "let_in"});
    const auto line = process->read_line_with("listening at ");
    REQUIRE(line);
    endpoint = line->substr(std::string_view("listening at ").size());
    REQUIRE(files.allow("found", "node", {endpoint}).status == done);
  }
  [[nodiscard]] std::vector<std::string> keys(const std::string& own = "operator") const {
    return {"--key", files / (own + ".key"), "--allowed", files / "found"};
  }
  /// With the keys before the command's name.
  [[nodiscard]] std::vector<std::string> with_keys(std::vector<std::string> command) const {
    const auto first = keys();
    command.insert(command.begin(), first.begin(), first.end());
    return command;
  }

  folder files;
  std::optional<child_process> process;
  std::string endpoint;
};

}  // namespace

TEST_CASE("zooid keys new makes a key that others cannot read, and overwrites nothing", "[integration][tool][keys]") {
  const folder at;
  const tool_run made = run_tool({"keys", "new", at / "payments"});
  CHECK(made.errors.empty());
  CHECK(made.status == done);
  CHECK_THAT(made.output, has("payments.key") && has("zooid keys allow allowed_keys " + (at / "payments.pub")));
  CHECK(at.mode("payments.key") == 0600);
  CHECK(at.mode("payments.pub") == 0644);
  const std::string key = at.text("payments.key");
  CHECK_THAT(key, has("# The key payments, ") && has("\npublic = \"") && has("\nsecret = \""));
  CHECK_THAT(at.text("payments.pub"), has("\npublic = \"") && !has("secret"));

  const tool_run again = run_tool({"keys", "new", at / "payments"});
  CHECK(again.status == usage);
  CHECK_THAT(again.errors, has("payments.key is there already"));
  std::filesystem::remove(at / "payments.key");
  CHECK_THAT(run_tool({"keys", "new", at / "payments"}).errors, has("payments.pub is there already"));
  CHECK_FALSE(std::filesystem::exists(at / "payments.key"));
  CHECK(run_tool({"keys", "new", at / "none/payments"}).status == usage);
}

TEST_CASE("zooid keys allow adds a line that nodes understand, and nothing twice", "[integration][tool][keys]") {
  const folder at;
  at.make_key("payments");
  at.make_key("ledger");
  CHECK(at.allow("list", "payments", {"10.0.0.2:7000", "tcp://10.0.0.2"}).status == done);
  CHECK(at.mode("list") == 0644);
  const std::string first = at.text("list");
  CHECK_THAT(first, has("# KEY NAME") && has(" payments 10.0.0.2:7000 tcp://10.0.0.2\n"));
  CHECK(at.allow("list", "ledger").status == done);
  CHECK_THAT(at.text("list"), has(first) && has(" ledger\n"));

  const tool_run twice = at.allow("list", "ledger", {"10.0.0.3"});
  CHECK(twice.status == usage);
  CHECK_THAT(twice.errors, has("list:4: line 3 has this key already"));
  at.make_key("third");
  CHECK_THAT(at.allow("list", "third", {"10.0.0.2"}).errors, has("has the address \"10.0.0.2\" already"));
  CHECK_THAT(at.allow("list", "third", {"::1"}).errors, has("stands in brackets"));
  CHECK_THAT(at.allow("list", "third", {"host:port"}).errors, has("host or port is missing"));
  CHECK(run_tool({"keys", "allow", at / "list", at / "third.pub", "two words"}).status == usage);
  CHECK_THAT(run_tool({"keys", "allow", at / "list", at / "none.pub", "none"}).errors, has("there is no key file"));
  CHECK_THAT(run_tool({"keys", "allow", at / "list", at / "list", "none"}).errors, has("list:2: expected public"));
  CHECK(at.text("list").find("third") == std::string::npos);

  at.write("open", "# no end of line");
  CHECK(at.allow("open", "third").status == done);
  CHECK_THAT(at.text("open"), has("# no end of line\n") && has(" third\n"));
  at.write("wrong", "nonsense\n");
  CHECK_THAT(at.allow("wrong", "third").errors, has("wrong:1: \"nonsense\" is no key"));
}

TEST_CASE("every command reaches a node with keys by a key", "[integration][tool][keys]") {
  keyed_node node;
  const std::string shop = node.endpoint + "/shop";
  CHECK_THAT(run_tool(node.with_keys({"ping", node.endpoint})).output, has("ready\n"));
  CHECK_THAT(run_tool(node.with_keys({"describe", node.endpoint})).output, has("service shop"));
  CHECK(run_tool(node.with_keys({"stats", node.endpoint})).status == done);
  CHECK(run_tool(node.with_keys({"tell", shop, "Note", R"({"text": "hello"})"})).status == done);
  std::vector<std::string> behind{"call", shop, "Notes"};
  for (const std::string& each : node.keys()) behind.push_back(each);
  CHECK(run_tool(behind).output == "[\"hello\"]\n");

  child_process sub("zooid", node.with_keys({"sub", node.endpoint, "OrderPaid", "--key", "berlin", "--count", "1"}));
  REQUIRE(says(sub, "subscribed to OrderPaid"));
  node.process->write("paid 1\npaid 1 berlin\n");
  CHECK(sub.wait() == done);
  CHECK_THAT(sub.output(), has(R"("key":"berlin")"));
  const std::string event = R"({"order": 1, "first": {"item": "", "quantity": 1}})";
  CHECK(run_tool(node.with_keys({"pub", node.endpoint, "OrderPaid", event, "--key", "paris"})).status == done);
}

TEST_CASE("zooid says why a node with keys does not let it in", "[integration][tool][keys]") {
  keyed_node node;
  const auto ping = [&](const std::vector<std::string>& keys) {
    std::vector<std::string> command{"ping", node.endpoint};
    command.insert(command.end(), keys.begin(), keys.end());
    return run_tool(command);
  };
  tool_run run = ping({});
  CHECK(run.status == not_reached);
  CHECK_THAT(run.errors, has("keys") || has("--key FILE --allowed FILE"));
  run = ping(node.keys("stranger"));
  CHECK(run.status == not_reached);
  CHECK_THAT(run.errors, has("its allow-list does not have this key"));

  run = ping({"--key", node.files / "operator.key"});
  CHECK(run.status == usage);
  CHECK_THAT(run.errors, has("--key and --allowed belong together"));
  run = run_tool({"sub", node.endpoint, "OrderPaid", "--key", "berlin", "--allowed", node.files / "found"});
  CHECK(run.status == usage);
  CHECK_THAT(run.errors, has("zooid --key FILE --allowed FILE sub"));
  run = ping({"--key", node.files / "operator.key", "--allowed", node.files / "let_in"});
  CHECK(run.status == usage);
  CHECK_THAT(run.errors, has("does not say whose key is to be found at " + node.endpoint) && has("zooid keys allow"));
  run = ping({"--key", node.files / "operator.pub", "--allowed", node.files / "found"});
  CHECK(run.status == usage);
  CHECK_THAT(run.errors, has("chmod 600"));
  run = ping({"--key", node.files / "none.key", "--allowed", node.files / "found"});
  CHECK_THAT(run.errors, has("there is no key file") && has("zooid keys new"));
  run = ping({"--key", node.files / "operator.key", "--allowed", node.files / "none"});
  CHECK_THAT(run.errors, has("there is no allow-list") && has("zooid keys allow"));

  REQUIRE(node.files.allow("impostor", "stranger", {node.endpoint}).status == done);
  run = ping({"--key", node.files / "operator.key", "--allowed", node.files / "impostor"});
  CHECK(run.status == not_reached);
  CHECK_THAT(run.errors, has("another key"));
  CHECK(ping(node.keys()).status == done);
}
