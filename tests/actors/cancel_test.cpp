// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace {

/// Holds until the caller has given up, as far as the handler can see.
struct Watch {
  using reply = void;
  gate* begun;
  std::atomic<bool>* saw;
};
struct Watcher : zooid::local_contract<Watch, Throw, Sum> {};
struct WatchingActor {
  using contract = Watcher;
  std::uint64_t ran = 0;
  void on(const Watch& watch, zooid::context& in) const {
    watch.begun->open();
    *watch.saw = eventually([&] { return in.cancelled(); });
  }
  void on(const Throw&) { ++ran; }
  std::uint64_t on(Sum) const { return ran; }
};

struct Start {
  using reply = void;
};
struct Drop {
  using reply = void;
};
struct Caller : zooid::local_contract<Start, Drop> {};
struct CallingActor {
  using contract = Caller;
  zooid::ref<Counter> whom;
  std::optional<zooid::pending<void>> call;
  explicit CallingActor(zooid::ref<Counter> counter) : whom(std::move(counter)) {}
  void on(Start) { call.emplace(whom.call(Sleep{})); }
  void on(Drop) { call.reset(); }
};

}  // namespace

TEST_CASE("what has not begun never begins after its caller has given up", "[cancel]") {
  zooid::actor_system system{{.workers = 2}};
  const auto watcher = system.spawn<WatchingActor>();
  gate begun;
  std::atomic<bool> saw{false};
  {
    auto watched = watcher.call<Watch>(&begun, &saw);
    REQUIRE(begun.wait());
    {
      auto queued = watcher.call<Throw>("it ran");
    }
  }
  CHECK(watcher.call(Sum{}).get() == 0);
  CHECK(saw);
  const auto accounts = stopped_accounts(system);
  CHECK(count(accounts.dead_letters, zooid::errc::cancelled) == 1);
}

TEST_CASE("a running handler sees that its caller's time is over", "[cancel]") {
  zooid::actor_system system{{.workers = 2}};
  const auto watcher = system.spawn<WatchingActor>();
  gate begun;
  std::atomic<bool> saw{false};
  CHECK(code_of(watcher.within(1ms).call<Watch>(&begun, &saw).result()) == zooid::errc::timeout);
  CHECK(watcher.call(Sum{}).get() == 0);
  CHECK((saw || !begun.is_open()));
}

TEST_CASE("an actor gives up a call by letting go of it", "[cancel]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  const auto caller = one.system.spawn<CallingActor>(counter);
  counter.tell(Sleep{});
  CHECK(caller.call(Start{}).result());
  CHECK(caller.call(Drop{}).result());
  one.system.stop(counter);
  one.steps->run_until_idle();
  const auto accounts = one.system.accounts();
  CHECK(accounts.close());
  CHECK(accounts.queued == 0);
}

TEST_CASE("a call that an actor still holds ends with the actor", "[cancel]") {
  simulated one({.pending_calls = 1});
  const auto counter = one.system.spawn<CountingActor>();
  const auto caller = one.system.spawn<CallingActor>(counter);
  caller.tell(Start{});
  one.steps->run_until_idle();
  CHECK(code_of(counter.call(Sum{}).result()) == zooid::errc::overloaded);
  one.system.stop(caller);
  one.steps->run_until_idle();
  const auto other = one.system.spawn<CountingActor>();
  CHECK(other.call(Sum{}).result());
}

TEST_CASE("a call that was answered already can be let go", "[cancel]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  {
    auto answered = counter.call(Sum{});
    one.steps->run_until_idle();
  }
  CHECK(one.system.accounts().handled == 1);
  CHECK(counter.call(Sum{}).result());
}

TEST_CASE("what a continuation holds is freed when it has run, or never will", "[cancel]") {
  struct Continuing {
    using contract = zooid::local_contract<std::shared_ptr<int>>;
    zooid::ref<Counter> whom;
    explicit Continuing(zooid::ref<Counter> counter) : whom(std::move(counter)) {}
    void on(std::shared_ptr<int> owned) {
      whom.call(Sleep{}, 2s).then([owned](const zooid::result<void>& outcome) { *owned = outcome ? 1 : 2; });
    }
  };
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  const auto owned = std::make_shared<int>(0);
  const auto continuing = one.system.spawn<Continuing>(counter);
  continuing.tell(owned);
  one.steps->run_for(3s);
  CHECK(*owned == 2);
  CHECK(owned.use_count() == 1);  // Though the callee is still at it.
  continuing.tell(owned);
  one.steps->run_until_idle();
  CHECK(owned.use_count() == 2);
  one.system.stop(continuing);
  one.steps->run_until_idle();
  CHECK(owned.use_count() == 1);
}

TEST_CASE("answers and cancellations that meet do no harm", "[cancel]") {
  zooid::actor_system system{{.workers = 2}};
  const auto counter = system.spawn<CountingActor>();
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 3000; ++i) {
        auto dropped = counter.call(Sum{});
        if (i % 7 == 0) static_cast<void>(counter.call(Sum{}, 20us).result());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter.call(Sum{}).result());
  stopped_accounts(system);
}
