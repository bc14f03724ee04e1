// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <string>
#include <vector>

namespace {

struct Refuse {
  using reply = int;
};
struct Forward {
  using reply = int;
};
struct ThrowNothingKnown {
  using reply = int;
};
struct InContinuation {
  bool own;
};
struct Alive {
  using reply = bool;
};
struct Trouble : zooid::local_contract<Refuse, Forward, ThrowNothingKnown, InContinuation, Alive> {};
struct TroubleActor {
  using contract = Trouble;
  zooid::ref<Trouble> next;
  explicit TroubleActor(zooid::ref<Trouble> whom = {}) : next(std::move(whom)) {}
  int on(Refuse) { throw zooid::call_error(zooid::errc::denied, "not you"); }
  zooid::task<int> on(Forward) {
    if (!next) throw zooid::call_error(zooid::errc::denied, "the last one refuses");
    auto said = co_await next.call(Forward{});
    co_return said.value();
  }
  int on(ThrowNothingKnown) { throw 42; }
  void on(InContinuation) {
    next.call(Refuse{}).then([](const zooid::result<int>&) { throw std::runtime_error("in a continuation"); });
  }
  bool on(Alive) const { return true; }
};

struct StartThrows {
  using contract = Counter;
  void start(zooid::context&) { throw std::runtime_error("no start"); }
  void on(Add) {}
  std::uint64_t on(Sum) { return 0; }
  void on(Hold) {}
  void on(Sleep) {}
  void on(const Throw&) {}
};

}  // namespace

TEST_CASE("an actor whose handler throws stops, its callers learn it, others go on", "[failure]") {
  zooid::actor_system system;
  const auto victim = system.spawn<CountingActor>();
  const auto other = system.spawn<CountingActor>();
  other.tell(Add{1});
  const auto failed = victim.call<Throw>("out of luck").result();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == zooid::errc::failed);
  CHECK(failed.error().detail.find("out of luck") != std::string::npos);
  CHECK(failed.error().detail.find("Throw") != std::string::npos);
  CHECK(failed.error().detail.find("CountingActor#") != std::string::npos);
  CHECK(code_of(victim.call(Sum{}).result()) == zooid::errc::no_such_actor);
  CHECK(other.call(Sum{}).get() == 1);
  const auto accounts = stopped_accounts(system);
  CHECK(count(accounts.dead_letters, zooid::errc::failed) == 1);
}

TEST_CASE("a service that failed is no such service", "[failure]") {
  zooid::actor_system system;
  const auto service = system.spawn_as<CountingActor>("counter");
  CHECK_THROWS_AS(service.call<Throw>("x").get(), zooid::call_error);
  CHECK(eventually([&] { return code_of(service.call(Sum{}).result()) == zooid::errc::no_such_service; }));
}

TEST_CASE("an exception of an unknown kind fails the actor too", "[failure]") {
  simulated one;
  const auto actor = one.system.spawn<TroubleActor>();
  CHECK(code_of(actor.call(ThrowNothingKnown{}).result()) == zooid::errc::failed);
  CHECK(code_of(actor.call(Alive{}).result()) == zooid::errc::no_such_actor);
}

TEST_CASE("a told message whose handler throws is a dead letter", "[failure]") {
  std::vector<std::string> dead;
  simulated one({.on_dead_letter = [&](const zooid::dead_letter& letter) {
    dead.push_back(std::string(letter.message) + " " + std::string(zooid::to_string(letter.why)));
  }});
  const auto victim = one.system.spawn<CountingActor>();
  victim.tell<Throw>("x");
  victim.tell(Add{1});
  victim.tell(Add{2});
  one.steps->run_until_idle();
  CHECK(dead == std::vector<std::string>{"Throw failed", "Add no_such_actor", "Add no_such_actor"});
  CHECK_FALSE(victim.tell(Add{3}));
  CHECK(dead.size() == 3);
}

TEST_CASE("a call_error that escapes a handler is its caller's, and the actor lives", "[failure]") {
  simulated one;
  const auto actor = one.system.spawn<TroubleActor>();
  const auto refused = actor.call(Refuse{}).result();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == zooid::errc::denied);
  CHECK(refused.error().detail == "not you");
  CHECK(refused.error().chain.size() == 1);
  CHECK(actor.tell(Refuse{}));
  CHECK(actor.call(Alive{}).get());
}

TEST_CASE("the error of a chain of calls names who called whom, the nearest first", "[failure]") {
  simulated one;
  const auto last = one.system.spawn_as<TroubleActor>("last");
  const auto middle = one.system.spawn_as<TroubleActor>("middle", last);
  const auto first = one.system.spawn_as<TroubleActor>("first", middle);
  const auto refused = first.call(Forward{}).result();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == zooid::errc::denied);
  CHECK(refused.error().chain == std::vector<std::string>{"first", "middle", "last"});
  for (const auto& each : {first, middle, last}) CHECK(each.call(Alive{}).get());
}

TEST_CASE("an exception in a continuation stops the actor, and the accounts still close", "[failure]") {
  std::vector<std::string> dead;
  simulated one({.on_dead_letter = [&](const zooid::dead_letter& letter) { dead.emplace_back(letter.message); }});
  const auto other = one.system.spawn<TroubleActor>();
  const auto actor = one.system.spawn<TroubleActor>(other);
  actor.tell(InContinuation{});
  one.steps->run_until_idle();
  CHECK(dead == std::vector<std::string>{"continuation"});
  CHECK(code_of(actor.call(Alive{}).result()) == zooid::errc::no_such_actor);
  CHECK(other.call(Alive{}).get());
  stopped_accounts(one.system, 0s);
}

TEST_CASE("an actor whose start throws stops", "[failure]") {
  std::vector<std::string> dead;
  simulated one({.on_dead_letter = [&](const zooid::dead_letter& letter) { dead.emplace_back(letter.message); }});
  const auto actor = one.system.spawn<StartThrows>();
  CHECK(code_of(actor.call(Sum{}).result()) == zooid::errc::no_such_actor);
  CHECK(dead == std::vector<std::string>{"start", "Sum"});
  stopped_accounts(one.system, 0s);
}

TEST_CASE("callers that queue behind a failure are told at once", "[failure]") {
  zooid::actor_system system{{.workers = 2}};
  const auto victim = system.spawn<CountingActor>();
  gate begun;
  gate end;
  victim.tell(Hold{&begun, &end});
  REQUIRE(begun.wait());
  victim.tell<Throw>("x");
  std::vector<zooid::pending<std::uint64_t>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(victim.call(Sum{}, patience));
  end.open();
  for (auto& call : calls) {
    const auto told = call.result();
    REQUIRE_FALSE(told);
    CHECK(told.error().code == zooid::errc::no_such_actor);
  }
  stopped_accounts(system);
}
