// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

// Who is busy starves nobody. Waits are counted in the turns of those who are busy, not in time.
//
// The operating system may stop one worker between any two steps, and the others go on meanwhile. So with several
// workers a wait is the turns of the pair that had the fewest, and a few may still be too long.

namespace {

constexpr std::uint64_t messages = 1000;
constexpr std::uint64_t longest_wait = 100;  // Turns.
/// In one wait: who starves others ends, too. Far more than a pair plays while the system lets another thread wait.
constexpr std::uint64_t endless = messages * longest_wait * 500;
constexpr std::uint64_t messages_a_turn = 64;

/// How many of the waits may be too long.
std::uint64_t cut_short(unsigned workers) { return workers == 1 ? 0 : messages / 50; }

/// The turns of others while somebody waits for his own; sampled when the wait begins and when it ends.
class wait_watch {
 public:
  explicit wait_watch(std::size_t others) : turns_(others), then_(others) {}

  /// Another turn of the one with this index. False: that was the last, since the wait that has begun does not end.
  bool count(std::size_t who) { return ++turns_[who] - then_[who] < endless; }
  [[nodiscard]] std::uint64_t turns(std::size_t who) const { return turns_[who]; }

  void announce() { begun_ = false; }
  void begin() {
    for (std::size_t i = 0; i < turns_.size(); ++i) then_[i] = turns_[i].load();
    begun_ = true;
  }
  void end() {
    std::uint64_t fewest = endless;
    for (std::size_t i = 0; i < turns_.size(); ++i) fewest = std::min(fewest, turns_[i] - then_[i]);
    if (begun_ && fewest > longest_wait) ++too_long_;
    ++ended_;
  }
  [[nodiscard]] std::uint64_t ended() const { return ended_; }
  [[nodiscard]] std::uint64_t too_long() const { return too_long_; }

 private:
  std::vector<std::atomic<std::uint64_t>> turns_;
  std::vector<std::atomic<std::uint64_t>> then_;
  std::atomic<bool> begun_{false};
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<std::uint64_t> too_long_{0};
};

struct Message {
  using reply = void;
};
struct Bystander : zooid::local_contract<Message> {};
struct StandingBy {
  using contract = Bystander;
  wait_watch* watch;
  explicit StandingBy(wait_watch& by) : watch(&by) {}
  void on(Message) const { watch->end(); }
};

// Pairs that play, and a bystander.

struct Ball {};
struct Player;
struct Partner {
  zooid::ref<Player> who;
};
struct Player : zooid::local_contract<Ball, Partner> {};

struct court {
  explicit court(std::size_t pairs) : watch(pairs) {}
  wait_watch watch;
  std::atomic<bool> over{false};
};

/// Gives the ball back at once, until the game is over.
class Playing {
 public:
  using contract = Player;
  Playing(court& where, std::size_t pair) : on_court_(&where), pair_(pair) {}

  void on(const Partner& partner) { partner_ = partner.who; }
  void on(Ball) {
    if (on_court_->over) return;
    if (!on_court_->watch.count(pair_)) on_court_->over = true;
    before_passing();
    partner_.tell(Ball{});
  }

 protected:
  ~Playing() = default;
  virtual void before_passing() {}
  court* on_court_;

 private:
  std::size_t pair_;
  zooid::ref<Player> partner_;
};

struct OnlyPlaying final : Playing {
  using Playing::Playing;
};

/// Sends the bystander the next message when it has handled the last.
class PlayingAndTelling final : public Playing {
 public:
  PlayingAndTelling(court& where, std::size_t pair, zooid::ref<Bystander> whom)
      : Playing(where, pair), bystander_(std::move(whom)) {}

 private:
  void before_passing() override {
    if (on_court_->watch.ended() != sent_) return;
    if (sent_ == messages) {
      on_court_->over = true;
      return;
    }
    ++sent_;
    on_court_->watch.begin();
    bystander_.tell(Message{});
  }

