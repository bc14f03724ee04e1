// expect: this type cannot be sent
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

class secret {
 public:
  secret() = default;
  explicit secret(int value) : value_(value) {}

 private:
  int value_ = 0;
};

struct sent {
  secret field;
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
