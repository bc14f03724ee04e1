// expect: a message cannot hold a polymorphic type
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

struct shape {
  virtual ~shape() = default;
};

struct sent {
  shape field;
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
