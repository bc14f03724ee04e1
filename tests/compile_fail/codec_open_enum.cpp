// expect: an enum in a message needs a fixed type
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

enum colour { red, green };

struct sent {
  colour field;
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
