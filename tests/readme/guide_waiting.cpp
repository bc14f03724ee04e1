// SPDX-License-Identifier: Apache-2.0
// The blocks of docs/guide/coroutines.md and overload.md.
#include "shown.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace {

// [guide-compare]
struct Price {
  using reply = int;
  std::string item;
};
struct Shop : zooid::contract<"shop", Price> {};

struct Cheapest {
  using reply = int;
  std::string item;
};
struct Comparison : zooid::contract<"comparison", Cheapest> {};

class PriceComparison {
 public:
  using contract = Comparison;
  PriceComparison(zooid::ref<Shop> one, zooid::ref<Shop> other) : one_(one), other_(other) {}

  zooid::task<zooid::result<int>> on(const Cheapest& wanted) {
    auto first = one_.call<Price>(wanted.item);  // both shops are asked ...
    auto second = other_.call<Price>(wanted.item);
    const zooid::result<int> one = co_await first;  // ... before either has answered
    const zooid::result<int> other = co_await second;
    if (!one) co_return one.error();
    if (!other) co_return other.error();
    co_return std::min(*one, *other);
  }

 private:
  zooid::ref<Shop> one_;
  zooid::ref<Shop> other_;
};
// [/guide-compare]

// [guide-parts]
class Basket {
 public:
  using contract = Comparison;
  explicit Basket(zooid::ref<Shop> shop) : shop_(shop) {}

  zooid::task<int> on(const Cheapest& wanted) {
    const int one = co_await price_of(wanted.item);
    const int more = co_await price_of("postage");
    co_return one + more;
  }

 private:
  // A part takes its parameters by value: it may outlive what they were made of.
  zooid::task<int> price_of(std::string item) {
    const zooid::result<int> price = co_await shop_.call<Price>(item);
    co_return price.value();  // throws the error on, to whoever called the handler
  }

  zooid::ref<Shop> shop_;
};
// [/guide-parts]

// [guide-then]
struct Refresh {};
struct Cached {
  using reply = int;
};
struct PriceTag : zooid::contract<"price_tag", Refresh, Cached> {};

class CachedPrice {
 public:
  using contract = PriceTag;
  explicit CachedPrice(zooid::ref<Shop> shop) : shop_(shop) {}

  void on(const Refresh&) {
    shop_.call<Price>("tea").then([this](const zooid::result<int>& price) {
      if (price) price_ = *price;
    });
  }
  int on(const Cached&) { return price_; }  // is answered while the shop thinks

 private:
  zooid::ref<Shop> shop_;
  int price_ = 0;
};
// [/guide-then]

// [guide-cycle]
struct Asking;
struct Ask {
  using reply = std::string;
  zooid::ref<Asking> whom;
};
struct Asking : zooid::local_contract<Ask> {};

struct Asker {
  using contract = Asking;
  zooid::task<std::string> on(const Ask& ask, zooid::context& in) {
    if (!ask.whom) co_return "nobody to ask";
    const Ask back{in.self(this)};
    const zooid::result<std::string> said = co_await ask.whom.call(back);
    co_return said ? *said : std::string(zooid::to_string(said.error().code));
  }
};
// [/guide-cycle]

// [guide-stage]
struct Sample {
  int value;
};
struct Total {
  using reply = int;
};
struct Sink : zooid::contract<"sink", Sample, Total> {};
struct Stage : zooid::contract<"stage", Sample> {};

class SlowSink {
 public:
  using contract = Sink;
  static constexpr zooid::mailbox_limits mailbox{.messages = 16};  // instead of 4,096
  void on(const Sample& sample) { total_ += sample.value; }
  int on(const Total&) { return total_; }

 private:
  int total_ = 0;
};

class Doubler {
 public:
  using contract = Stage;
  static constexpr zooid::mailbox_limits mailbox{.messages = 16};
  explicit Doubler(zooid::ref<Sink> next) : next_(next) {}

  zooid::task<> on(const Sample& sample) {
    const Sample doubled{2 * sample.value};
    (co_await next_.within(30s).tell(doubled)).value();  // takes no other sample until the sink has room
  }

 private:
  zooid::ref<Sink> next_;
};
// [/guide-stage]

struct FixedPrice {
  using contract = Shop;
  int price;
  int on(const Price&) { return price; }
};

/// Actors that run when the test says so.
struct by_hand {
  std::shared_ptr<zooid::deterministic_scheduler> steps =
      zooid::make_deterministic_scheduler(std::make_shared<zooid::manual_clock>());
  zooid::actor_system system{{.scheduler = steps}};
};

}  // namespace

TEST_CASE("a handler waits for two answers at a time", "[guide]") {
  zooid::actor_system system;
  const auto comparison = system.spawn<PriceComparison>(system.spawn<FixedPrice>(7), system.spawn<FixedPrice>(4));
  CHECK(comparison.call<Cheapest>("tea").get() == 4);
  const auto alone = system.spawn<PriceComparison>(system.spawn<FixedPrice>(7), zooid::ref<Shop>());
  const auto answer = alone.call<Cheapest>("tea").result();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == zooid::errc::no_such_actor);
}

TEST_CASE("a handler consists of parts", "[guide]") {
  zooid::actor_system system;
  CHECK(system.spawn<Basket>(system.spawn<FixedPrice>(7)).call<Cheapest>("tea").get() == 14);
  const auto answer = system.spawn<Basket>(zooid::ref<Shop>()).call<Cheapest>("tea").result();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == zooid::errc::no_such_actor);
}

TEST_CASE("an actor goes on while it waits", "[guide]") {
  by_hand one;
  const auto tag = one.system.spawn<CachedPrice>(one.system.spawn<FixedPrice>(7));
  tag.tell(Refresh{});
  one.steps->run_until_idle();
  CHECK(tag.call<Cached>().get() == 7);
}

TEST_CASE("two actors that ask each other get an error at once", "[guide]") {
  zooid::actor_system system;
  const auto one = system.spawn<Asker>();
  const auto other = system.spawn<Asker>();
  CHECK(one.call(Ask{other}).get() == "call_cycle");
}

TEST_CASE("who finds a mailbox full may drop", "[guide]") {
  by_hand one;
  const auto sink = one.system.spawn<SlowSink>();
  int dropped = 0;
  for (int reading = 0; reading < 20; ++reading) {
    // [guide-drop]
    if (!sink.tell(Sample{reading})) ++dropped;
    // [/guide-drop]
  }
  CHECK(dropped == 4);
}

TEST_CASE("a slow sink slows its source down", "[guide]") {
  by_hand one;
  const auto sink = one.system.spawn<SlowSink>();
  const auto stage = one.system.spawn<Doubler>(sink);
  // [guide-source]
  for (int i = 1; i <= 1'000; ++i) stage.within(30s).tell(Sample{i}).get();
  // [/guide-source]
  one.steps->run_until_idle();
  CHECK(sink.call<Total>().get() == 1'001'000);
}