  zooid::ref<Bystander> bystander_;
  std::uint64_t sent_ = 0;
};

template <class First, class... Args>
void play(zooid::actor_system& system, court& on, std::size_t pair, const Args&... args) {
  const auto first = system.spawn<First>(on, pair, args...);
  const auto second = system.spawn<OnlyPlaying>(on, pair);
  first.tell(Partner{second});
  second.tell(Partner{first});
  first.tell(Ball{});
}

/// The first player of the first pair tells the bystander something.
void play_and_tell(zooid::actor_system& system, court& on, std::size_t pairs) {
  const auto bystander = system.spawn<StandingBy>(on.watch);
  play<PlayingAndTelling>(system, on, 0, bystander);
  for (std::size_t pair = 1; pair < pairs; ++pair) play<OnlyPlaying>(system, on, pair);
}

/// A plain thread calls the bystander, while all play.
void call_beside_the_game(zooid::actor_system& system, court& on, std::size_t pairs) {
  const auto bystander = system.spawn<StandingBy>(on.watch);
  for (std::size_t pair = 0; pair < pairs; ++pair) play<OnlyPlaying>(system, on, pair);
  for (std::uint64_t i = 0; i < messages; ++i) {
    on.watch.announce();
    auto answer = bystander.within(patience).call<Message>();
    on.watch.begin();  // This thread may have been stopped before.
    REQUIRE(answer.result());
  }
  CHECK_FALSE(on.over.exchange(true));  // They still play.
}

// A flood, and a call.

struct Flood {};
struct Flooder : zooid::local_contract<Flood> {};
/// Tells whenever there is room.
class Flooding {
 public:
  using contract = Flooder;
  Flooding(zooid::ref<Bystander> whom, const std::atomic<bool>& over) : whom_(std::move(whom)), over_(&over) {}
  zooid::task<> on(Flood) {
    const Message drop;
    for (std::uint64_t i = 0; !*over_ && i < endless * messages_a_turn; ++i) {
      if (!co_await whom_.within(patience).tell(drop)) co_return;
    }
  }

 private:
  zooid::ref<Bystander> whom_;
  const std::atomic<bool>* over_;
};

/// Counts its messages as the turns in which it could have handled them.
class Flooded {
 public:
  using contract = Bystander;
  explicit Flooded(court& on) : on_(&on) {}
  void on(Message) {
    if (++handled_ % messages_a_turn == 0 && !on_->watch.count(0)) on_->over = true;
  }

 private:
  court* on_;
  std::uint64_t handled_ = 0;
};

struct Ask {
  using reply = std::uint64_t;  ///< Calls in a row during which the flooded actor did not get on; the most there were.
};
struct Asker : zooid::local_contract<Ask> {};
class Asking {
 public:
  using contract = Asker;
  Asking(zooid::ref<Bystander> whom, court& on) : whom_(std::move(whom)), on_(&on) {}
  zooid::task<std::uint64_t> on(Ask) {
    std::uint64_t most = 0;
    std::uint64_t in_a_row = 0;
    for (std::uint64_t i = 0; i < messages; ++i) {
      const std::uint64_t before = on_->watch.turns(0);
      on_->watch.begin();
      const auto answer = co_await whom_.within(patience).call<Message>();
      if (!answer) co_return endless;
      in_a_row = on_->watch.turns(0) == before ? in_a_row + 1 : 0;
      most = std::max(most, in_a_row);
    }
    co_return most;
  }

