// SPDX-License-Identifier: Apache-2.0
// expect: the handler's result type is not the message's `reply`
// expect: check_reply<.*Greet
#include <zooid/actors.hpp>

#include <string>

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};
struct CountingActor {
  using contract = Greeter;
  int* on(const Greet&) { return nullptr; }
};

int main() {
  zooid::actor_system system;
  system.spawn<CountingActor>();
}
