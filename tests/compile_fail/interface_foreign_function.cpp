// SPDX-License-Identifier: Apache-2.0
// expect: an interface lists functions of its class or of a base class
#include <zooid/zooid.hpp>

#include <memory>

struct Abacus {
  int add(int a, int b) { return a + b; }
};
struct Calculator {
  using contract = zooid::interface<"calculator", &Abacus::add>;
};

int main() {
  zooid::node node;
  node.serve<Calculator>("calculator", std::make_shared<Calculator>());
}
