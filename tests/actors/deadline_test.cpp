// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <vector>

namespace {

/// Passes the call on to `to`, with a timeout of its own.
struct Relay {
  using reply = zooid::time_point;
  zooid::duration timeout;
};
struct Where {
  using reply = zooid::time_point;
};
struct Relaying : zooid::local_contract<Relay> {};
struct Watched : zooid::local_contract<Where> {};

struct WatchedActor {
  using contract = Watched;
  zooid::time_point on(Where, zooid::context& in) const { return in.deadline(); }
};
struct RelayActor {
  using contract = Relaying;
  zooid::ref<Watched> to;
  explicit RelayActor(zooid::ref<Watched> whom) : to(std::move(whom)) {}
  zooid::task<zooid::time_point> on(Relay relay) {
    const auto told = co_await to.call(Where{}, relay.timeout);
    co_return told.value();
  }
};
/// Waits for a counter that never answers.
struct Wait {
  using reply = zooid::errc;
  zooid::duration timeout;
};
struct Waiting : zooid::local_contract<Wait> {};
struct WaitingActor {
  using contract = Waiting;
  zooid::ref<Counter> to;
  explicit WaitingActor(zooid::ref<Counter> whom) : to(std::move(whom)) {}
  zooid::task<zooid::errc> on(Wait wait) {
    const auto outcome = co_await to.call(Sleep{}, wait.timeout);
    co_return code_of(outcome);
  }
};

/// Counts what it is asked to remember on top of another scheduler.
class counting_scheduler final : public zooid::scheduler {
 public:
  explicit counting_scheduler(std::shared_ptr<zooid::scheduler> below) : below_(std::move(below)) {}
  void schedule(zooid::runnable& ready) override { below_->schedule(ready); }
  void defer(zooid::runnable& ready) override { below_->defer(ready); }
  void at(zooid::time_point when, zooid::intrusive_ptr<zooid::alarm> what) override {
    ++alarms;
    below_->at(when, std::move(what));
  }
  [[nodiscard]] zooid::intrusive_ptr<zooid::waiter> make_waiter() override { return below_->make_waiter(); }
  bool wait(zooid::waiter& on, zooid::time_point deadline) override { return below_->wait(on, deadline); }
  [[nodiscard]] zooid::clock& time() override { return below_->time(); }
  unsigned stop(zooid::duration at_most) override { return below_->stop(at_most); }

  int alarms = 0;

 private:
  void drop_alarms() override { below_->stop(zooid::duration::zero()); }

  std::shared_ptr<zooid::scheduler> below_;
};

struct Round {};
struct Rounds : zooid::local_contract<Round> {};
/// Starts a long call and then many short ones.
struct RoundsActor {
  using contract = Rounds;
  zooid::ref<Counter> silent;
  explicit RoundsActor(zooid::ref<Counter> whom) : silent(std::move(whom)) {}
  void on(Round) {
    silent.call(Sum{}, 1h).then([](const zooid::result<std::uint64_t>&) {});
    silent.call(Sum{}, 1ms).then([](const zooid::result<std::uint64_t>&) {});
  }
};

}  // namespace

TEST_CASE("a call without an answer ends at its deadline", "[deadline]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  const auto start = one.time->now();
  const auto outcome = counter.call(Sleep{}, 3s).result();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == zooid::errc::timeout);
  CHECK(outcome.error().detail.find("Sleep") != std::string::npos);
  CHECK(one.time->now() == start + 3s);
}

TEST_CASE("a call without a timeout has the system's", "[deadline]") {
  simulated one({.call_timeout = 7s});
  const auto counter = one.system.spawn<CountingActor>();
  const auto start = one.time->now();
  CHECK(code_of(counter.call(Sleep{}).result()) == zooid::errc::timeout);
  CHECK(one.time->now() == start + 7s);
}

TEST_CASE("a call whose time is over before it begins is refused", "[deadline]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  CHECK(code_of(counter.call(Sum{}, 0s).result()) == zooid::errc::timeout);
  CHECK(code_of(counter.call(Sum{}, -3s).result()) == zooid::errc::timeout);
  CHECK(one.system.accounts().taken == 0);
}

TEST_CASE("a call may have all the time there is", "[deadline]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  CHECK(counter.call(Sum{}, zooid::duration::max()).get() == 0);
  CHECK(counter.within(zooid::duration::max()).call(Sum{}).get() == 0);
}

