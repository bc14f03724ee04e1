// SPDX-License-Identifier: Apache-2.0
// The program zooid against a node. tool_stranger_test.cpp has what is no node, or a strange one.
#include "scratch_folder.hpp"
#include "tool.hpp"

#include <csignal>
#include <string>
#include <vector>

namespace {

/// A running tool_node.
struct tool_node {
  explicit tool_node(const std::string& how = {})
      : process("tool_node", how.empty() ? std::vector<std::string>{"tcp://127.0.0.1:0"}
                                         : std::vector<std::string>{"tcp://127.0.0.1:0", how}) {
    const auto line = process.read_line_with("listening at ");
    REQUIRE(line);
    endpoint = line->substr(std::string_view("listening at ").size());
  }

  child_process process;
  std::string endpoint;
};

constexpr auto refused = "exit code 1";
constexpr auto usage = "exit code 2";
constexpr auto not_reached = "exit code 3";
constexpr auto done = "exit code 0";

}  // namespace

TEST_CASE("zooid ping prints round trips, and that the node is ready", "[integration][tool]") {
  const tool_node node;
  const tool_run once = run_tool({"ping", node.endpoint});
  CHECK(once.errors.empty());
  CHECK(once.status == done);
  CHECK_THAT(once.output, has("answer from " + node.endpoint + " in ") && has("\nready\n"));

  const tool_run often = run_tool({"ping", node.endpoint.substr(6), "--count", "3", "--timeout", "60"});
  CHECK(often.status == done);
  CHECK_THAT(often.output, has("3 answers: shortest ") && has(", median ") && has(", longest "));
}

TEST_CASE("zooid describe shows a node as text", "[integration][tool]") {
  tool_node node;
  node.process.write("shipped 1 berlin\npaid 1 berlin\n");
  for (int i = 0; i < 2; ++i) REQUIRE(node.process.read_line_with("published"));
  const tool_run all = run_tool({"describe", node.endpoint});
  CHECK(all.errors.empty());
  CHECK(all.status == done);
  CHECK_THAT(all.output, has(" at " + node.endpoint + "\nevents leave at tcp://127.0.0.1:"));
  CHECK_THAT(all.output, has("\nservice dawdler, contract dawdler\n  Dawdle -> void\n\n"));
  CHECK_THAT(all.output, has("\nservice shop, contract shop\n"
                             "  Order -> Receipt\n"
                             "    customer  string\n"
                             "    lines     list<Line>\n"
                             "  Note (told only)\n"
                             "    text  string\n"
                             "  Notes -> list<string>\n"
                             "  Complain -> void\n"));
  CHECK_THAT(all.output, has("  struct Line\n"
                             "    item      string\n"
                             "    quantity  uint32\n"));
  CHECK_THAT(all.output, has("\nevents\n"
                             "  OrderPaid\n"
                             "    order  uint64\n"
                             "    first  Line\n"
                             "  OrderShipped (lossless)\n"
                             "    order  uint64\n"
                             "  struct Line\n"));
  CHECK_THAT(all.output, !has("service zooid"));
}

TEST_CASE("zooid describe shows one service, also the reserved one, as text and as JSON", "[integration][tool]") {
  const tool_node node;
  const tool_run shop = run_tool({"describe", node.endpoint + "/shop"});
  CHECK(shop.status == done);
  CHECK_THAT(shop.output, has("service shop") && !has("service dawdler"));

  const tool_run own = run_tool({"describe", node.endpoint + "/zooid"});
  CHECK(own.status == done);
  CHECK_THAT(own.output, has("service zooid") && has("  ready -> bool\n"));

  const tool_run json = run_tool({"describe", node.endpoint + "/dawdler", "--json"});
  CHECK(json.status == done);
  CHECK_THAT(json.output, has("\"endpoint\": \"" + node.endpoint + "\"") && has("\"name\": \"Dawdle\""));

  const tool_run nobody = run_tool({"describe", node.endpoint + "/nobody"});
  CHECK(nobody.status == refused);
  CHECK(nobody.output.empty());
  CHECK_THAT(nobody.errors, has("no_such_service: no service \"nobody\" runs on " + node.endpoint) &&
                                has("zooid describe " + node.endpoint));
}

