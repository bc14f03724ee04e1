// SPDX-License-Identifier: Apache-2.0
// The program zooid against what is no node, and against one that loses events.
#include "tool.hpp"

#include <zmq.hpp>

#include <array>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr auto not_reached = "exit code 3";
constexpr auto broken = "exit code 4";

/// A socket of this process, at a free port.
struct stranger {
  explicit stranger(zmq::socket_type type) : socket(context, type) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(child_process::patience.count()));
    socket.bind("tcp://127.0.0.1:*");
    endpoint = socket.get(zmq::sockopt::last_endpoint);
  }

  /// The parts of the next message.
  std::vector<std::string> hear() {
    std::vector<std::string> parts;
    zmq::message_t part;
    do {
      REQUIRE(socket.recv(part));
      parts.push_back(part.to_string());
    } while (part.more());
    return parts;
  }
  void say(const std::vector<std::string>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      socket.send(zmq::buffer(parts[i]), i + 1 < parts.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
  }

  zmq::context_t context;
  zmq::socket_t socket;
  std::string endpoint;
};

/// Answers `describe`, and publishes what a test wants, as a node would.
struct fake_node {
  stranger door{zmq::socket_type::rep};
  stranger events{zmq::socket_type::xpub};

  void describe() {
    CHECK(door.hear() == std::vector<std::string>{"zooid", "describe", R"({"service":""})"});
    door.say({"ok", R"({"node":"1","endpoint":"","events":")" + events.endpoint +
                        R"(","services":[],"types_of_events":[]})"});
  }
  /// Answers the subscriber's token.
  void confirm() {
    for (int i = 0; i < 100; ++i) {
      const std::string told = events.hear().front();
      if (!told.starts_with("\1\xff")) continue;
      CHECK(told.size() != 17);
      return events.say({told.substr(1), R"({"node":"1"})"});
    }
    FAIL("no token came");
  }
  void publish(const std::string& node, int sequence) {
    events.say({"Tick/", "{}", R"({"node":")" + node + R"(","sequence":)" + std::to_string(sequence) + "}"});
  }
};

}  // namespace

TEST_CASE("zooid does not take everything that listens for a node", "[integration][tool]") {
  const stranger publisher(zmq::socket_type::xpub);
  const tool_run run = run_tool({"ping", publisher.endpoint});
  CHECK(run.status == not_reached);
  CHECK_THAT(run.errors, has("cannot reach a node at " + publisher.endpoint + ": what listens there is no node"));
}

TEST_CASE("zooid gives up what takes its connection and says nothing", "[integration][tool]") {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&at), size) == 0);
  REQUIRE(::listen(listener, 8) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  const tool_run run = run_tool({"ping", "127.0.0.1:" + std::to_string(ntohs(at.sin_port)), "--timeout", "0.5"});
  CHECK(run.status == not_reached);
  CHECK_THAT(run.errors, has("something listens there but said nothing within 0.5 s"));
  ::close(listener);
}

TEST_CASE("zooid says that it does not understand an answer", "[integration][tool]") {
  struct strange {
    std::vector<std::string> answer;
    std::string words;
  };
  const auto [answer, words] = GENERATE(values<strange>({
      {{"hello"}, "the answer has 1 parts instead of status and JSON"},
      {{"ok", "{"}, "is no JSON: line 1, column 2"},
      {{"malformed", "oops"}, "is no JSON"},
      {{"ok", "{}"}, "what this program does not understand"},
      {{"ok", "7"}, "what this program does not understand"},
      {{"ok", std::string(1 << 20, '[')}, "nest too deep"},
  }));
  stranger node(zmq::socket_type::rep);
  child_process tool("zooid", {"stats", node.endpoint});
  CHECK(node.hear() == std::vector<std::string>{"zooid", "stats", "{}"});
  node.say(answer);
  CHECK(tool.wait() == broken);
  CHECK_THAT(tool.errors(), has(words));
}

