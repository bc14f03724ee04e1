// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

struct Quit {};
struct Quitter : zooid::local_contract<Quit, Sum, Hold> {};
struct QuittingActor {
  using contract = Quitter;
  std::shared_ptr<std::atomic<int>> destroyed;
  explicit QuittingActor(std::shared_ptr<std::atomic<int>> when) : destroyed(std::move(when)) {}
  QuittingActor(const QuittingActor&) = delete;
  ~QuittingActor() { ++*destroyed; }
  void on(Quit, zooid::context& in) { in.stop(); }
  std::uint64_t on(Sum) { return 1; }
  void on(Hold hold) {
    hold.begun->open();
    static_cast<void>(hold.end->wait());
  }
};

/// Goes on by itself for a while.
struct Countdown {
  int left;
};
struct Rocket : zooid::local_contract<Countdown> {};
struct RocketActor {
  using contract = Rocket;
  int* landed;
  explicit RocketActor(int& when) : landed(&when) {}
  void on(Countdown count, zooid::context& in) {
    if (count.left == 0) {
      ++*landed;
    } else {
      in.self(this).tell(Countdown{count.left - 1});
    }
  }
};

struct Breed {};
struct Breeder : zooid::local_contract<Breed> {};
struct BreedingActor {
  using contract = Breeder;
  void on(Breed, zooid::context& in) {
    in.spawn<BreedingActor>().tell(Breed{});
    in.self(this).tell(Breed{});
  }
};