TEST_CASE("zooid stats counts what a node handled", "[integration][tool]") {
  const tool_node node;
  for (int i = 0; i < 2; ++i) {
    CHECK(run_tool({"call", node.endpoint + "/shop", "Order", R"({"customer": "Ada", "lines": []})"}).status == done);
  }
  const tool_run text = run_tool({"stats", node.endpoint});
  CHECK(text.errors.empty());
  CHECK(text.status == done);
  CHECK_THAT(text.output, has("node at " + node.endpoint + "\n  taken  handled  queued  refused  dead letters\n"));
  CHECK_THAT(text.output, has("\n  service  handled  queued  in handlers  refused\n") && has("\n  shop           2 "));

  const tool_run json = run_tool({"stats", node.endpoint, "--json"});
  CHECK(json.status == done);
  CHECK_THAT(json.output, has("\"handler_nanoseconds\": ") && has("\"name\": \"shop\""));
}

TEST_CASE("zooid call prints the reply as JSON", "[integration][tool]") {
  const tool_node node;
  const std::string shop = node.endpoint + "/shop";
  const std::string order = R"({"customer": "Ada", "lines": [{"item": "tea", "quantity": 2}]})";
  const tool_run first = run_tool({"call", shop, "Order", order});
  CHECK(first.errors.empty());
  CHECK(first.status == done);
  CHECK(first.output == R"({"number":1,"lines":[{"item":"tea","quantity":2}]})"
                        "\n");
  const tool_run read = run_tool({"call", shop, "Order", "-"}, order + "\n");
  CHECK(read.status == done);
  CHECK_THAT(read.output, has(R"("number":2)"));
  // Without JSON it is {}, and the names of messages may be those of commands.
  CHECK(run_tool({"call", shop, "Notes"}).output == "[]\n");
  CHECK(run_tool({"call", shop, "Notes", "{}"}).output == "[]\n");
  CHECK(run_tool({"call", node.endpoint + "/zooid", "ping"}).output == "null\n");
}

TEST_CASE("zooid tell prints nothing", "[integration][tool]") {
  const tool_node node;
  const std::string shop = node.endpoint + "/shop";
  const tool_run told = run_tool({"tell", shop, "Note", R"({"text": "grüße"})"});
  CHECK(told.errors.empty());
  CHECK(told.output.empty());
  CHECK(told.status == done);
  CHECK(run_tool({"call", shop, "Notes"}).output == "[\"grüße\"]\n");
}

TEST_CASE("zooid says what a node refused, and what can be done", "[integration][tool]") {
  const tool_node node;
  const std::string shop = node.endpoint + "/shop";
  struct refusal {
    std::vector<std::string> command;
    std::vector<std::string> words;
  };
  const std::vector<refusal> refusals{
      {{"call", node.endpoint + "/shpo", "Order"},
       {"Order to shpo at " + node.endpoint + ": no_such_service", "zooid describe " + node.endpoint}},
      {{"call", shop, "Odrer"}, {"Odrer to shop", "no_such_message", "zooid describe " + shop}},
      {{"call", shop, "Order"}, {"malformed: Order.customer: missing", "zooid describe " + shop}},
      {{"call", shop, "Order", R"({"customer": 7, "lines": []})"}, {"malformed: Order.customer: expected a string"}},
      {{"tell", shop, "Note", "[]"}, {"malformed: "}},
      {{"call", shop, "Complain"}, {"denied: the shop does not take complaints"}},
      {{"pub", node.endpoint, "OrderEaten"}, {"no_such_message: the event OrderEaten was not published"}},
  };
  for (const auto& [command, words] : refusals) {
    const tool_run run = run_tool(command);
    CHECK(run.status == refused);
    CHECK(run.output.empty());
    for (const std::string& each : words) CHECK_THAT(run.errors, has(each));
  }
}

TEST_CASE("a node without a door is named with what it lacks", "[integration][tool]") {
  const tool_node node("nodoor");
  for (const std::string command : {"ping", "describe", "stats"}) {
    const tool_run run = run_tool({command, node.endpoint});
    CHECK(run.status == refused);
    CHECK_THAT(run.errors, has("incompatible: this node speaks to other nodes only") && has(".door = zooid::json()"));
  }
  CHECK(run_tool({"sub", node.endpoint, "OrderPaid"}).status == refused);
  CHECK(run_tool({"pub", node.endpoint, "OrderPaid"}).status == refused);
}

