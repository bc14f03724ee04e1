// SPDX-License-Identifier: Apache-2.0

// Chats in a room: chat NAME [ENDPOINT]. Says each line of its input; leaves at its end, or with Ctrl-C.

#include "interruption.hpp"
#include "terminal.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <optional>
#include <string>

int main(int argc, char** argv) try {
  std::string name;
  std::string endpoint = usual_endpoint;
  CLI::App options("Chats in a room: says what you type, and prints what others say.", "chat");
  options.add_option("name", name, "What the others call you")->required();
  options.add_option("endpoint", endpoint, "Where the room is")->capture_default_str();
  CLI11_PARSE(options, argc, argv);

  const interruption ctrl_c;
  zooid::node node;  // Nobody calls it: it listens nowhere.
  const auto terminal = node.spawn<Terminal>(node.find<Room>(endpoint + "/room"), endpoint, name);
  terminal.call<Enter>().get();
  typed_lines lines(ctrl_c);
  while (const std::optional<std::string> line = lines.next()) terminal.call<Typed>(*line).get();
  terminal.call<Exit>().get();
} catch (const std::exception& failure) {
  std::cerr << "chat: " << failure.what() << '\n';
  return 1;
}
