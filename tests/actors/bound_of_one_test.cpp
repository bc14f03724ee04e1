// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include "catch.hpp"

namespace {

struct Next {
  using reply = int;
};
struct Single : zooid::contract<"single", Next> {};
class SingleActor {
 public:
  using contract = Single;
  static constexpr zooid::mailbox_limits mailbox{.messages = 1};
  int on(Next) { return ++count_; }

 private:
  int count_ = 0;
};

struct Literal {
  using reply = std::string;
};
struct Literals : zooid::contract<"literals", Literal> {};
struct LiteralActor {
  using contract = Literals;
  zooid::task<zooid::result<std::string>> on(Literal) { co_return "text"; }
};

}  // namespace

TEST_CASE("a mailbox for one message takes the next call as soon as the answer to the last one is there",
          "[mailbox][call]") {
  zooid::actor_system system;
  const auto single = system.spawn<SingleActor>();
  for (int i = 1; i <= 2000; ++i) REQUIRE(single.call<Next>().get() == i);
}

TEST_CASE("a coroutine handler that returns a result may co_return what converts to its value", "[coroutine][result]") {
  zooid::actor_system system;
  REQUIRE(system.spawn<LiteralActor>().call<Literal>().get() == "text");
}
