// SPDX-License-Identifier: Apache-2.0
// expect: a function whose result nobody hears: call it
#include <zooid/zooid.hpp>

struct Calculator {
  virtual int add(int, int) = 0;
  using contract = zooid::interface<"calculator", &Calculator::add>;
};

int main() {
  zooid::ref<Calculator::contract> calculator;
  calculator.tell<&Calculator::add>(2, 3);
}
