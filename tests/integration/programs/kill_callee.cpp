// SPDX-License-Identifier: Apache-2.0
// kill_callee ENDPOINT: serves calls there until it is killed, and says when it is ready.
#include <zooid/zooid.hpp>

#include <iostream>
#include <string>

namespace {

struct Work {
  using reply = std::uint64_t;
  std::uint64_t number = 0;
};
struct Worker : zooid::contract<"worker", Work> {};
struct Working {
  using contract = Worker;
  std::uint64_t on(const Work& work) { return work.number; }
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  zooid::node node{{.listen = arguments[1]}};
  node.spawn_as<Working>("worker");
  std::cout << "ready" << std::endl;
  std::string line;
  std::getline(std::cin, line);
  return 0;
}