 private:
  zooid::ref<Bystander> whom_;
  court* on_;
};

void check_calls_beside_a_flood(zooid::actor_system& system) {
  court on(1);
  const auto flooder = system.spawn<Flooding>(system.spawn<Flooded>(on), on.over);
  const auto callee = system.spawn<StandingBy>(on.watch);
  flooder.tell(Flood{});
  SECTION("from a plain thread") {
    for (std::uint64_t i = 0; i < messages; ++i) {
      on.watch.announce();
      auto answer = callee.within(patience).call<Message>();
      on.watch.begin();
      REQUIRE(answer.result());
    }
  }
  SECTION("from an actor") {
    const auto asker = system.spawn<Asking>(callee, on);
    CHECK(asker.within(patience).call<Ask>().get() <= longest_wait);
  }
  CHECK_FALSE(on.over);
  CHECK(on.watch.too_long() == 0);
  on.over = true;
  system.stop(patience);
}

// Many senders, and one receiver.

constexpr std::size_t senders = 1000;
constexpr std::uint64_t share = 128;  // Of each, if all are alike.

/// What all have sent; over when they have sent that much, and each something.
struct crowd {
  explicit crowd(std::uint64_t sum) : enough(sum) {}

  const std::uint64_t enough;
  std::vector<std::uint64_t> shares = std::vector<std::uint64_t>(senders);
  std::size_t begun = 0;
  std::uint64_t all = 0;
  std::atomic<bool> over{false};

  void take(std::size_t sender) {
    if (over) return;
    if (++shares[sender] == 1) ++begun;
    ++all;
    if ((begun == senders && all >= enough) || all == endless) over = true;
  }
};

struct From {
  std::size_t sender;
};
struct Crowded : zooid::local_contract<From> {};
class Counting {
 public:
  using contract = Crowded;
  static constexpr zooid::mailbox_limits mailbox{.messages = 64};
  explicit Counting(crowd& of) : crowd_(&of) {}
  void on(From from) { crowd_->take(from.sender); }

 private:
  crowd* crowd_;
};

class Sending {
 public:
  using contract = Flooder;
  Sending(zooid::ref<Crowded> whom, std::size_t own, const std::atomic<bool>& over)
      : whom_(std::move(whom)), own_(own), over_(&over) {}
  zooid::task<> on(Flood) {
    const From own{own_};
    while (!*over_) {
      if (!co_await whom_.within(10 * patience).tell(own)) co_return;
    }
  }

 private:
  zooid::ref<Crowded> whom_;
  std::size_t own_;
  const std::atomic<bool>* over_;
};

/// It ends by itself, after `endless` messages at the latest; how long that takes is the machine's affair.
void let_all_send(zooid::actor_system& system, crowd& of) {
  const auto receiver = system.spawn<Counting>(of);
  for (std::size_t i = 0; i < senders; ++i) system.spawn<Sending>(receiver, i, of.over).tell(Flood{});
  system.stop(10 * patience);
  CHECK(of.over);
}

// One who tells another that has room for everything, and a bystander who ends it.

struct telling_loop {
  static constexpr std::uint64_t most = 100'000;
  std::uint64_t told = 0;
  std::uint64_t handled = 0;
  bool over = false;
};

class Roomy {
 public:
  using contract = Bystander;
  static constexpr zooid::mailbox_limits mailbox{.messages = 2 * telling_loop::most};
  explicit Roomy(telling_loop& of) : loop_(&of) {}
  void on(Message) { ++loop_->handled; }

 private:
  telling_loop* loop_;
};

class Ending {
 public:
  using contract = Bystander;
  explicit Ending(telling_loop& of) : loop_(&of) {}
  void on(Message) { loop_->over = true; }

 private:
  telling_loop* loop_;
};

class Telling {
 public:
  using contract = Flooder;
  Telling(telling_loop& of, zooid::ref<Bystander> whom, zooid::ref<Bystander> bystander)
      : loop_(&of), whom_(std::move(whom)), bystander_(std::move(bystander)) {}
  zooid::task<> on(Flood) {
    const Message drop;
    bystander_.tell(drop);
    while (!loop_->over && loop_->told < telling_loop::most) {
      if (!co_await whom_.tell(drop)) co_return;
      ++loop_->told;
    }
  }