bool names(const zooid::shutdown_report& report, const std::string& what) {
  for (const std::string& line : report.cut_off) {
    if (line.find(what) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("an actor that stops itself leaves dead letters and tells its callers", "[stop]") {
  int dead = 0;
  simulated one({.on_dead_letter = [&](const zooid::dead_letter&) { ++dead; }});
  const auto destroyed = std::make_shared<std::atomic<int>>(0);
  const auto quitter = one.system.spawn<QuittingActor>(destroyed);
  auto before = quitter.call(Sum{});
  quitter.tell(Quit{});
  quitter.tell(Quit{});
  auto after = quitter.call(Sum{});
  CHECK(before.get() == 1);
  const auto told = after.result();
  REQUIRE_FALSE(told);
  CHECK(told.error().code == zooid::errc::no_such_actor);
  CHECK(dead == 2);
  CHECK(*destroyed == 1);
  CHECK_FALSE(quitter.tell(Quit{}));
  stopped_accounts(one.system, 0s);
}

TEST_CASE("stopping an actor from outside lets it finish its message", "[stop]") {
  zooid::actor_system system{{.workers = 2}};
  const auto destroyed = std::make_shared<std::atomic<int>>(0);
  const auto quitter = system.spawn<QuittingActor>(destroyed);
  gate begun;
  gate end;
  auto held = quitter.call(Hold{&begun, &end}, patience);
  REQUIRE(begun.wait());
  auto queued = quitter.call(Sum{}, patience);
  system.stop(quitter);
  system.stop(quitter);
  end.open();
  CHECK(held.result());
  CHECK(code_of(queued.result()) == zooid::errc::no_such_actor);
  stopped_accounts(system);
  CHECK(*destroyed == 1);
}

TEST_CASE("stopping an actor tells the caller of its suspended handler", "[stop]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  auto sleeping = counter.call(Sleep{}, 1h);
  auto queued = counter.call(Sum{}, 1h);
  one.steps->run_until_idle();
  one.system.stop(counter);
  CHECK(code_of(sleeping.result()) == zooid::errc::no_such_actor);
  CHECK(code_of(queued.result()) == zooid::errc::no_such_actor);
}

TEST_CASE("stopping nobody does nothing", "[stop]") {
  simulated one;
  one.system.stop(zooid::ref<Counter>());
  one.system.stop(one.system.find<Counter>("nobody"));
  one.steps->run_until_idle();
}

TEST_CASE("a system that stops lets its actors finish", "[stop]") {
  int landed = 0;
  zooid::actor_system system{{.workers = 2}};
  for (int i = 0; i < 1; ++i) system.spawn<RocketActor>(landed).tell(Countdown{10000});
  const auto counter = system.spawn<CountingActor>();
  for (std::uint64_t i = 0; i < 1000; ++i) counter.tell(Add{i});
  const auto report = system.stop(patience);
  CHECK(report.clean());
  CHECK(landed == 1);
  const auto accounts = system.accounts();
  CHECK(accounts.handled == 11001);
  CHECK(accounts.taken == 11001);
  CHECK(accounts.dead() == 0);
}

TEST_CASE("a system that stops answers the calls it has taken", "[stop]") {
  zooid::actor_system system{{.workers = 2}};
  const auto counter = system.spawn<CountingActor>();
  std::vector<zooid::pending<std::uint64_t>> calls;
  for (int i = 0; i < 1000; ++i) calls.push_back(counter.call(Sum{}, patience));
  CHECK(system.stop(patience).clean());
  for (auto& call : calls) CHECK(call.result());
}

TEST_CASE("a stopping system refuses what comes from outside", "[stop]") {
  zooid::actor_system system{{.workers = 2}};
  const auto counter = system.spawn<CountingActor>();
  gate begun;
  gate end;
  counter.tell(Hold{&begun, &end});
  REQUIRE(begun.wait());
  zooid::shutdown_report report;
  std::thread stopping([&] { report = system.stop(patience); });
  const auto other = system.find<Counter>("other");
  CHECK(eventually([&] { return counter.tell(Add{1}).error().code == zooid::errc::shutdown; }));
  CHECK(code_of(counter.call(Sum{}).result()) == zooid::errc::shutdown);
  CHECK(code_of(other.call(Sum{}).result()) == zooid::errc::shutdown);
  try {
    system.spawn<CountingActor>();
    FAIL("it should throw");
  } catch (const zooid::setup_error& refused) {
    CHECK(refused.code() == zooid::errc::shutdown);
  }
  end.open();
  stopping.join();
  CHECK(report.clean());
  stopped_accounts(system);
}

TEST_CASE("a stop names what it cut off: queued messages and suspended handlers", "[stop]") {
  simulated one;
  const auto sleeper = one.system.spawn_as<CountingActor>("sleeper");
  auto sleeping = sleeper.call(Sleep{}, 1h);
  sleeper.tell(Add{1});
  sleeper.tell(Add{1});
  one.system.spawn_as<CountingActor>("idle");
  const auto start = one.time->now();
  const auto report = one.system.stop(1s);
  CHECK(one.time->now() - start <= 2s);
  CHECK_FALSE(report.clean());
  CHECK(names(report, "sleeper: 3 message(s)"));
  CHECK_FALSE(names(report, "idle"));
  CHECK(code_of(sleeping.result()) == zooid::errc::shutdown);
  const auto accounts = stopped_accounts(one.system);
  CHECK(count(accounts.dead_letters, zooid::errc::shutdown) == 3);
}

TEST_CASE("stopping again reports the same", "[stop]") {
  simulated one;
  const auto sleeper = one.system.spawn<CountingActor>();
  sleeper.tell(Sleep{});
  const auto first = one.system.stop(1s);
  CHECK(first.cut_off.size() == 1);
  CHECK(one.system.stop(1h).cut_off == first.cut_off);
}

TEST_CASE("a handler that never returns is named and abandoned", "[stop]") {
  gate begun;
  gate end;
  std::weak_ptr<zooid::random_source> core_lives;
  {
    auto random = zooid::seeded_random(1);
    core_lives = random;
    zooid::system_options options{.workers = 2, .random = std::move(random)};
    auto system = std::make_unique<zooid::actor_system>(std::move(options));
    const auto stuck = system->spawn_as<CountingActor>("stuck");
    auto held = stuck.call(Hold{&begun, &end}, 1h);
    REQUIRE(begun.wait());
    const auto queued = stuck.tell(Add{1});
    CHECK(queued);
    const auto other = system->spawn<CountingActor>();
    CHECK(other.call(Sum{}).result());
    const auto report = system->stop(1ms);
    CHECK(names(report, "stuck: its handler did not return"));
    CHECK(system->accounts().queued == 2);
    CHECK(system->accounts().close());
    system.reset();
    CHECK_FALSE(core_lives.expired());
  }
  end.open();
  CHECK(eventually([&] { return core_lives.expired(); }));
}

TEST_CASE("refs and pending calls outlive their system", "[stop]") {
  zooid::ref<Counter> pinned;
  zooid::ref<Counter> named;
  std::optional<zooid::pending<void>> waited_for;
  std::optional<zooid::pending<void>> dropped;
  {
    zooid::actor_system system{{.workers = 2, .drain = 0s}};
    pinned = system.spawn<CountingActor>();
    named = system.spawn_as<CountingActor>("counter");
    waited_for.emplace(pinned.call(Sleep{}, 1h));
    dropped.emplace(named.call(Sleep{}, 1h));
  }
  CHECK(code_of(waited_for->result()) == zooid::errc::shutdown);
  dropped.reset();
  for (const auto& each : {pinned, named}) {
    CHECK(code_of(each.call(Sum{}).result()) == zooid::errc::shutdown);
    CHECK(each.tell(Add{1}).error().code == zooid::errc::shutdown);
    CHECK_FALSE(each.within(1s).tell(Add{1}).result());
    CHECK_FALSE(each.to_string().empty());
  }
  CHECK(pinned != named);
}

TEST_CASE("a system that has stopped can still be asked, and forgets nothing", "[stop]") {
  zooid::actor_system system;
  system.spawn<CountingActor>().tell(Add{1});
  system.stop(patience);
  CHECK(code_of(system.find<Counter>("counter").call(Sum{}).result()) == zooid::errc::shutdown);
  CHECK(system.accounts().handled == 1);
}

TEST_CASE("what lives when a system stops ends, though it breeds", "[stop]") {
  for (int i = 0; i < 20; ++i) {
    zooid::actor_system system{{.workers = 2}};
    system.spawn<BreedingActor>().tell(Breed{});
    const auto accounts = stopped_accounts(system, 1ms);
    CHECK(accounts.taken > 0);
  }
}

TEST_CASE("actors are destroyed once their system has stopped", "[stop]") {
  const auto destroyed = std::make_shared<std::atomic<int>>(0);
  {
    zooid::actor_system system{{.workers = 2}};
    for (int i = 0; i < 10; ++i) system.spawn<QuittingActor>(destroyed);
    system.spawn_as<QuittingActor>("named", destroyed);
    system.stop(patience);
    CHECK(*destroyed == 11);
  }
  CHECK(destroyed.use_count() == 1);
}
