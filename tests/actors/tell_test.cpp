// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::uint32_t senders = 4;

struct Numbered {
  std::uint32_t from;
  std::uint32_t number;
};
struct InOrder {
  using reply = bool;
};
struct Received {
  using reply = std::uint64_t;
};
struct Sequence : zooid::local_contract<Numbered, InOrder, Received> {};
/// Checks that what each sender sent comes in its order.
struct SequenceActor {
  using contract = Sequence;
  std::vector<std::uint32_t> next = std::vector<std::uint32_t>(1000);
  std::uint64_t received = 0;
  bool in_order = true;
  void on(const Numbered& message) {
    in_order = in_order && next[message.from]++ == message.number;
    ++received;
  }
  bool on(InOrder) const { return in_order; }
  std::uint64_t on(Received) const { return received; }
};

struct Produce {
  using reply = void;
  std::uint32_t from;
  std::uint32_t count;
};
struct Producer : zooid::local_contract<Produce> {};
struct ProducingActor {
  using contract = Producer;
  zooid::ref<Sequence> to;
  explicit ProducingActor(zooid::ref<Sequence> whom) : to(std::move(whom)) {}
  zooid::task<> on(Produce what) {
    for (std::uint32_t i = 0; i < what.count; ++i) {
      const Numbered message{what.from, i};
      const auto told = co_await to.tell(message);
      told.value();
    }
  }
};

using Owned = std::unique_ptr<std::string>;
struct TakeBack {
  using reply = Owned;
};
struct Keeper : zooid::local_contract<Owned, TakeBack> {};
struct KeepingActor {
  using contract = Keeper;
  Owned kept;
  void on(Owned&& given) { kept = std::move(given); }
  Owned on(TakeBack) { return std::move(kept); }
};

struct Copied {
  int* copies;
  explicit Copied(int& count) : copies(&count) {}
  Copied(const Copied& other) : copies(other.copies) { ++*copies; }
  Copied(Copied&&) = default;
};
struct Copies : zooid::local_contract<Copied, Sum> {};
struct CopyingActor {
  using contract = Copies;
  void on(const Copied&) {}
  std::uint64_t on(Sum) { return 0; }
};

}  // namespace

TEST_CASE("a tell says that the message was taken", "[tell]") {
  zooid::actor_system system;
  const auto counter = system.spawn<CountingActor>();
  CHECK(counter.tell(Add{2}));
  CHECK(counter.tell<Add>(3u));
  const Add four{4};
  CHECK(counter.tell(four));
  CHECK(counter.within(1s).tell(Add{5}));
  CHECK(counter.call(Sum{}).get() == 14);
  CHECK(stopped_accounts(system).handled == 5);
}

TEST_CASE("a tell to nobody says why it was not taken", "[tell]") {
  const zooid::ref<Counter> nobody;
  const auto told = nobody.tell(Add{1});
  CHECK_FALSE(told);
  CHECK(told.error().code == zooid::errc::no_such_actor);
  CHECK(told.error().detail.find("Add") != std::string::npos);
}

TEST_CASE("each of several threads keeps its order", "[tell]") {
  constexpr std::uint32_t each = 25000;
  zooid::actor_system system{{.workers = 2}};
  const auto sequence = system.spawn<SequenceActor>();
  std::atomic<std::uint32_t> lost{0};
  std::vector<std::thread> threads;
  for (std::uint32_t from = 0; from < senders; ++from) {
    threads.emplace_back([&, from] {
      for (std::uint32_t i = 0; i < each; ++i) {
        if (!sequence.within(patience).tell(Numbered{from, i}).result()) ++lost;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(lost == 0);
  CHECK(sequence.call(Received{}, patience).get() == senders * each);
  CHECK(sequence.call(InOrder{}, patience).get());
  stopped_accounts(system);
}

TEST_CASE("each of several actors keeps its order", "[tell]") {
  constexpr std::uint32_t each = 25000;
  zooid::actor_system system{{.workers = 2, .call_timeout = patience}};
  const auto sequence = system.spawn<SequenceActor>();
  std::vector<zooid::pending<void>> producing;
  for (std::uint32_t from = 0; from < senders; ++from) {
    producing.push_back(system.spawn<ProducingActor>(sequence).call<Produce>(from, each));
  }
  for (auto& each_one : producing) each_one.get();
  CHECK(sequence.call(Received{}).get() == senders * each);
  CHECK(sequence.call(InOrder{}).get());
  stopped_accounts(system);
}

TEST_CASE("a thousand actors send to one", "[tell]") {
  constexpr std::uint32_t many = 1000;
  constexpr std::uint32_t each = 20;
  zooid::actor_system system{{.workers = 2, .call_timeout = patience}};
  const auto sequence = system.spawn<SequenceActor>();
  std::vector<zooid::pending<void>> producing;
  for (std::uint32_t from = 0; from < many; ++from) {
    producing.push_back(system.spawn<ProducingActor>(sequence).call<Produce>(from, each));
  }
  for (auto& each_one : producing) each_one.get();
  CHECK(sequence.call(Received{}).get() == many * each);
  CHECK(sequence.call(InOrder{}).get());
  stopped_accounts(system);
}

TEST_CASE("a message that can only be moved travels, and comes back", "[tell]") {
  zooid::actor_system system;
  const auto keeper = system.spawn<KeepingActor>();
  auto owned = std::make_unique<std::string>("mine");
  const std::string* const address = owned.get();
  CHECK(keeper.tell(std::move(owned)));
  const Owned back = keeper.call(TakeBack{}).get();
  REQUIRE(back);
  CHECK(back.get() == address);
}

TEST_CASE("an lvalue is copied once, a temporary never", "[tell]") {
  int copies = 0;
  zooid::actor_system system;
  const auto actor = system.spawn<CopyingActor>();
  Copied message(copies);
  CHECK(actor.tell(message));
  actor.call(Sum{}).get();
  CHECK(copies == 1);
  CHECK(actor.tell(std::move(message)));
  CHECK(actor.tell(Copied(copies)));
  CHECK(actor.tell<Copied>(copies));
  actor.call(Sum{}).get();
  CHECK(copies == 1);
}

TEST_CASE("a hundred thousand actors come and go", "[tell]") {
  constexpr std::size_t many = 100000;
  zooid::actor_system system{{.workers = 2}};
  std::vector<zooid::ref<Counter>> counters;
  counters.reserve(many);
  for (std::size_t i = 0; i < many; ++i) counters.push_back(system.spawn<CountingActor>());
  for (const auto& counter : counters) counter.tell(Add{1});
  CHECK(counters.front().call(Sum{}).get() == 1);
  CHECK(counters.back().call(Sum{}, patience).get() == 1);
  for (std::size_t i = 0; i < many; i += 2) system.stop(counters[i]);
  CHECK(eventually([&] { return !counters[0].tell(Add{1}); }));
  const auto accounts = stopped_accounts(system);
  CHECK(accounts.handled + accounts.dead() >= many);
}