TEST_CASE("zooid prints no control characters of a node's", "[integration][tool]") {
  stranger node(zmq::socket_type::rep);
  child_process tool("zooid", {"stats", node.endpoint});
  static_cast<void>(node.hear());
  node.say({"denied\x1b", "{\"error\":\"denied\",\"detail\":\"\\u001b[31mred\"}"});
  CHECK(tool.wait() == "exit code 1");
  CHECK_THAT(tool.errors(), has("denied?: ?[31mred"));
}

TEST_CASE("zooid says that a node which is stopping is not ready", "[integration][tool]") {
  stranger node(zmq::socket_type::rep);
  child_process tool("zooid", {"ping", node.endpoint});
  CHECK(node.hear() == std::vector<std::string>{"zooid", "ping", "{}"});
  node.say({"ok", "null"});
  CHECK(node.hear() == std::vector<std::string>{"zooid", "ready", "{}"});
  node.say({"ok", "false"});
  CHECK(tool.wait() == "exit code 1");
  CHECK_THAT(tool.errors(), has("is not ready"));
}

TEST_CASE("zooid sub reports where the sequence jumps, and a publisher that was started anew", "[integration][tool]") {
  fake_node node;
  child_process sub("zooid", {"sub", node.door.endpoint, "Tick", "--count", "5"});
  node.describe();
  node.confirm();
  REQUIRE(says(sub, "subscribed to Tick"));
  node.publish("a", 7);
  node.publish("a", 8);
  node.publish("a", 12);
  node.publish("b", 1);
  node.publish("b", 2);
  CHECK(sub.wait() == "exit code 0");
  CHECK_THAT(sub.errors(), has("3 events are missing before sequence 12\n") && has("the publisher was started anew"));
  CHECK_THAT(sub.errors(), !has("sequence 7\n") && !has("sequence 2\n"));
}

TEST_CASE("zooid sub asks anew until its subscription is confirmed", "[integration][tool]") {
  fake_node node;
  child_process sub("zooid", {"sub", node.door.endpoint, "Tick", "--count", "1"});
  node.describe();
  std::vector<std::string> tokens;
  for (int i = 0; i < 100 && tokens.size() < 2; ++i) {
    const std::string told = node.events.hear().front();
    if (told.starts_with("\1\xff")) tokens.push_back(told);
  }
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0] != tokens[1]);
  node.events.say({tokens[1].substr(1), R"({"node":"1"})"});
  node.publish("a", 1);
  CHECK(sub.wait() == "exit code 0");
}

TEST_CASE("zooid sub says when nobody confirms its subscription", "[integration][tool]") {
  fake_node node;
  child_process sub("zooid", {"sub", node.door.endpoint, "Tick", "--timeout", "1"});
  node.describe();
  CHECK(sub.wait() == not_reached);
  CHECK_THAT(sub.errors(), has("cannot subscribe at " + node.events.endpoint) && has("not confirmed within 1 s"));
}

TEST_CASE("zooid sub says where it could not subscribe", "[integration][tool]") {
  fake_node node;
  child_process sub("zooid", {"sub", node.door.endpoint, "Tick"});
  node.events.socket.close();
  node.describe();
  CHECK(sub.wait() == not_reached);
  CHECK_THAT(sub.errors(), has("cannot subscribe at " + node.events.endpoint) && has("no connection"));
}

TEST_CASE("zooid sub says that a connection was lost, and subscribes again", "[integration][tool]") {
  fake_node node;
  child_process sub("zooid", {"sub", node.door.endpoint, "Tick", "--count", "1"});
  node.describe();
  node.confirm();
  REQUIRE(says(sub, "subscribed to Tick"));
  node.events.socket.close();
  REQUIRE(says(sub, "the connection to " + node.events.endpoint + " was lost; trying again"));
  node.events.socket = zmq::socket_t(node.events.context, zmq::socket_type::xpub);
  node.events.socket.set(zmq::sockopt::linger, 0);
  node.events.socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(child_process::patience.count()));
  node.events.socket.bind(node.events.endpoint);
  node.confirm();
  REQUIRE(says(sub, "subscribed again to Tick"));
  node.publish("b", 1);
  CHECK(sub.wait() == "exit code 0");
}
