// SPDX-License-Identifier: Apache-2.0
// A user's program of one node, which needs no network.
#include <zooid/actors.hpp>

#include <iostream>

struct Add {
  int amount;
};
struct Total {
  using reply = int;
};
struct Account : zooid::contract<"account", Add, Total> {};

class SavingsAccount {
 public:
  using contract = Account;
  void on(const Add& add) { total_ += add.amount; }
  int on(const Total&) { return total_; }

 private:
  int total_ = 0;
};

int main() {
  zooid::actor_system system;
  auto account = system.spawn<SavingsAccount>();
  account.tell(Add{20});
  account.tell(Add{22});
  std::cout << account.call(Total{}).get() << '\n';
}
