// SPDX-License-Identifier: Apache-2.0

// Asks for a greeting: hello_client [ENDPOINT [NAME]].

#include "greeter.hpp"

#include <exception>
#include <iostream>

using namespace std::chrono_literals;

int main(int argc, char** argv) try {
  const std::string endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:10000";
  const Greet greet{.name = argc > 2 ? argv[2] : "world"};

  zooid::node node;  // Nobody calls it: it listens nowhere.
  const auto greeter = node.find<Greeter>(endpoint + "/greeter");
  const zooid::result<std::string> greeting = greeter.call(greet, 2s).result();
  if (!greeting) {
    std::cerr << "hello_client: no greeting from " << endpoint << ": " << greeting.error().to_string() << '\n';
    return 1;
  }
  std::cout << *greeting << '\n';
} catch (const zooid::setup_error& failure) {
  std::cerr << "hello_client: " << failure.what() << '\n';
  return 1;
}
