// SPDX-License-Identifier: Apache-2.0

// A room to chat in: chat_room [--listen ENDPOINT]. Runs until Ctrl-C.

#include "interruption.hpp"
#include "room.hpp"

#include <zooid/json.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  std::string listen = usual_endpoint;
  CLI::App options("A room to chat in.", "chat_room");
  options.add_option("--listen", listen, "Where it is reached: tcp://host:port or ipc:///path")->capture_default_str();
  CLI11_PARSE(options, argc, argv);

  const interruption ctrl_c;
  zooid::node node{{.listen = listen, .door = zooid::json()}};
  node.spawn_as<ChatRoom>("room");
  std::cout << "the room is at " << node.endpoint() << std::endl;
  ctrl_c.wait();
} catch (const zooid::setup_error& failure) {
  std::cerr << "chat_room: " << failure.what() << '\n';
  return 1;
}
