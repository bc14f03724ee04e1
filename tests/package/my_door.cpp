// SPDX-License-Identifier: Apache-2.0
// A user's program that programs in other languages may call.
#include <zooid/json.hpp>
#include <zooid/zooid.hpp>

#include <iostream>

int main() {
  zooid::node server{{.listen = "tcp://127.0.0.1:0", .door = zooid::json()}};
  std::cout << (server.endpoint().empty() ? "closed" : "open") << '\n';
}