TEST_CASE("a node without the service zooid is named with what it lacks", "[integration][tool]") {
  const tool_node node("noservice");
  const tool_run run = run_tool({"ping", node.endpoint});
  CHECK(run.status == refused);
  CHECK_THAT(run.errors, has("no_such_service") && has("node_options::service is false"));
  CHECK(run_tool({"call", node.endpoint + "/shop", "Notes"}).output == "[]\n");
}

TEST_CASE("what is wrong on zooid's command line is said before anything is sent", "[integration][tool]") {
  struct mistake {
    std::vector<std::string> command;
    std::string words;
  };
  const std::string node = "tcp://127.0.0.1:1";  // Nobody is asked.
  const std::vector<mistake> mistakes{
      {{}, "A subcommand is required"},
      {{"pong", node}, "there is no command or option \"pong\""},
      {{"ping"}, "ADDRESS is required"},
      {{"ping", node, "more"}, "not expected: more"},
      {{"ping", node, "--count", "0"}, "--count"},
      {{"ping", node, "--count", "many"}, "--count"},
      {{"ping", node, "--timeout", "-1"}, "--timeout: \"-1\" is no number of seconds"},
      {{"ping", node, "--timeout", "nan"}, "--timeout: \"nan\" is no number of seconds"},
      {{"sub", node, "OrderPaid", "--key", "a", "--prefix", "b"}, "excludes"},
      {{"sub", node, "OrderPaid/berlin"}, "an event's name has no '/'"},
      {{"sub", node, "OrderPaid", "--for", "soon"}, "--for: \"soon\" is no number of seconds"},
      {{"ping", "nonsense"}, "malformed address \"nonsense\": the port is missing"},
      {{"ping", "tcp://:1"}, "the host is missing"},
      {{"ping", "tcp://*:1"}, "\"*\" is where a node listens"},
      {{"ping", "tcp://::1:1"}, "stands in brackets"},
      {{"ping", "tcp://[::1]"}, "the port is missing"},
      {{"ping", "tcp://localhost:0"}, "the port is not a number from 1 to 65535"},
      {{"ping", "tcp://localhost:65536"}, "the port is not a number from 1 to 65535"},
      {{"ping", "udp://localhost:1"}, "it begins neither with tcp:// nor with ipc://"},
      {{"ping", "/run/node"}, "a path is written ipc:///run/node"},
      {{"ping", "ipc://"}, "the path is missing"},
      {{"ping", "ipc:///" + std::string(200, 'x')}, "malformed address"},
      {{"ping", "local host:1"}, "a space"},
      {{"ping", node + "/shop"}, "it names a service, but a node is meant: " + node},
      {{"describe", node + "/"}, "the service's name is missing"},
      {{"describe", node + "/a/b"}, "a service's name has no '/'"},
      {{"call", node, "Order"}, "the service's name is missing: " + node + "/SERVICE"},
      {{"call", node + "/shop"}, "MESSAGE is required"},
      {{"call", node + "/shop", "Order", R"({"customer": )"}, "malformed JSON argument, line 1, column 14: "},
      {{"tell", node + "/shop", "Order", ""}, "malformed JSON argument"},
      {{"tell", node + "/shop", "Order", "-"}, "malformed JSON on standard input"},
      {{"call", node + "/shop", "Order", "\"\xff\""}, "malformed JSON argument"},
      {{"call", node + "/shop", "Order", std::string(400, '[') + std::string(400, ']')}, "nest too deep"},
      {{"pub", node, "OrderPaid", "{\n\"order\": }"}, "malformed JSON argument, line 2, column 10: "},
      {{"pub", node, "OrderPaid", "{}", "--key", "\xff"}, "must be UTF-8"},
  };
  for (const auto& [command, words] : mistakes) {
    const tool_run run = run_tool(command);
    INFO(words);
    CHECK(run.status == usage);
    CHECK(run.output.empty());
    CHECK_THAT(run.errors, has("zooid: ") && has(words));
  }
}

