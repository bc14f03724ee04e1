// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <string>
#include <unordered_set>

namespace {

struct Name {
  using reply = std::string;
};
struct Spawn {
  using reply = zooid::ref<Counter>;
  std::string name;
};
struct Who {
  using reply = zooid::actor_id;
};
struct Self {
  using reply = bool;
};
struct Parent : zooid::local_contract<Name, Spawn, Who, Self> {};
struct ParentActor {
  using contract = Parent;
  std::string on(Name, zooid::context& in) const { return in.name(); }
  zooid::ref<Counter> on(const Spawn& what, zooid::context& in) const {
    return what.name.empty() ? in.spawn<CountingActor>() : in.spawn_as<CountingActor>(what.name);
  }
  zooid::actor_id on(Who, zooid::context& in) const { return in.sender(); }
  bool on(Self, zooid::context& in) const { return in.self(this) == in.self(this) && in.self(this); }
};

struct Relay {
  using reply = zooid::actor_id;
};
struct Relaying : zooid::local_contract<Relay> {};
struct RelayActor {
  using contract = Relaying;
  zooid::ref<Parent> to;
  explicit RelayActor(zooid::ref<Parent> whom) : to(std::move(whom)) {}
  zooid::task<zooid::actor_id> on(Relay) {
    const auto who = co_await to.call(Who{});
    co_return who.value();
  }
};

class ShyActor {
 public:
  using contract = Counter;

 private:
  friend zooid::access;
  void start(zooid::context&) { sum_ = 100; }
  void on(Add add) { sum_ += add.n; }
  std::uint64_t on(Sum) const { return sum_; }
  void on(Hold) {}
  void on(Sleep) {}
  void on(const Throw&) {}
  std::uint64_t sum_ = 0;
};

struct Failing {
  using contract = Counter;
  explicit Failing(int why) { throw why; }
  void on(Add) {}
  std::uint64_t on(Sum) { return 0; }
  void on(Hold) {}
  void on(Sleep) {}
  void on(const Throw&) {}
};

zooid::errc spawn_error(zooid::actor_system& system, const std::string& name) {
  try {
    system.spawn_as<CountingActor>(name);
  } catch (const zooid::setup_error& failed) {
    return failed.code();
  }
  return {};
}

}  // namespace

TEST_CASE("refs are values: copied, compared, hashed", "[ref]") {
  simulated one;
  const auto a = one.system.spawn<CountingActor>();
  const auto b = one.system.spawn<CountingActor>();
  const auto copy = a;
  CHECK(copy == a);
  CHECK(a != b);
  CHECK(copy.hash() == a.hash());
  CHECK(zooid::ref<Counter>() == zooid::ref<Counter>());
  CHECK(zooid::ref<Counter>() != a);
  CHECK_FALSE(zooid::ref<Counter>());
  CHECK(a);
  const std::unordered_set<zooid::ref<Counter>> set{a, b, copy, {}};
  CHECK(set.size() == 3);
  CHECK(set.contains(a));
}

TEST_CASE("a ref says whom it refers to", "[ref]") {
  simulated one;
  CHECK(zooid::ref<Counter>().to_string() == "nobody");
  CHECK(one.system.spawn<CountingActor>().to_string().substr(0, 14) == "CountingActor#");
  CHECK(one.system.spawn_as<CountingActor>("counter").to_string() == "counter");
  CHECK(one.system.spawn_as<ParentActor>("parent").call(Name{}).get() == "parent");
}

TEST_CASE("two refs to a name are equal, whoever carries it", "[ref]") {
  simulated one;
  const auto early = one.system.find<Counter>("counter");
  const auto spawned = one.system.spawn_as<CountingActor>("counter");
  CHECK(early == spawned);
  CHECK(early == one.system.find<Counter>("counter"));
  CHECK(early != one.system.find<Counter>("other"));
  CHECK(early.hash() == spawned.hash());
}

TEST_CASE("a named ref survives the restart of its service, a pinned one is dead", "[ref]") {
  simulated one;
  const auto named = one.system.spawn_as<CountingActor>("counter");
  named.tell(Add{7});
  CHECK(named.call(Sum{}).get() == 7);
  one.system.stop(named);
  one.steps->run_until_idle();
  CHECK(code_of(named.call(Sum{}).result()) == zooid::errc::no_such_service);
  CHECK(named.tell(Add{1}).error().code == zooid::errc::no_such_service);
  const auto again = one.system.spawn_as<CountingActor>("counter");
  CHECK(named.call(Sum{}).get() == 0);
  CHECK(again == named);

  const auto pinned = one.system.spawn<CountingActor>();
  CHECK(pinned.call(Sum{}).get() == 0);
  one.system.stop(pinned);
  one.steps->run_until_idle();
  CHECK(code_of(pinned.call(Sum{}).result()) == zooid::errc::no_such_actor);
  CHECK(pinned.tell(Add{1}).error().code == zooid::errc::no_such_actor);
}