 private:
  telling_loop* loop_;
  zooid::ref<Bystander> whom_;
  zooid::ref<Bystander> bystander_;
};

/// Calls nobody, until the bystander has run.
class Calling {
 public:
  using contract = Flooder;
  Calling(telling_loop& of, zooid::ref<Bystander> bystander) : loop_(&of), bystander_(std::move(bystander)) {}
  zooid::task<> on(Flood) {
    const Message drop;
    bystander_.tell(drop);
    const zooid::ref<Bystander> nobody;
    while (!loop_->over && loop_->told < telling_loop::most) {
      if (co_await nobody.call(drop)) co_return;
      ++loop_->told;
    }
  }

 private:
  telling_loop* loop_;
  zooid::ref<Bystander> bystander_;
};

/// The actors share one worker, and so the loop.
void tell_until_the_bystander_has_run(zooid::actor_system& system, telling_loop& loop) {
  const auto bystander = system.spawn<Ending>(loop);
  system.spawn<Telling>(loop, system.spawn<Roomy>(loop), bystander).tell(Flood{});
  system.stop(patience);
}

}  // namespace

TEST_CASE("who plays without end lets a bystander have its turn", "[fairness]") {
  constexpr std::size_t pairs = 3;
  court on(pairs);
  const auto seed = GENERATE(0u, 1u, 2u);
  simulated one({}, seed == 0 ? nullptr : zooid::seeded_random(seed));
  SECTION("a message from one who plays") { play_and_tell(one.system, on, pairs); }
  SECTION("a call from outside") { call_beside_the_game(one.system, on, pairs); }
  one.steps->run_until_idle();
  CHECK(on.watch.ended() == messages);
  CHECK(on.watch.too_long() == 0);
}

TEST_CASE("workers on which pairs play without end let a bystander have its turn", "[fairness]") {
  const auto workers = GENERATE(1u, 2u);
  court on(workers);
  zooid::actor_system system{{.workers = workers}};
  SECTION("a message from one who plays") { play_and_tell(system, on, workers); }
  SECTION("a call from outside") { call_beside_the_game(system, on, workers); }
  CHECK(eventually([&] { return on.over.load(); }));
  stopped_accounts(system);
  CHECK(on.watch.ended() == messages);
  CHECK(on.watch.too_long() <= cut_short(workers));
}

TEST_CASE("a flood to one actor delays a call to another by some turns only", "[fairness]") {
  simulated one;
  check_calls_beside_a_flood(one.system);
}

TEST_CASE("on a worker, a flood to one actor delays a call to another by some turns only", "[fairness]") {
  zooid::actor_system system{{.workers = 1}};
  check_calls_beside_a_flood(system);
}

TEST_CASE("of a thousand who send to one, each has a share", "[fairness]") {
  simulated one;
  crowd of(senders * share);
  let_all_send(one.system, of);
  const auto [least, most] = std::minmax_element(of.shares.begin(), of.shares.end());
  CHECK(*least >= share / 4);
  CHECK(*most <= share * 4);
}

TEST_CASE("on workers, each of a thousand who send to one comes to it", "[fairness]") {
  zooid::actor_system system{{.workers = GENERATE(1u, 2u)}};
  crowd of(0);
  let_all_send(system, of);
  CHECK(of.begun == senders);
}

TEST_CASE("who calls in a loop, and is refused at once, lets others have their turn", "[fairness]") {
  zooid::actor_system system{{.workers = 1}};
  telling_loop loop;
  const auto bystander = system.spawn<Ending>(loop);
  system.spawn<Calling>(loop, bystander).tell(Flood{});
  system.stop(patience);
  CHECK(loop.told > 0);
  CHECK(loop.told < telling_loop::most);
}

TEST_CASE("who tells in a loop, and is never refused, lets others have their turn", "[fairness]") {
  telling_loop loop;
  SECTION("in steps") {
    simulated one;
    tell_until_the_bystander_has_run(one.system, loop);
  }
  SECTION("on a worker") {
    zooid::actor_system system{{.workers = 1}};
    tell_until_the_bystander_has_run(system, loop);
  }
  CHECK(loop.told > 0);
  CHECK(loop.told < telling_loop::most);
  CHECK(loop.handled == loop.told);
}
