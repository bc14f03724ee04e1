// SPDX-License-Identifier: Apache-2.0
// expect: the arguments are not what the function takes
// expect: Calculator::add
#include <zooid/zooid.hpp>

#include <string>

struct Calculator {
  virtual int add(int, int) = 0;
  using contract = zooid::interface<"calculator", &Calculator::add>;
};

int main() {
  zooid::ref<Calculator::contract> calculator;
  return calculator.call<&Calculator::add>(2, std::string("three")).get();
}
