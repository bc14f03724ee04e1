// expect: cannot take a struct with a base class apart
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

struct base {
  int a;
};
struct derived : base {
  int b;
};

struct sent {
  derived field;
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