TEST_CASE("threads that wait are told when a hand-moved clock passes their deadline", "[deadline]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  zooid::actor_system system{{.scheduler = zooid::make_thread_pool({.workers = 2, .time = time})}};
  gate begun;
  gate end;
  const auto counter = system.spawn<CountingActor>();
  auto held = counter.call(Hold{&begun, &end}, 10s);
  REQUIRE(begun.wait());
  auto queued = counter.call(Sum{}, 5s);
  zooid::errc code_of_queued{};
  std::thread waiting([&] { code_of_queued = code_of(queued.result()); });
  time->advance(6s);
  waiting.join();
  CHECK(code_of_queued == zooid::errc::timeout);
  end.open();
  CHECK(held.result());
  CHECK(counter.call(Sum{}).get() == 0);
  CHECK(count(stopped_accounts(system).dead_letters, zooid::errc::cancelled) == 1);
}

TEST_CASE("a handler's calls have what is left of its caller's time", "[deadline]") {
  simulated one;
  const auto relay = one.system.spawn<RelayActor>(one.system.spawn<WatchedActor>());
  const auto start = one.time->now();
  CHECK(relay.call(Relay{1min}, 2s).get() == start + 2s);
  CHECK(relay.call(Relay{1s}, 2s).get() == start + 1s);
}

TEST_CASE("an actor waits no longer than its caller does", "[deadline]") {
  simulated one;
  const auto waiting = one.system.spawn<WaitingActor>(one.system.spawn<CountingActor>());
  const auto start = one.time->now();
  CHECK(waiting.call(Wait{1s}, 2s).get() == zooid::errc::timeout);
  CHECK(one.time->now() == start + 1s);
  // Both deadlines pass at the same time: whether the caller still hears of it is open.
  const auto outcome = waiting.call(Wait{1h}, 2s).result();
  CHECK((outcome ? *outcome : outcome.error().code) == zooid::errc::timeout);
  CHECK(one.time->now() == start + 3s);
}

TEST_CASE("a tell has no deadline, and its handler's calls have their own", "[deadline]") {
  struct Noting {
    using contract = zooid::local_contract<Add, Where>;
    zooid::time_point seen{};
    void on(Add, zooid::context& in) { seen = in.deadline(); }
    zooid::time_point on(Where) const { return seen; }
  };
  simulated one;
  const auto noting = one.system.spawn<Noting>();
  noting.tell(Add{1});
  CHECK(noting.call(Where{}).get() == zooid::time_point::max());
}

TEST_CASE("a call whose deadline passes in the mailbox is not run", "[deadline]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto pool = zooid::make_thread_pool({.workers = 2, .time = time});
  zooid::actor_system system{{.scheduler = pool}};
  struct Ran {
    using contract = zooid::local_contract<Hold, Throw, Sum>;
    std::uint64_t ran = 0;
    void on(Hold hold) const {
      hold.begun->open();
      static_cast<void>(hold.end->wait());
    }
    void on(const Throw&) { ++ran; }
    std::uint64_t on(Sum) const { return ran; }
  };
  const auto actor = system.spawn<Ran>();
  gate begun;
  gate end;
  actor.tell(Hold{&begun, &end});
  REQUIRE(begun.wait());
  auto late = actor.call(Throw{}, 1s);
  time->advance(2s);
  end.open();
  CHECK(actor.call(Sum{}).get() == 0);
  CHECK(code_of(late.result()) == zooid::errc::timeout);
  CHECK(count(stopped_accounts(system).dead_letters, zooid::errc::timeout) == 1);
  pool->stop(1s);
}

TEST_CASE("real time makes calls end, too", "[deadline]") {
  zooid::actor_system system{{.workers = 1, .drain = 0s}};
  const auto counter = system.spawn<CountingActor>();
  const auto waiting = system.spawn<WaitingActor>(counter);
  CHECK(waiting.call(Wait{1ms}).get() == zooid::errc::timeout);
  CHECK(code_of(counter.call(Sleep{}, 1ms).result()) == zooid::errc::timeout);
}

TEST_CASE("the alarms of an actor that makes short and long calls do not multiply", "[deadline]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto steps = zooid::make_deterministic_scheduler(time);
  const auto counting = std::make_shared<counting_scheduler>(steps);
  zooid::actor_system system{{.scheduler = counting}};
  const auto silent = system.spawn<CountingActor>();
  silent.tell(Sleep{});
  const auto rounds = system.spawn<RoundsActor>(silent);
  for (int i = 0; i < 50; ++i) {
    rounds.tell(Round{});
    steps->run_for(1min);
  }
  const int before = counting->alarms;
  for (int i = 0; i < 3; ++i) steps->run_for(1h);
  // One for each deadline, not one more for every alarm there ever was.
  CHECK(before <= 150);
  CHECK(counting->alarms - before <= 60);
  stopped_accounts(system, 0s);
  steps->stop(0s);
}
