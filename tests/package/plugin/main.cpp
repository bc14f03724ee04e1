// SPDX-License-Identifier: Apache-2.0
// A contract that a program and its plugin share is one contract, though both hide their symbols.
#include "account.hpp"

#include <iostream>

struct SavingsAccount {
  using contract = Account;
  int on(const Total&) { return 42; }
};

int main() {
  zooid::actor_system system;
  system.spawn_as<SavingsAccount>("account");
  std::cout << ask(system) << '\n';
}
