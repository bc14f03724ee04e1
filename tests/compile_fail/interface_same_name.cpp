// SPDX-License-Identifier: Apache-2.0
// expect: two functions of an interface have the same name
// expect: interface<.*Calculator::negate
#include <zooid/zooid.hpp>

struct Calculator {
  virtual int negate(int) = 0;
  virtual double negate(double) = 0;
  using contract = zooid::interface<"calculator", static_cast<int (Calculator::*)(int)>(&Calculator::negate),
                                    static_cast<double (Calculator::*)(double)>(&Calculator::negate)>;
};

const zooid::contract_codec& table = zooid::codec_of<Calculator::contract>();
