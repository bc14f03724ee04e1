// SPDX-License-Identifier: Apache-2.0
#include "tool.hpp"

#include "catch.hpp"

#include <csignal>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace {

/// The chat's topology, at an address of its own.
class running_chat {
 public:
  running_chat()
      : up_("zooid", {"up", ZOOID_SOURCE_DIR "/examples/chat/topology.toml", "--set", "address=tcp://127.0.0.1:0"}) {
    pid_ = std::stoi(after("zooid | room: started, pid "));
    room_ = after("room | the room is at ");
    REQUIRE(up_.read_line_with("greeter | welcoming who comes to " + room_));
  }

  [[nodiscard]] const std::string& room() const { return room_; }
  [[nodiscard]] pid_t pid_of_room() const { return pid_; }
  child_process& up() { return up_; }

 private:
  std::string after(std::string_view words) {
    const auto line = up_.read_line_with(words);
    INFO(up_.errors());
    REQUIRE(line);
    return line->substr(line->find(words) + words.size());
  }

  child_process up_;
  std::string room_;
  pid_t pid_ = 0;
};

/// Somebody at a terminal, who has just come.
class guest {
 public:
  guest(const std::string& name, const std::string& room) : terminal_("chat", {name, room}) {}

  void say(const std::string& text) { REQUIRE(terminal_.write(text + "\n")); }
  /// Waits until a line of this terminal is `line`.
  void sees(const std::string& line) {
    INFO("waits for " << line);
    while (next_line() != line) continue;
  }
  /// Waits until this terminal was told that each of them is there: when it came, or since.
  void sees_all(std::set<std::string> awaited) {
    const std::string_view list = "* here: ";
    const std::string_view joined = " joined";
    while (!awaited.empty()) {
      INFO("waits for " << awaited.size() << " guests, " << *awaited.begin() << " first");
      const std::string line = next_line();
      if (line.starts_with(list)) {
        std::erase_if(awaited,
                      [&](const std::string& name) { return line.find(name, list.size()) != std::string::npos; });
      } else if (line.ends_with(joined)) {
        awaited.erase(line.substr(2, line.size() - 2 - joined.size()));
      }
    }
  }
  [[nodiscard]] bool sees_soon(const std::string& line) {
    return terminal_.read_line_with(line, std::chrono::milliseconds(200)).has_value();
  }
  child_process& terminal() { return terminal_; }

 private:
  std::string next_line() {
    const std::optional<std::string> line = terminal_.read_line();
    REQUIRE(line);
    return *line;
  }

  child_process terminal_;
};

}  // namespace

TEST_CASE("guests of a chat hear each other, and see who is there, comes and goes", "[integration][chat]") {
  running_chat chat;
  guest ada("Ada", chat.room());
  ada.sees("* here: Ada");
  ada.sees("greeter: welcome, Ada");
  guest bob("Bob", chat.room());
  bob.sees("* here: Ada, Bob");
  ada.sees("* Bob joined");
  bob.say("hello");
  ada.sees("Bob: hello");
  ada.say("hello, \x1b[31mBob");
  bob.sees("Ada: hello, ?[31mBob");

  guest late("Late", chat.room());
  late.sees("* here: Ada, Bob, Late");

  SECTION("who leaves is seen to leave") {
    bob.terminal().close_input();
    CHECK(bob.terminal().wait() == "exit code 0");
    late.terminal().kill(SIGINT);
    CHECK(late.terminal().wait() == "exit code 0");
    ada.sees("* Bob left");
    ada.sees("* Late left");
  }
  SECTION("who is killed is gone") {
    late.terminal().kill(SIGKILL);
    ada.sees("* Late is gone");
    bob.sees("* Late is gone");
  }
  SECTION("programs that are no nodes hear and say, too") {
    child_process sub("zooid", {"sub", chat.room(), "Said", "--count", "1"});
    REQUIRE(says(sub, "subscribed to Said"));
    CHECK(run_tool({"call", chat.room() + "/room", "Say", R"({"name": "Kim", "text": "dinner is ready"})"}).output ==
          "null\n");
    ada.sees("Kim: dinner is ready");
    CHECK(sub.wait() == "exit code 0");
    CHECK_THAT(sub.output(), has(R"("name":"Kim","text":"dinner is ready"})"));
  }
  SECTION("nobody takes another's name") {
    guest other("Ada", chat.room());
    CHECK(other.terminal().wait() == "exit code 1");
    CHECK_THAT(other.terminal().errors(), has("denied: ") && has("take another name"));
  }
  ada.terminal().close_input();
  CHECK(ada.terminal().wait() == "exit code 0");
  chat.up().kill(SIGINT);
  CHECK(chat.up().wait() == "exit code 0");
}

TEST_CASE("guests return to a room that was killed and started anew", "[integration][chat]") {
  running_chat chat;
  guest ada("Ada", chat.room());
  ada.sees("* here: Ada");
  guest bob("Bob", chat.room());
  bob.sees("* here: Ada, Bob");
  REQUIRE(::kill(chat.pid_of_room(), SIGKILL) == 0);

  // What is said while a terminal is away is not heard there: Bob repeats it.
  bool heard = false;
  for (int i = 0; i < 300 && !heard; ++i) {
    bob.say("again");
    heard = ada.sees_soon("Bob: again");
  }
  CHECK(heard);
  guest late("Late", chat.room());
  late.sees_all({"Ada", "Bob", "Late"});  // They tell the new room once a second that they are there.
}

TEST_CASE("a chat without a room says so and fails", "[integration][chat]") {
  std::string room;
  {
    child_process closed("chat_room", {"--listen", "tcp://127.0.0.1:0"});
    const auto line = closed.read_line_with("the room is at ");
    REQUIRE(line);
    room = line->substr(line->find("tcp://"));
  }
  child_process chat("chat", {"Ada", room});
  CHECK(chat.wait() == "exit code 1");
  CHECK_THAT(chat.errors(), has("chat: ") && has(room));
}
