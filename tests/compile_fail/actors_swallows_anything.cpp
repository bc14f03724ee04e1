// SPDX-License-Identifier: Apache-2.0
// expect: would swallow anything
#include <zooid/actors.hpp>

struct Part {};
struct Parting : zooid::contract<"parting", Part> {};
struct HungryActor {
  using contract = Parting;
  void on(auto&&) {}
};

int main() {
  zooid::actor_system system;
  system.spawn<HungryActor>();
}
