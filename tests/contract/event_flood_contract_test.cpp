// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t keys = 125;

/// Publishes E with all keys in turn, numbered for each key, from a thread of its own.
template <class E>
class flood {
 public:
  explicit flood(zooid::node& by) : counts_(keys), thread_([this, &by] { run(by); }) {}
  ~flood() { stop(); }
  void stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  /// How many of a key were published, at least.
  [[nodiscard]] std::uint64_t published(std::size_t key) const { return counts_[key].load(); }
  [[nodiscard]] bool went_well() const { return well_; }

 private:
  static E make(std::uint64_t number) {
    E event{};
    event.number = number;
    return event;
  }
  void run(zooid::node& by) {
    std::uint64_t round = 0;
    do {
      for (std::size_t key = 0; key < keys; ++key) {
        if (!by.publish(make(round), std::to_string(key)).result()) well_ = false;
        counts_[key] = round + 1;
      }
      ++round;
    } while (!over_);
  }

  std::deque<std::atomic<std::uint64_t>> counts_;
  std::atomic<bool> over_{false};
  std::atomic<bool> well_{true};
  std::thread thread_;
};

template <class E>
struct subscriber {
  std::size_t key;
  event_record heard{};
  zooid::subscription on{};
  std::uint64_t published_before = 0;  // When it was known to be confirmed.
};

template <class E>
void subscribe(std::deque<subscriber<E>>& all, zooid::node& at, const zooid::node& publisher) {
  for (std::size_t key = 0; key < keys; ++key) {
    auto& fresh = all.emplace_back(key);
    fresh.on =
        at.subscribe<E>(recorder<E>{&fresh.heard}, zooid::from(publisher.endpoint()), zooid::key(std::to_string(key)));
  }
}

}  // namespace

