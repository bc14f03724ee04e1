// SPDX-License-Identifier: Apache-2.0
#include <zooid/actors.hpp>

#include <memory>
#include <string>

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Count {
  using reply = int;
  int from;
};
struct Own {
  std::unique_ptr<int> what;
};
struct Greeter : zooid::local_contract<Greet, Count, Own> {};

Greet make_greet() { return {"x"}; }

zooid::task<> use(zooid::ref<Greeter> to) {
  const Greet greet{"x"};
  static_cast<void>(co_await to.call(greet));
  static_cast<void>(co_await to.call(greet, std::chrono::seconds(1)));
  static_cast<void>(co_await to.call<Greet>("x"));
  static_cast<void>(co_await to.within(std::chrono::seconds(1)).call<Greet>("x"));
  static_cast<void>(co_await to.call(Count{1}));
  static_cast<void>(co_await to.tell(greet));
  static_cast<void>(co_await to.tell<Greet>("x"));
  static_cast<void>(co_await to.tell<Own>(std::make_unique<int>(1)));
  auto pending = to.call(greet);
  static_cast<void>(co_await pending);
  auto told = to.tell(greet);
  static_cast<void>(co_await told);
}

void outside(const zooid::ref<Greeter>& to) {
  static_cast<void>(to.call(Greet{"x"}).get());
  static_cast<void>(to.call(make_greet()).result());
  to.tell(Greet{"x"}).get();
}