TEST_CASE("zooid refuses more JSON than a node takes", "[integration][tool]") {
  child_process tool("zooid", {"call", "tcp://127.0.0.1:1/shop", "Order", "-"});
  const std::string spaces(1 << 20, ' ');
  for (int i = 0; i < 5 && tool.write(spaces); ++i) {
  }
  tool.close_input();
  CHECK(tool.wait() == usage);
  CHECK_THAT(tool.errors(), has("more than 4 MiB"));
}

TEST_CASE("zooid and each of its commands explain themselves", "[integration][tool]") {
  const tool_run whole = run_tool({"--help"});
  CHECK(whole.status == done);
  CHECK(whole.errors.empty());
  CHECK_THAT(whole.output, has("Exit codes:") && has("Examples:"));
  CHECK_THAT(run_tool({"--version"}).output, has("zooid "));
  const std::string command = GENERATE("ping", "describe", "stats", "call", "tell", "sub", "pub");
  const tool_run one = run_tool({command, "--help"});
  CHECK(one.status == done);
  CHECK_THAT(one.output, has("Usage: zooid " + command) && has("Example") && has("\n  zooid " + command + " "));
  CHECK_THAT(whole.output, has("\n  " + command + " "));
}

TEST_CASE("zooid waits no longer for an answer than it was told to", "[integration][tool]") {
  tool_node node;
  const tool_run run = run_tool({"call", node.endpoint + "/dawdler", "Dawdle", "--timeout", "0.2"});
  CHECK(run.status == not_reached);
  CHECK_THAT(run.errors, has("Dawdle to dawdler at " + node.endpoint + ": no answer within 0.2 s"));
}

TEST_CASE("zooid ends when the node dies that it asked", "[integration][tool]") {
  tool_node node;
  child_process tool("zooid", {"call", node.endpoint + "/dawdler", "Dawdle", "--timeout", "600"});
  REQUIRE(node.process.read_line_with("dawdling"));
  node.process.kill(SIGKILL);
  CHECK(tool.wait() == not_reached);
  CHECK_THAT(tool.errors(), has("the connection was lost before an answer came"));

  const tool_run later = run_tool({"ping", node.endpoint});
  CHECK(later.status == not_reached);
  CHECK_THAT(later.errors, has("cannot reach a node at " + node.endpoint + ": nothing listens there"));
}

TEST_CASE("zooid reaches a node by ipc", "[integration][tool]") {
  const scratch_folder folder;
  const std::string endpoint = "ipc://" + (folder / "node");
  {
    child_process node("tool_node", {endpoint});
    REQUIRE(node.read_line_with("listening at "));
    CHECK(run_tool({"ping", endpoint}).status == done);
    CHECK(run_tool({"call", endpoint + "/shop", "Notes"}).output == "[]\n");
    CHECK_THAT(run_tool({"describe", endpoint}).output, has("service shop") && has("service dawdler"));
    CHECK_THAT(run_tool({"describe", endpoint + "/shop"}).output, has("service shop") && !has("service dawdler"));
    node.close_input();
    CHECK(node.wait() == done);
  }
  CHECK(run_tool({"ping", endpoint}).status == not_reached);
}

