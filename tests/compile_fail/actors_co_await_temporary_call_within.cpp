// SPDX-License-Identifier: Apache-2.0
// only: gcc
// expect: put the message into a variable
#include <zooid/actors.hpp>

#include <string>

struct Name {
  std::string first;
};
struct Greet {
  using reply = std::string;
  Name name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};

zooid::task<> use(zooid::ref<Greeter> to) {
  static_cast<void>(co_await to.within(std::chrono::seconds(1)).call(Greet{{"x"}}));
}
