// SPDX-License-Identifier: Apache-2.0
// expect: no handler
// expect: check_handler<.*DeafActor.*Greet
#include <zooid/actors.hpp>

#include <string>

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Part {};
struct Greeter : zooid::contract<"greeter", Greet, Part> {};
struct DeafActor {
  using contract = Greeter;
  void on(Part) {}
};

int main() {
  zooid::actor_system system;
  system.spawn<DeafActor>();
}
