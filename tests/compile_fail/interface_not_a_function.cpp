// SPDX-License-Identifier: Apache-2.0
// expect: an interface lists its functions as `&Interface::function`
#include <zooid/zooid.hpp>

struct Calculator {
  static int add(int, int);
  using contract = zooid::interface<"calculator", &Calculator::add>;
};

const zooid::contract_codec& table = zooid::codec_of<Calculator::contract>();
