// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <memory>
#include <string>
#include <vector>

namespace {

struct Work {
  using reply = std::string;
  std::string what;
};
struct Log {
  using reply = std::vector<std::string>;
};
struct Note {
  std::string what;
};
struct Two {
  using reply = std::string;
};
struct Nested {
  using reply = std::uint64_t;
  std::uint64_t depth;
};
struct ThrowAfterWait {
  using reply = void;
};
struct LaterThen {
  using reply = std::string;
};
struct StopThenWait {
  using reply = std::string;
};
struct Worker : zooid::contract<"worker", Work, Log, Note, Two, Nested, ThrowAfterWait, LaterThen, StopThenWait> {};

struct Echo {
  using reply = std::string;
  std::string what;
};
struct Echoing : zooid::local_contract<Echo> {};
struct EchoActor {
  using contract = Echoing;
  std::string on(const Echo& echo) const { return echo.what + "!"; }
};

struct WorkingActor {
  using contract = Worker;
  zooid::ref<Echoing> echo;
  std::vector<std::string> log;
  explicit WorkingActor(zooid::ref<Echoing> whom) : echo(std::move(whom)) {}

  zooid::task<std::string> on(const Work& work) {
    log.push_back("begin " + work.what);
    const auto said = co_await echo.call<Echo>(work.what);
    log.push_back("end " + work.what);  // The message is still there.
    co_return said.value();
  }
  std::vector<std::string> on(Log) const { return log; }
  void on(const Note& note) { log.push_back(note.what); }
  zooid::task<zooid::result<std::string>> on(Two) {
    auto first = echo.call<Echo>("1");
    auto second = echo.call<Echo>("2");
    const auto b = co_await second;
    const auto a = co_await first;
    if (!a || !b) co_return zooid::error{zooid::errc::failed, "lost", {}};
    co_return *a + *b;
  }
  zooid::task<std::uint64_t> descend(std::uint64_t depth) {
    if (depth == 0) {
      const auto said = co_await echo.call<Echo>("bottom");
      co_return said ? 1 : 0;
    }
    co_return 1 + co_await descend(depth - 1);
  }
  zooid::task<std::uint64_t> on(Nested nested) { co_return co_await descend(nested.depth); }
  zooid::task<> on(ThrowAfterWait) {
    static_cast<void>(co_await echo.call<Echo>("x"));
    throw std::runtime_error("too much");
  }
  zooid::task<std::string> on(LaterThen) {
    auto first = echo.call<Echo>("1");
    auto second = echo.call<Echo>("2");
    static_cast<void>(co_await first);
    std::move(second).then([this](zooid::result<std::string> said) { log.push_back("then " + said.value()); });
    co_return "soon";
  }
  zooid::task<std::string> on(StopThenWait, zooid::context& in) {
    in.stop();
    const auto said = co_await echo.call<Echo>("last");
    co_return said.value();
  }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a coroutine handler waits for a call and answers", "[coroutine]") {
  zooid::actor_system system;
  const auto worker = system.spawn<WorkingActor>(system.spawn<EchoActor>());
  CHECK(worker.call<Work>("a").get() == "a!");
  CHECK(worker.call(Two{}).get() == "1!2!");
  CHECK(worker.call<Nested>(50u).get() == 51);
  stopped_accounts(system);
}

TEST_CASE("while a coroutine handler waits, other messages wait too, in order", "[coroutine]") {
  simulated one;
  const auto worker = one.system.spawn<WorkingActor>(one.system.spawn<EchoActor>());
  auto a = worker.call<Work>("a");
  worker.tell<Note>("n1");
  auto b = worker.call<Work>("b");
  worker.tell<Note>("n2");
  CHECK(worker.call(Log{}).get() == lines{"begin a", "end a", "n1", "begin b", "end b", "n2"});
  CHECK(a.get() == "a!");
  CHECK(b.get() == "b!");
}

TEST_CASE("messages that come while a coroutine handler is suspended wait for their turn", "[coroutine]") {
  zooid::actor_system system{{.workers = 2}};
  const auto counter = system.spawn<CountingActor>();
  gate begun;
  gate end;
  struct Through {
    using contract = zooid::local_contract<Hold, Add, Sum>;
    zooid::ref<Counter> to;
    std::uint64_t seen = 0;
    explicit Through(zooid::ref<Counter> whom) : to(std::move(whom)) {}
    zooid::task<> on(Hold hold) {
      const auto held = co_await to.call(hold);
      held.value();
      seen *= 100;
    }
    void on(Add add) { seen += add.n; }
    std::uint64_t on(Sum) const { return seen; }
  };
  const auto through = system.spawn<Through>(counter);
  through.tell(Add{1});
  auto held = through.call<Hold>(&begun, &end);
  REQUIRE(begun.wait());
  for (int i = 0; i < 20; ++i) CHECK(through.tell(Add{1}));
  end.open();
  CHECK(through.call(Sum{}).get() == 120);
  CHECK(held.result());
  stopped_accounts(system);
}

TEST_CASE("a coroutine handler that throws after waiting fails its actor", "[coroutine]") {
  zooid::actor_system system;
  const auto echo = system.spawn<EchoActor>();
  const auto worker = system.spawn<WorkingActor>(echo);
  const auto failed = worker.call(ThrowAfterWait{}).result();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == zooid::errc::failed);
  CHECK(failed.error().detail.find("too much") != std::string::npos);
  CHECK(code_of(worker.call<Work>("late").result()) == zooid::errc::no_such_actor);
  CHECK(echo.call<Echo>("alive").get() == "alive!");
  stopped_accounts(system);
}

TEST_CASE("an error of an awaited call can be passed on with its chain", "[coroutine]") {
  zooid::actor_system system;
  const auto worker = system.spawn<WorkingActor>(zooid::ref<Echoing>());
  const auto failed = worker.call<Work>("x").result();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == zooid::errc::no_such_actor);
  REQUIRE(failed.error().chain.size() == 1);
  CHECK(failed.error().chain[0].substr(0, 13) == "WorkingActor#");
  CHECK(worker.call(Log{}).get() == lines{"begin x", "end x"});
}

TEST_CASE("a continuation attached after the answer has come runs all the same", "[coroutine]") {
  simulated one;
  const auto worker = one.system.spawn<WorkingActor>(one.system.spawn<EchoActor>());
  CHECK(worker.call(LaterThen{}).get() == "soon");
  one.steps->run_until_idle();
  CHECK(worker.call(Log{}).get() == lines{"then 2!"});
}

TEST_CASE("an actor that stops inside a coroutine handler ends after it", "[coroutine]") {
  simulated one;
  const auto worker = one.system.spawn<WorkingActor>(one.system.spawn<EchoActor>());
  CHECK(worker.call(StopThenWait{}).get() == "last!");
  CHECK(code_of(worker.call(Log{}).result()) == zooid::errc::no_such_actor);
}

TEST_CASE("what a suspended coroutine owns is destroyed with its actor", "[coroutine]") {
  struct Owning {
    using contract = zooid::local_contract<std::shared_ptr<int>>;
    zooid::task<> on(std::shared_ptr<int> owned) {
      const auto kept = owned;
      co_await std::suspend_always{};
    }
  };
  const auto owned = std::make_shared<int>(1);
  simulated one;
  const auto actor = one.system.spawn<Owning>();
  actor.tell(owned);
  actor.tell(owned);
  one.steps->run_until_idle();
  CHECK(owned.use_count() > 3);
  one.system.stop(actor);
  one.steps->run_until_idle();
  CHECK(owned.use_count() == 1);
}
