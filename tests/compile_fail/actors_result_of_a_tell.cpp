// SPDX-License-Identifier: Apache-2.0
// expect: the message has no `reply` type
// expect: check_reply<.*Part
#include <zooid/actors.hpp>

struct Part {};
struct Parting : zooid::contract<"parting", Part> {};
struct TalkingActor {
  using contract = Parting;
  int on(Part) { return 1; }
};

int main() {
  zooid::actor_system system;
  system.spawn<TalkingActor>();
}
