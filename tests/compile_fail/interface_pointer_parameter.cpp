// SPDX-License-Identifier: Apache-2.0
// expect: a function of an interface cannot take a pointer
// expect: method_call<.*Calculator::send
#include <zooid/zooid.hpp>

struct Calculator {
  virtual void send(const char*) = 0;
  using contract = zooid::interface<"calculator", &Calculator::send>;
};

const zooid::contract_codec& table = zooid::codec_of<Calculator::contract>();
