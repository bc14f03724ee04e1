// SPDX-License-Identifier: Apache-2.0
// flood_lake [TIMEOUT]: a node with the service "lake", with the default options or another heartbeat timeout in
// seconds. It says where it listens. At its first line of input the dam opens, at the end of its input it ends.
#include "flood_lake.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>

int main(int count, char** arguments) {
  zooid::node_options options{.listen = "tcp://127.0.0.1:0"};
  if (count == 2) options.heartbeat_timeout = std::chrono::seconds(std::atoi(arguments[1]));
  std::promise<void> dam;
  zooid::node node(std::move(options));
  node.spawn_as<DammedLake>("lake", dam.get_future().share());
  std::cout << node.endpoint() << std::endl;
  std::string line;
  if (std::getline(std::cin, line)) dam.set_value();
  while (std::getline(std::cin, line)) {
  }
  return 0;
}