TEST_CASE("a name nobody carries yet is no such service", "[ref]") {
  simulated one;
  const auto missing = one.system.find<Counter>("counter");
  const auto refused = missing.call(Sum{}).result();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == zooid::errc::no_such_service);
  CHECK(refused.error().detail.find("counter") != std::string::npos);
  CHECK_FALSE(missing.within(1s).tell(Add{1}).result());
  one.system.spawn_as<CountingActor>("counter");
  CHECK(missing.call(Sum{}).result());
}

TEST_CASE("a name that is taken cannot be taken again", "[ref]") {
  simulated one;
  const auto first = one.system.spawn_as<CountingActor>("counter");
  first.tell(Add{1});
  CHECK(spawn_error(one.system, "counter") == zooid::errc::name_taken);
  CHECK(first.call(Sum{}).get() == 1);
  CHECK(spawn_error(one.system, "another") == zooid::errc{});
}

TEST_CASE("a name is taken until its carrier has retired", "[ref]") {
  zooid::actor_system system{{.workers = 2}};
  const auto named = system.spawn_as<CountingActor>("counter");
  gate begun;
  gate end;
  named.tell(Hold{&begun, &end});
  REQUIRE(begun.wait());
  system.stop(named);
  CHECK(spawn_error(system, "counter") == zooid::errc::name_taken);
  end.open();
  CHECK(eventually([&] { return spawn_error(system, "counter") == zooid::errc{}; }));
  CHECK(named.call(Sum{}).get() == 0);
  stopped_accounts(system);
}

TEST_CASE("one of many that want a name at the same time gets it", "[ref]") {
  zooid::actor_system system{{.workers = 2}};
  for (int round = 0; round < 20; ++round) {
    const std::string name = "service " + std::to_string(round);
    std::atomic<int> winners{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] { winners += spawn_error(system, name) == zooid::errc{} ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(winners == 1);
    CHECK(system.find<Counter>(name).call(Sum{}).result());
  }
  stopped_accounts(system);
}

TEST_CASE("an actor starts others, named ones too", "[ref]") {
  simulated one;
  const auto parent = one.system.spawn<ParentActor>();
  const auto child = parent.call<Spawn>("").get();
  CHECK(child.call(Sum{}).get() == 0);
  const auto named = parent.call<Spawn>("child").get();
  CHECK(named == one.system.find<Counter>("child"));
  CHECK(named.call(Sum{}).get() == 0);
}

TEST_CASE("a handler knows itself and who sends", "[ref]") {
  simulated one;
  const auto parent = one.system.spawn<ParentActor>();
  const auto relay = one.system.spawn<RelayActor>(parent);
  CHECK(parent.call(Self{}).get());
  CHECK(parent.call(Who{}).get() == zooid::actor_id{});
  const auto who = relay.call(Relay{}).get();
  CHECK(who.node == one.system.id());
  CHECK(who.actor != 0);
  CHECK(who == relay.call(Relay{}).get());
}

TEST_CASE("handlers may be private where zooid::access is a friend, and start comes first", "[ref]") {
  simulated one;
  const auto shy = one.system.spawn<ShyActor>();
  CHECK(shy.tell(Add{1}));
  CHECK(shy.call(Sum{}).get() == 101);
}

TEST_CASE("what an actor's constructor throws comes out of spawn", "[ref]") {
  simulated one;
  CHECK_THROWS_AS(one.system.spawn<Failing>(3), int);
  CHECK_THROWS_AS(one.system.spawn_as<Failing>("name", 3), int);
  CHECK(spawn_error(one.system, "name") == zooid::errc{});
}

TEST_CASE("refs travel in messages of contracts that refer to each other", "[ref]") {
  simulated one;
  struct Keep {
    zooid::ref<Parent> whom;
  };
  struct Keeping {
    using contract = zooid::local_contract<Keep, Self>;
    zooid::ref<Parent> kept;
    void on(const Keep& keep) { kept = keep.whom; }
    bool on(Self) const { return static_cast<bool>(kept); }
  };
  const auto keeper = one.system.spawn<Keeping>();
  const auto parent = one.system.spawn<ParentActor>();
  keeper.tell(Keep{parent});
  CHECK(keeper.call(Self{}).get());
}
