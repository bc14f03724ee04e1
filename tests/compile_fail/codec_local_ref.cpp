// expect: a message cannot hold a ref to a local_contract
// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>
#include <zooid/contract.hpp>

#include <zooid/ref.hpp>

struct tick {};
struct inside : zooid::local_contract<tick> {};

struct sent {
  zooid::ref<inside> field;
};
struct service : zooid::contract<"service", sent> {};

const zooid::contract_codec& table = zooid::codec_of<service>();
