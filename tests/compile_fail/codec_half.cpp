// expect: both save\(\) and load\(\)
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

struct sent {
  int field;
  template <class Archive>
  void save(Archive& archive) const {
    archive(field);
  }
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