TEST_CASE("a thousand subscriptions made during a flood miss nothing after their confirmation", "[events][flood]") {
  std::deque<subscriber<Paid>> lossy;
  std::deque<subscriber<Moved>> lossless;
  zmq_world world;
  // On a busy machine a node may be silent for long; a session that is over would be reported as missed events.
  const zooid::node_options busy{.workers = 1, .heartbeat_timeout = 10 * patience};
  const auto publisher = world.add(busy);
  std::vector<std::unique_ptr<zooid::node>> nodes;
  for (int i = 0; i < 4; ++i) nodes.push_back(world.add_silent(busy));
  flood<Paid> paid(*publisher);
  flood<Moved> moved(*publisher);
  for (const auto& each : nodes) {
    subscribe(lossy, *each, *publisher);
    subscribe(lossless, *each, *publisher);
  }
  REQUIRE(lossy.size() + lossless.size() == 1000);
  for (auto& each : lossy) {
    REQUIRE(confirmed(each.on));
    each.published_before = paid.published(each.key) + 1;  // One may be published just now.
  }
  for (auto& each : lossless) {
    REQUIRE(confirmed(each.on));
    each.published_before = moved.published(each.key) + 1;
  }
  const auto has_gone_on = [](const auto& all, const auto& floods) {
    return std::all_of(all.begin(), all.end(),
                       [&](const auto& each) { return floods.published(each.key) > each.published_before; });
  };
  REQUIRE(world.eventually([&] { return has_gone_on(lossy, paid) && has_gone_on(lossless, moved); }));
  paid.stop();
  moved.stop();
  CHECK(paid.went_well());
  CHECK(moved.went_well());
  std::uint64_t heard_all = 0;
  for (auto& each : lossy) {
    const std::uint64_t published = paid.published(each.key);
    REQUIRE(world.eventually([&] {
      return each.heard.heard() == 0 ? each.heard.missed() >= published - each.published_before
                                     : each.heard.first() + each.heard.accounted() == published;
    }));
    if (each.heard.heard() == 0) continue;
    CHECK(each.heard.exact());
    CHECK(each.heard.first() <= each.published_before);
    ++heard_all;
  }
  for (auto& each : lossless) {
    const std::uint64_t published = moved.published(each.key);
    REQUIRE(world.eventually(
        [&] { return each.heard.heard() > 0 && each.heard.first() + each.heard.heard() == published; }));
    CHECK(each.heard.exact());
    CHECK(each.heard.missed() == 0);
    CHECK(each.heard.first() <= each.published_before);
    ++heard_all;
  }
  CHECK(heard_all >= lossless.size());
  for (const auto& each : nodes) each->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("lossless events wait for a slow subscriber, here as there", "[events]", zmq_world, memory_world) {
  event_record fast;
  event_record slow;
  gate open;
  TestType world;
  const auto publisher = world.add({.workers = 2});
  const auto other = world.add_silent({.workers = 2});
  const bool slow_is_near = GENERATE(true, false);
  const auto waiting = [&open, to = recorder<Moved>{&slow}](const auto& what) {
    static_cast<void>(open.wait());
    to(what);
  };
  const auto at_once = recorder<Moved>{&fast};
  const auto where = zooid::from(publisher->endpoint());
  if (slow_is_near) {
    REQUIRE(confirmed(publisher->template subscribe<Moved>(waiting)));
    REQUIRE(confirmed(other->template subscribe<Moved>(at_once, where)));
  } else {
    REQUIRE(confirmed(publisher->template subscribe<Moved>(at_once)));
    REQUIRE(confirmed(other->template subscribe<Moved>(waiting, where)));
  }
  std::uint64_t next = 0;
  const auto offer = [&] {
    const auto taken = publisher->publish(Moved{next});
    if (taken) ++next;
    if (!taken) CHECK(taken.error().code == zooid::errc::overloaded);
    return static_cast<bool>(taken);
  };
  // What the slow one's mailbox holds, and as many under way.
  REQUIRE(world.eventually([&] {
    static_cast<void>(offer());
    return next >= 8192;
  }));
  for (int i = 0; i < 1000; ++i) static_cast<void>(offer());
  world.settle();
  CHECK(next <= 8192 + 64);
  REQUIRE(world.eventually([&] { return fast.heard() == next; }));
  open.open();
  constexpr std::uint64_t last = 50'000;
  while (next < last) publisher->publish(Moved{next++}).get();
  REQUIRE(world.eventually([&] { return fast.heard() == last && slow.heard() == last; }));
  CHECK(fast.exact());
  CHECK(slow.exact());
  CHECK(fast.missed() + slow.missed() == 0);
  other->stop(1s);
  publisher->stop(1s);
  check_stopped(*other);
  check_stopped(*publisher);
}

TEMPLATE_TEST_CASE("a slow subscriber of one key does not hold back another key", "[events]", zmq_world, memory_world) {
  event_record heard;
  gate open;
  TestType world;
  const auto publisher = world.add({.workers = 2});
  const auto other = world.add_silent({.workers = 2});
  const auto where = zooid::from(publisher->endpoint());
  REQUIRE(confirmed(other->template subscribe<Moved>([&](const Moved&) { static_cast<void>(open.wait()); }, where,
                                                     zooid::key("slow"))));
  REQUIRE(confirmed(other->template subscribe<Moved>(recorder<Moved>{&heard}, where, zooid::key("fast"))));
  std::uint64_t slow = 0;
  const auto offer_slow = [&] {
    if (publisher->publish(Moved{slow}, "slow")) ++slow;
    return slow >= 8192;
  };
  REQUIRE(world.eventually(offer_slow));
  for (std::uint64_t i = 0; i < 20'000; ++i) publisher->publish(Moved{i}, "fast").get();
  for (int i = 0; i < 1000; ++i) static_cast<void>(offer_slow());
  CHECK(slow <= 8192 + 64);
  REQUIRE(world.eventually([&] { return heard.heard() == 20'000; }));
  CHECK(heard.exact());
  open.open();
  other->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("a lossless event that comes before the confirmation is waited for by nobody", "[events]") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    event_record heard;
    simulated_world world(seed);
    world.hub.delay(1ms, 20ms);
    const auto publisher = world.add();
    const auto other = world.add_silent();
    const auto on = other->subscribe<Moved>(recorder<Moved>{&heard}, zooid::from(publisher->endpoint()));
    world.steps->run_for(std::chrono::milliseconds(50 + seed % 100));
    REQUIRE(publisher->publish(Moved{0}));
    REQUIRE(confirmed(on));
    world.steps->run_for(1s);
    CHECK(heard.accounted() == heard.heard());
    const auto begin = world.time->now();
    publisher->stop(30s);
    CHECK(world.time->now() - begin < 10s);
    other->stop(1s);
  }
}

TEMPLATE_TEST_CASE("what is published before the confirmation arrives does not hold a publisher back for ever",
                   "[events]", zmq_world, memory_world) {
  std::deque<event_record> heard;
  TestType world;
  const auto publisher = world.add({.workers = 1});
  flood<Moved> moved(*publisher);
  std::vector<std::unique_ptr<zooid::node>> others;
  for (int i = 0; i < 10; ++i) {
    others.push_back(world.add_silent({.workers = 1}));
    REQUIRE(confirmed(others.back()->template subscribe<Moved>(recorder<Moved>{&heard.emplace_back()},
                                                               zooid::from(publisher->endpoint()))));
  }
  moved.stop();
  CHECK(moved.went_well());
  for (const event_record& each : heard) CHECK(each.missed() == 0);
  const auto begin = std::chrono::steady_clock::now();
  publisher->stop(patience);
  CHECK(std::chrono::steady_clock::now() - begin < patience);
  for (const auto& each : others) each->stop(1s);
}
