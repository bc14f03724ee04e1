// SPDX-License-Identifier: Apache-2.0
// expect: friend zooid::access
// expect: check_handler<.*ShyActor.*Part
#include <zooid/actors.hpp>

struct Part {};
struct Parting : zooid::contract<"parting", Part> {};
class ShyActor {
 public:
  using contract = Parting;

 private:
  void on(Part) {}
};

int main() {
  zooid::actor_system system;
  system.spawn<ShyActor>();
}
