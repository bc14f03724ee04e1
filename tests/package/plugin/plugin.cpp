// SPDX-License-Identifier: Apache-2.0
#include "account.hpp"

std::string ask(zooid::actor_system& in) {
  auto answer = in.find<Account>("account").call(Total{}).result();
  return answer ? std::to_string(*answer) : answer.error().to_string();
}
