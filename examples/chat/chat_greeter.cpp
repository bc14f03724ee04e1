// SPDX-License-Identifier: Apache-2.0

// Welcomes who comes into a room: chat_greeter [--room ENDPOINT]. It hears the room's events and is no guest itself.

#include "interruption.hpp"
#include "messages.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  std::string endpoint = usual_endpoint;
  CLI::App options("Welcomes who comes into a room.", "chat_greeter");
  options.add_option("--room", endpoint, "Where the room is")->capture_default_str();
  CLI11_PARSE(options, argc, argv);

  const interruption ctrl_c;
  zooid::node node;
  const auto room = node.find<Room>(endpoint + "/room");
  const auto welcome = [room](const Presence& guest) {
    if (guest.here) room.tell<Say>("greeter", "welcome, " + guest.name);
  };
  node.subscribe<Presence>(welcome, zooid::from(endpoint)).confirmed().get();
  std::cout << "welcoming who comes to " << endpoint << std::endl;
  ctrl_c.wait();
} catch (const std::exception& failure) {
  std::cerr << "chat_greeter: " << failure.what() << '\n';
  return 1;
}
