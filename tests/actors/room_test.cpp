// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace {

struct Large {
  std::array<char, 1000> bytes;
};
using Owned = std::unique_ptr<int>;
struct Sink : zooid::local_contract<Add, Sum, Hold, Large, Owned, Sleep> {};
struct SinkActor {
  using contract = Sink;
  static constexpr zooid::mailbox_limits mailbox{.messages = 4};
  std::uint64_t sum = 0;
  void on(Add add) { sum += add.n; }
  std::uint64_t on(Sum) const { return sum; }
  void on(const Hold& hold) const {
    hold.begun->open();
    static_cast<void>(hold.end->wait());
  }
  void on(const Large&) { ++sum; }
  void on(const Owned& owned) { sum += static_cast<std::uint64_t>(*owned); }
  zooid::task<> on(Sleep) { co_await std::suspend_always{}; }
};
struct ByBytes : SinkActor {
  static constexpr zooid::mailbox_limits mailbox{.bytes = 4096};
};

struct Feed {
  using reply = zooid::errc;
  std::uint64_t count;
  zooid::duration timeout;
};
struct Feeder : zooid::local_contract<Feed> {};
struct FeedingActor {
  using contract = Feeder;
  zooid::ref<Sink> to;
  explicit FeedingActor(zooid::ref<Sink> whom) : to(std::move(whom)) {}
  zooid::task<zooid::errc> on(Feed feed) {
    for (std::uint64_t i = 0; i < feed.count; ++i) {
      const auto told = co_await to.within(feed.timeout).tell(Add{1});
      if (!told) co_return told.error().code;
    }
    co_return zooid::errc{};
  }
};

}  // namespace

TEST_CASE("who waits for room is woken when a call made it in the middle of a turn", "[room]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  zooid::actor_system system{{.scheduler = zooid::make_deterministic_scheduler(time)}};
  const auto sink = system.spawn<SinkActor>();
  for (int i = 0; i < 3; ++i) REQUIRE(sink.tell(Add{1}));
  auto sum = sink.call(Sum{});
  const zooid::time_point before = time->now();
  REQUIRE(sink.within(5s).tell(Add{1}).result());
  CHECK(time->now() == before);
  CHECK(sum.get() == 3);
}

TEST_CASE("a mailbox that is full by count refuses", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  for (int i = 0; i < 4; ++i) CHECK(sink.tell(Add{1}));
  const auto refused = sink.tell(Add{1});
  CHECK_FALSE(refused);
  CHECK(refused.error().code == zooid::errc::overloaded);
  CHECK(code_of(sink.call(Sum{}).result()) == zooid::errc::overloaded);
  one.steps->run_until_idle();
  CHECK(sink.call(Sum{}).get() == 4);
}

TEST_CASE("a mailbox that is full by bytes refuses", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<ByBytes>();
  for (int i = 0; i < 4; ++i) CHECK(sink.tell(Large{}));
  CHECK_FALSE(sink.tell(Add{1}));
  one.steps->run_until_idle();
  CHECK(sink.tell(Add{1}));
  CHECK(sink.call(Sum{}).get() == 5);
}

TEST_CASE("a system's mailboxes have the system's bounds", "[room]") {
  simulated one({.mailbox = {.messages = 2}});
  const auto counter = one.system.spawn<CountingActor>();
  CHECK(counter.tell(Add{1}));
  CHECK(counter.tell(Add{1}));
  CHECK_FALSE(counter.tell(Add{1}));
}

TEST_CASE("a mailbox without any room takes nothing", "[room]") {
  simulated one({.mailbox = {.messages = 0}});
  const auto counter = one.system.spawn<CountingActor>();
  CHECK_FALSE(counter.tell(Add{1}));
  CHECK(code_of(counter.within(1s).tell(Add{1}).result()) == zooid::errc::overloaded);
}

TEST_CASE("a message that could not be taken is kept, and can be offered again", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  for (int i = 0; i < 4; ++i) CHECK(sink.tell(Add{1}));
  auto owned = std::make_unique<int>(100);
  auto refused = sink.tell(std::move(owned));
  CHECK_FALSE(refused);
  CHECK(refused.result());
  CHECK(refused);
  CHECK(sink.call(Sum{}).get() == 104);
}

TEST_CASE("a message that was refused for another reason is not offered again", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  one.system.stop(sink);
  one.steps->run_until_idle();
  const auto start = one.time->now();
  CHECK(code_of(sink.within(1h).tell(Add{1}).result()) == zooid::errc::no_such_actor);
  CHECK_THROWS_AS(sink.within(1h).tell(Add{1}).get(), zooid::call_error);
  CHECK(one.time->now() == start);
}

