// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <memory>
#include <vector>

namespace {

struct Tick {
  int number;
};
struct Schedule {
  zooid::duration delay;
  int number;
};
struct CancelAll {
  using reply = int;
};
struct Ticks {
  using reply = std::vector<int>;
};
struct Clockwork : zooid::local_contract<Schedule, CancelAll, Ticks> {};
struct TickingActor {
  using contract = Clockwork;
  std::vector<zooid::timer> timers;
  std::vector<int> ticks;
  void on(const Schedule& what, zooid::context& in) { timers.push_back(in.after(what.delay, this, Tick{what.number})); }
  int on(CancelAll) {
    int cancelled = 0;
    for (zooid::timer& timer : timers) cancelled += timer.cancel() ? 1 : 0;
    return cancelled;
  }
  void on(const Tick& tick) { ticks.push_back(tick.number); }
  std::vector<int> on(Ticks) const { return ticks; }
};
struct Narrow : TickingActor {
  static constexpr zooid::mailbox_limits mailbox{.messages = 1};
};
using numbers = std::vector<int>;

}  // namespace

TEST_CASE("timers deliver in the order of their times, equal ones as they were set", "[timer]") {
  simulated one;
  const auto clockwork = one.system.spawn<TickingActor>();
  clockwork.tell(Schedule{3s, 1});
  clockwork.tell(Schedule{1s, 2});
  clockwork.tell(Schedule{3s, 3});
  clockwork.tell(Schedule{2s, 4});
  one.steps->run_until_idle();
  CHECK(clockwork.call(Ticks{}).get() == numbers{});
  one.steps->run_for(2s);
  CHECK(clockwork.call(Ticks{}).get() == numbers{2, 4});
  one.steps->run_for(1s);
  CHECK(clockwork.call(Ticks{}).get() == numbers{2, 4, 1, 3});
}

TEST_CASE("a cancelled timer does not deliver, and can be cancelled once", "[timer]") {
  simulated one;
  const auto clockwork = one.system.spawn<TickingActor>();
  clockwork.tell(Schedule{1s, 1});
  clockwork.tell(Schedule{2s, 2});
  one.steps->run_for(1s);
  CHECK(clockwork.call(CancelAll{}).get() == 1);
  CHECK(clockwork.call(CancelAll{}).get() == 0);
  one.steps->run_for(5s);
  CHECK(clockwork.call(Ticks{}).get() == numbers{1});
  zooid::timer none;
  CHECK_FALSE(none.cancel());
}

TEST_CASE("a timer of no time delivers in a later turn", "[timer]") {
  simulated one;
  const auto clockwork = one.system.spawn<TickingActor>();
  clockwork.tell(Schedule{0s, 1});
  one.steps->run_until_idle();
  CHECK(clockwork.call(Ticks{}).get() == numbers{1});
}

TEST_CASE("a timer may be set for the end of time", "[timer]") {
  simulated one;
  const auto clockwork = one.system.spawn<TickingActor>();
  clockwork.tell(Schedule{zooid::duration::max(), 1});
  one.steps->run_until_idle();
  CHECK(clockwork.call(Ticks{}).get() == numbers{});
}

TEST_CASE("timers on threads keep the hand-moved clock's order", "[timer]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  zooid::actor_system system{{.scheduler = zooid::make_thread_pool({.workers = 2, .time = time})}};
  const auto clockwork = system.spawn<TickingActor>();
  for (int i = 0; i < 10; ++i) clockwork.tell(Schedule{(10 - i) * 1s, i});
  CHECK(clockwork.call(Ticks{}).get() == numbers{});
  time->advance(5s);
  CHECK(clockwork.call(Ticks{}).get() == numbers{9, 8, 7, 6, 5});
  time->advance(5s);
  CHECK(clockwork.call(Ticks{}).get() == numbers{9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  stopped_accounts(system);
}

TEST_CASE("timers ring by themselves in real time", "[timer]") {
  struct Ringing {
    using contract = zooid::local_contract<>;
    gate* rung;
    int left = 3;
    explicit Ringing(gate& when_rung) : rung(&when_rung) {}
    void start(zooid::context& in) { in.after(1ms, this, Tick{0}); }
    void on(Tick, zooid::context& in) {
      if (--left == 0) {
        rung->open();
      } else {
        in.after(1ms, this, Tick{0});
      }
    }
  };
  zooid::actor_system system;
  gate rung;
  system.spawn<Ringing>(rung);
  CHECK(rung.wait());
}

TEST_CASE("a timer's message is freed when it rings for a dead actor, or never rings", "[timer]") {
  struct Owning {
    using contract = zooid::local_contract<std::shared_ptr<int>>;
    void on(std::shared_ptr<int> owned, zooid::context& in) { in.after(1s, this, Later{std::move(owned)}); }
    struct Later {
      std::shared_ptr<int> owned;
    };
    void on(const Later& later) { ++*later.owned; }
  };
  const auto owned = std::make_shared<int>(0);
  {
    simulated one;
    const auto live = one.system.spawn<Owning>();
    const auto doomed = one.system.spawn<Owning>();
    live.tell(owned);
    doomed.tell(owned);
    one.steps->run_until_idle();
    one.system.stop(doomed);
    one.steps->run_for(2s);
    CHECK(*owned == 1);
    CHECK(owned.use_count() == 1);
    live.tell(owned);
    one.steps->run_until_idle();
    CHECK(owned.use_count() == 2);
  }
  CHECK(owned.use_count() == 1);
}

TEST_CASE("a timer's message passes the mailbox's bound", "[timer]") {
  simulated one;
  const auto clockwork = one.system.spawn<Narrow>();
  for (int i = 0; i < 3; ++i) {
    CHECK(clockwork.tell(Schedule{1s, i}));
    one.steps->run_until_idle();
  }
  one.steps->run_for(1s);
  CHECK(clockwork.call(Ticks{}).get() == numbers{0, 1, 2});
}