TEST_CASE("zooid sub prints the events that were published since its subscription held", "[integration][tool]") {
  tool_node node;
  const bool lossless = GENERATE(false, true);
  const std::string event = lossless ? "OrderShipped" : "OrderPaid";
  child_process sub("zooid", {"sub", node.endpoint, event, "--count", "3"});
  REQUIRE(says(sub, "subscribed to " + event));
  node.process.write(lossless ? "paid 5\nshipped 1\nshipped 2 berlin\n" : "shipped 5\npaid 1\npaid 2 berlin\n");
  CHECK(sub.wait() == done);
  const std::string rest = lossless ? "" : R"(,"first":{"item":"tea","quantity":2})";
  const std::string begins = R"({"topic":")" + event + R"(","key":)";
  CHECK_THAT(sub.output(), has(begins + R"("","event":{"order":1)" + rest + R"(},"sequence":1,"node":")"));
  CHECK_THAT(sub.output(), has(begins + R"("berlin","event":{"order":1)" + rest + R"(},"sequence":2,"node":")"));
  CHECK_THAT(sub.output(), has(begins + R"("berlin","event":{"order":2)" + rest + R"(},"sequence":3,"node":")"));
  CHECK_THAT(sub.errors(), !has("missing"));
}

TEST_CASE("zooid sub chooses events by their key, or by how it begins", "[integration][tool]") {
  tool_node node;
  child_process whole("zooid", {"sub", node.endpoint, "OrderPaid", "--key", "a", "--count", "1"});
  child_process prefix("zooid", {"sub", node.endpoint, "OrderPaid", "--prefix", "a", "--count", "3"});
  child_process none("zooid", {"sub", node.endpoint, "OrderPaid", "--key", "", "--count", "1"});
  for (child_process* each : {&whole, &prefix, &none}) REQUIRE(says(*each, "subscribed to OrderPaid"));
  node.process.write("paid 1 b\npaid 1 a/b\npaid 1 ab\npaid 1 a\npaid 1\n");
  for (child_process* each : {&whole, &prefix, &none}) CHECK(each->wait() == done);
  CHECK_THAT(whole.output(), has(R"("key":"a",)"));
  CHECK_THAT(prefix.output(), has(R"("key":"a/b",)") && has(R"("key":"ab",)") && has(R"("key":"a",)"));
  CHECK_THAT(none.output(), has(R"("key":"",)"));
}

TEST_CASE("zooid pub has a node publish what zooid sub prints", "[integration][tool]") {
  tool_node node;
  node.process.write("paid 1\n");
  REQUIRE(node.process.read_line_with("published"));  // Now the node knows the event.
  child_process sub("zooid", {"sub", node.endpoint, "OrderPaid", "--count", "2"});
  REQUIRE(says(sub, "subscribed to OrderPaid"));
  const std::string event = R"({"order": 18446744073709551615, "first": {"item": "tea", "quantity": 1}})";
  const tool_run first = run_tool({"pub", node.endpoint, "OrderPaid", event, "--key", "berlin"});
  CHECK(first.errors.empty());
  CHECK(first.output.empty());
  CHECK(first.status == done);
  CHECK(run_tool({"pub", node.endpoint, "OrderPaid", "-"}, event).status == done);
  CHECK(sub.wait() == done);
  CHECK_THAT(sub.output(), has(R"("key":"berlin","event":{"order":18446744073709551615,)") && has(R"("key":"",)"));

  const tool_run wrong =
      run_tool({"pub", node.endpoint, "OrderPaid", R"({"order": -1, "first": {"item": "", "quantity": 1}})"});
  CHECK(wrong.status == refused);
  CHECK_THAT(wrong.errors, has("malformed: the event OrderPaid was not published: OrderPaid.order"));
}

TEST_CASE("zooid sub ends with its time, and complains only when events were counted on", "[integration][tool]") {
  const tool_node node;
  const tool_run patient = run_tool({"sub", node.endpoint, "OrderPaid", "--for", "0.05"});
  CHECK(patient.status == done);
  CHECK(patient.output.empty());
  CHECK_THAT(patient.errors, has("no event OrderPaid was published or subscribed to at " + node.endpoint));

  const tool_run eager = run_tool({"sub", node.endpoint, "OrderPaid", "--for", "0.05", "--count", "1"});
  CHECK(eager.status == not_reached);
  CHECK_THAT(eager.errors, has("only 0 of 1 events came within 0.05 s"));
}

TEST_CASE("zooid sub ends with 0 at Ctrl-C, and prints each event at once", "[integration][tool]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  tool_node node;
  child_process sub("zooid", {"sub", node.endpoint, "OrderPaid", "--count", "9"});
  REQUIRE(says(sub, "subscribed to OrderPaid"));
  node.process.write("paid 1\n");
  CHECK(sub.read_line_with("OrderPaid"));
  sub.kill(signal);
  CHECK(sub.wait() == done);
}

TEST_CASE("zooid says when its output cannot be written", "[integration][tool]") {
  const tool_node node;
  child_process shell("/bin/sh", {"-c", std::string(ZOOID_BIN_DIR) + "/zooid stats " + node.endpoint + " > /dev/full"});
  CHECK(shell.wait() == "exit code 4");
  CHECK_THAT(shell.errors(), has("the output could not be written"));
}