TEST_CASE("a plain thread waits for room until its timeout", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  sink.tell(Sleep{});
  for (int i = 0; i < 3; ++i) CHECK(sink.tell(Add{1}));
  const auto start = one.time->now();
  CHECK(code_of(sink.within(3s).tell(Add{1}).result()) == zooid::errc::overloaded);
  CHECK(one.time->now() == start + 3s);
}

TEST_CASE("a coroutine waits for room until its timeout, or its caller's", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  sink.tell(Sleep{});
  for (int i = 0; i < 3; ++i) CHECK(sink.tell(Add{1}));
  const auto feeder = one.system.spawn<FeedingActor>(sink);
  const auto start = one.time->now();
  CHECK(feeder.call<Feed>(1u, 3s).get() == zooid::errc::overloaded);
  CHECK(one.time->now() == start + 3s);
  // Both deadlines pass at the same time: whether the caller still hears of it is open.
  const auto outcome = feeder.within(2s).call<Feed>(1u, 1h).result();
  CHECK((outcome ? *outcome : outcome.error().code) != zooid::errc{});
  CHECK(one.time->now() == start + 5s);
}

TEST_CASE("who waits for room may have all the time there is", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  const auto feeder = one.system.spawn<FeedingActor>(sink);
  for (int i = 0; i < 4; ++i) CHECK(sink.tell(Add{1}));
  CHECK(sink.within(zooid::duration::max()).tell(Add{1}).result());
  for (int i = 0; i < 3; ++i) static_cast<void>(sink.tell(Add{1}));
  CHECK(feeder.call<Feed>(10u, zooid::duration::max()).get() == zooid::errc{});
}

TEST_CASE("coroutines wait for room, and nothing is lost", "[room]") {
  simulated one;
  const auto sink = one.system.spawn<SinkActor>();
  std::vector<zooid::pending<zooid::errc>> feeding;
  for (int i = 0; i < 5; ++i) feeding.push_back(one.system.spawn<FeedingActor>(sink).call<Feed>(100u, 1h));
  for (auto& each : feeding) CHECK(each.get() == zooid::errc{});
  one.steps->run_until_idle();
  CHECK(sink.call(Sum{}).get() == 500);
}

TEST_CASE("threads and coroutines wait for room in a narrow mailbox, and none waits in vain", "[room]") {
  constexpr std::uint64_t each = 2000;
  zooid::actor_system system{{.workers = 2, .call_timeout = patience}};
  const auto sink = system.spawn<SinkActor>();
  std::atomic<int> in_vain{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < each; ++i) {
        if (!sink.within(patience).tell(Add{1}).result()) ++in_vain;
      }
    });
  }
  std::vector<zooid::pending<zooid::errc>> feeding;
  for (int i = 0; i < 2; ++i) feeding.push_back(system.spawn<FeedingActor>(sink).call<Feed>(each, patience));
  for (auto& one : feeding) CHECK(one.get() == zooid::errc{});
  for (std::thread& thread : threads) thread.join();
  CHECK(in_vain == 0);
  CHECK(eventually([&] { return system.accounts().queued == 0; }));
  CHECK(sink.call(Sum{}).get() == 4 * each);
  stopped_accounts(system);
}

TEST_CASE("who waits for room is told when the receiver stops", "[room]") {
  zooid::actor_system system{{.workers = 2, .call_timeout = patience}};
  for (int round = 0; round < 20; ++round) {
    const auto sink = system.spawn<SinkActor>();
    const auto feeder = system.spawn<FeedingActor>(sink);
    gate begun;
    gate end;
    sink.tell(Hold{&begun, &end});
    REQUIRE(begun.wait());
    for (int i = 0; i < 3; ++i) CHECK(sink.tell(Add{1}));
    auto feeding = feeder.call<Feed>(1u, patience);
    zooid::errc told{};
    std::thread thread([&] { told = code_of(sink.within(patience).tell(Add{1}).result()); });
    system.stop(sink);
    end.open();
    thread.join();
    CHECK(told == zooid::errc::no_such_actor);
    CHECK(feeding.get() == zooid::errc::no_such_actor);
  }
  stopped_accounts(system);
}

TEST_CASE("a mailbox that fills up during a turn tells when there is room again", "[room]") {
  // The consumer begins its turn with one message and empties all in the same turn.
  zooid::actor_system system{{.workers = 2}};
  for (int round = 0; round < 20; ++round) {
    const auto sink = system.spawn<SinkActor>();
    gate begun;
    gate end;
    sink.tell(Hold{&begun, &end});
    REQUIRE(begun.wait());
    for (int i = 0; i < 3; ++i) CHECK(sink.tell(Add{1}));
    gate waits;
    bool taken = false;
    std::thread thread([&] {
      auto told = sink.within(patience).tell(Add{1});
      waits.open();
      taken = static_cast<bool>(told.result());
    });
    REQUIRE(waits.wait());
    end.open();
    thread.join();
    CHECK(taken);
  }
  stopped_accounts(system);
}
