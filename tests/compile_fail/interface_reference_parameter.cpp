// SPDX-License-Identifier: Apache-2.0
// expect: a function of an interface cannot change its caller's object
// expect: method_call<.*Calculator::increment
#include <zooid/zooid.hpp>

struct Calculator {
  virtual void increment(int&) = 0;
  using contract = zooid::interface<"calculator", &Calculator::increment>;
};

const zooid::contract_codec& table = zooid::codec_of<Calculator::contract>();
