// expect: must be default constructible
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

struct sent {
  explicit sent(int value) : field(value) {}
  template <class Archive>
  void serialize(Archive& archive) {
    archive(field);
  }
  int field;
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
