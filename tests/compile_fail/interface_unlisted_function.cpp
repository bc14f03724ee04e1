// SPDX-License-Identifier: Apache-2.0
// expect: the contract does not list this message
// expect: Calculator::subtract
#include <zooid/zooid.hpp>

struct Calculator {
  virtual int add(int, int) = 0;
  virtual int subtract(int, int) = 0;
  using contract = zooid::interface<"calculator", &Calculator::add>;
};

int main() {
  zooid::ref<Calculator::contract> calculator;
  return calculator.call<&Calculator::subtract>(2, 3).get();
}
