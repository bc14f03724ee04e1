// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include "catch.hpp"

#include <utility>

namespace {

struct AddUp {
  using reply = int;
};
struct AddingUp : zooid::local_contract<AddUp> {};

struct Summer {
  using contract = AddingUp;
  zooid::task<int> one() { co_return 1; }
  zooid::task<int> on(const AddUp&) {
    int sum = 0;
    for (int i = 0; i < 200'000; ++i) sum += co_await one();
    co_return sum;
  }
};

struct Answer {
  using reply = void;
};
struct Lateness : zooid::contract<"lateness", Answer> {};
/// Never answers: what it waits for is not sent.
struct Sleeper {
  using contract = Lateness;
  zooid::task<void> on(const Answer&) {
    struct forever {
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) const noexcept {}
      void await_resume() const noexcept {}
    } wait;
    co_await wait;
  }
};

}  // namespace

TEST_CASE("a loop that awaits tasks which end at once takes no stack for its rounds", "[coroutine]") {
  zooid::actor_system system;
  REQUIRE(system.spawn<Summer>().within(patience).call<AddUp>().get() == 200'000);
}

TEST_CASE("a call that timed out says whom it asked", "[call][deadline]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto scheduler = zooid::make_deterministic_scheduler(time);
  {
    zooid::actor_system system{{.scheduler = scheduler}};
    const auto sleeper = system.spawn<Sleeper>();
    const auto answer = sleeper.call(Answer{}, 1s).result();
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == zooid::errc::timeout);
    CHECK(answer.error().detail == "Answer was not answered by Sleeper#1 in time");
  }
  scheduler->stop(1s);
}
