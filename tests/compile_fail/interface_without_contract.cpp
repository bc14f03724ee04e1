// SPDX-License-Identifier: Apache-2.0
// expect: what is served lists its functions
#include <zooid/actors.hpp>

#include <memory>

struct Calculator {
  int add(int a, int b) { return a + b; }
};

int main() {
  zooid::actor_system system;
  system.serve<Calculator>("calculator", std::make_shared<Calculator>());
}
