// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"

#include <atomic>
#include <string>
#include <string_view>

// Which events a subscriber gets: by type and by key. What is encoded for whom.

namespace {

struct PaidLate {
  static constexpr std::string_view wire_name = "PaidLate";
  std::uint64_t number;
};
/// Has the name of another type.
struct OtherPaid {
  static constexpr std::string_view wire_name = "Paid";
  std::uint64_t number;
  std::string order;
};

struct Ask {
  using reply = std::uint64_t;
};
struct Answering : zooid::contract<"answering", Ask> {};
struct Answer {
  using contract = Answering;
  std::uint64_t on(Ask) { return 42; }
};
struct Offered {
  std::uint64_t number;
  zooid::ref<Answering> by;
};

std::atomic<std::uint64_t> written{0};
/// Counts how often it goes through an archive.
struct Counted {
  std::uint64_t number = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    ++written;
    archive(number);
  }
};

// Versions of one event.
struct Order1 {
  static constexpr std::string_view wire_name = "Order";
  std::uint64_t number;
};
struct Order2 {
  static constexpr std::string_view wire_name = "Order";
  std::uint64_t number;
  std::string note = "none";
};
struct OrderChanged {
  static constexpr std::string_view wire_name = "Order";
  std::string number;
};
struct OrderLossless {
  static constexpr std::string_view wire_name = "Order";
  static constexpr bool lossless = true;
  std::uint64_t number;
};

template <class E>
zooid::result<void> try_subscribe(zooid::node& at, const std::string& where) {
  return at.subscribe<E>([](const E&) {}, zooid::from(where)).confirmed(patience).result();
}

}  // namespace

TEMPLATE_TEST_CASE("each of several overlapping filters of one node gets its own copy, numbered on its own", "[events]",
                   zmq_world, memory_world, simulated_world) {
  std::array<event_record, 6> heard;
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  const auto where = zooid::from(publisher->endpoint());
  const auto to = [&](std::size_t i) { return recorder<Paid>{&heard[i]}; };
  const bool far = GENERATE(true, false);
  if (far) {
    REQUIRE(confirmed(other->template subscribe<Paid>(to(0), where)));
    REQUIRE(confirmed(other->template subscribe<Paid>(to(1), where, zooid::key_prefix(""))));
    REQUIRE(confirmed(other->template subscribe<Paid>(to(2), where, zooid::key_prefix("a"))));
    REQUIRE(confirmed(other->template subscribe<Paid>(to(3), where, zooid::key_prefix("ab"))));
    REQUIRE(confirmed(other->template subscribe<Paid>(to(4), where, zooid::key("a"))));
    REQUIRE(confirmed(other->template subscribe<Paid>(to(5), where, zooid::key(""))));
  } else {
    REQUIRE(confirmed(publisher->template subscribe<Paid>(to(0))));
    REQUIRE(confirmed(publisher->template subscribe<Paid>(to(1), zooid::key_prefix(""))));
    REQUIRE(confirmed(publisher->template subscribe<Paid>(to(2), zooid::key_prefix("a"))));
    REQUIRE(confirmed(publisher->template subscribe<Paid>(to(3), zooid::key_prefix("ab"))));
    REQUIRE(confirmed(publisher->template subscribe<Paid>(to(4), zooid::key("a"))));
    REQUIRE(confirmed(publisher->template subscribe<Paid>(to(5), zooid::key(""))));
  }
  std::uint64_t next = 0;
  for (const std::string_view key : {"", "a", "ab", "abc", "b", "ba"})
    REQUIRE(publisher->publish(Paid{next++, ""}, key));
  using list = std::vector<std::uint64_t>;
  const std::array<list, 6> expected{list{0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5}, {1, 2, 3}, {2, 3}, {1}, {0}};
  for (std::size_t i = 0; i < heard.size(); ++i) {
    INFO(i);
    REQUIRE(world.eventually([&] { return heard[i].heard() == expected[i].size(); }));
  }
  world.settle();
  for (std::size_t i = 0; i < heard.size(); ++i) {
    CHECK(heard[i].numbers() == expected[i]);
    CHECK(heard[i].missed() + heard[i].unknown() == 0);
  }
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("keys have at most 1024 bytes, none of them zero", "[events]", zmq_world, memory_world) {
  event_record longest;
  event_record beginning;
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  const auto where = zooid::from(publisher->endpoint());
  const std::string most(1024, 'k');
  const std::string more(1025, 'k');
  const std::string zero("a\0b", 3);
  const std::string bytes("\xff\x01 \xc3\xa4/");
  const auto nobody = [](const Paid&) {};
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&longest}, where, zooid::key(most))));
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&beginning}, where, zooid::key_prefix(bytes))));
  for (const std::string& bad : {more, zero}) {
    CHECK_THROWS_AS(other->template subscribe<Paid>(nobody, where, zooid::key(bad)), zooid::setup_error);
    CHECK_THROWS_AS(other->template subscribe<Paid>(nobody, where, zooid::key_prefix(bad)), zooid::setup_error);
    CHECK_THROWS_AS(publisher->template subscribe<Paid>(nobody, zooid::key(bad)), zooid::setup_error);
    CHECK(publisher->publish(Paid{1, ""}, bad).error().code == zooid::errc::malformed);
  }
  REQUIRE(publisher->publish(Paid{1, ""}, most));
  REQUIRE(publisher->publish(Paid{2, ""}, bytes + "x"));
  REQUIRE(world.eventually([&] { return longest.heard() == 1 && beginning.heard() == 1; }));
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("events do not mix with those whose name begins as theirs", "[events]", zmq_world, memory_world,
                   simulated_world) {
  event_record paid;
  event_record late;
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  const auto where = zooid::from(publisher->endpoint());
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&paid}, where)));
  REQUIRE(confirmed(other->template subscribe<PaidLate>(recorder<PaidLate>{&late}, where)));
  for (std::uint64_t i = 0; i < 10; ++i) {
    REQUIRE(publisher->publish(Paid{i, ""}));
    REQUIRE(publisher->publish(PaidLate{i}, "key"));
  }
  REQUIRE(world.eventually([&] { return paid.heard() == 10 && late.heard() == 10; }));
  CHECK(paid.missed() + late.missed() == 0);
  other->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("two types of one node with one name on the wire are refused", "[events]") {
  memory_world world;
  const auto node = world.add();
  REQUIRE(node->publish(Paid{1, ""}));
  CHECK(node->publish(OtherPaid{1, ""}).error().code == zooid::errc::incompatible);
  try {
    static_cast<void>(node->subscribe<OtherPaid>([](const OtherPaid&) {}));
    FAIL("it was not refused");
  } catch (const zooid::setup_error& why) {
    CHECK(why.code() == zooid::errc::incompatible);
    CHECK(std::string_view(why.what()).find("wire_name") != std::string_view::npos);
  }
}

TEMPLATE_TEST_CASE("a ref inside an event leads to its actor", "[events]", zmq_world, memory_world) {
  std::mutex mutex;
  zooid::ref<Answering> got;
  std::atomic<bool> heard{false};
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  REQUIRE(confirmed(other->template subscribe<Offered>(
      [&](const Offered& what) {
        const std::lock_guard lock(mutex);
        got = what.by;
        heard = true;
      },
      zooid::from(publisher->endpoint()))));
  REQUIRE(publisher->publish(Offered{1, publisher->template spawn<Answer>()}));
  REQUIRE(world.eventually([&] { return heard.load(); }));
  CHECK(got.within(patience).template call<Ask>().get() == 42);
  got = {};
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("an event is encoded once for all, and not at all for nobody", "[events]", zmq_world, memory_world) {
  std::array<event_record, 3> heard;
  event_record near;
  TestType world;
  const auto publisher = world.add();
  REQUIRE(publisher->publish(Counted{1}));  // Now the type is known.
  std::uint64_t before = written;
  REQUIRE(publisher->publish(Counted{1}));
  CHECK(written == before);
  REQUIRE(confirmed(publisher->template subscribe<Counted>(recorder<Counted>{&near})));
  before = written;
  REQUIRE(publisher->publish(Counted{1}));
  REQUIRE(world.eventually([&] { return near.heard() == 1; }));
  CHECK(written == before);
  // With subscribers elsewhere: written once, and read once by each.
  std::vector<std::unique_ptr<zooid::node>> others;
  for (event_record& each : heard) {
    others.push_back(world.add_silent());
    REQUIRE(confirmed(
        others.back()->template subscribe<Counted>(recorder<Counted>{&each}, zooid::from(publisher->endpoint()))));
  }
  before = written;
  REQUIRE(publisher->publish(Counted{2}));
  REQUIRE(world.eventually(
      [&] { return heard[0].heard() + heard[1].heard() + heard[2].heard() == 3 && near.heard() == 2; }));
  CHECK(written == before + 1 + 3);
  // For a key that nobody wants.
  REQUIRE(confirmed(others[0]->template subscribe<Paid>([](const Paid&) {}, zooid::from(publisher->endpoint()))));
  for (const auto& each : others) each->stop(1s);
  REQUIRE(world.eventually([&] { return live_sessions(*publisher) == 0; }));
  before = written;
  REQUIRE(publisher->publish(Counted{3}));
  REQUIRE(world.eventually([&] { return near.heard() == 3; }));
  CHECK(written == before);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("fields appended to an event are compatible both ways", "[events]", zmq_world, memory_world) {
  event_record old_one;
  std::mutex mutex;
  std::string note;
  TestType world;
  const auto old_publisher = world.add();
  const auto new_publisher = world.add();
  const auto other = world.add_silent();
  const auto third = world.add_silent();
  const bool known_before = GENERATE(true, false);
  if (known_before) {
    REQUIRE(old_publisher->publish(Order1{1}));
    REQUIRE(new_publisher->publish(Order2{1}));
  }
  REQUIRE(
      confirmed(other->template subscribe<Order1>(recorder<Order1>{&old_one}, zooid::from(new_publisher->endpoint()))));
  REQUIRE(confirmed(third->template subscribe<Order2>(
      [&](const Order2& what) {
        const std::lock_guard lock(mutex);
        note = what.note;
      },
      zooid::from(old_publisher->endpoint()))));
  REQUIRE(new_publisher->publish(Order2{7, "long"}));
  REQUIRE(old_publisher->publish(Order1{8}));
  REQUIRE(world.eventually([&] {
    const std::lock_guard lock(mutex);
    return note == "none" && old_one.heard() == 1;
  }));
  CHECK(old_one.numbers().front() == 7);
  for (const auto& each : {&other, &third, &old_publisher, &new_publisher}) (*each)->stop(1s);
}

TEMPLATE_TEST_CASE("an event that the publisher knows differently is refused in words", "[events]", zmq_world,
                   memory_world) {
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  REQUIRE(publisher->publish(Order1{1}));
  const auto changed = try_subscribe<OrderChanged>(*other, publisher->endpoint());
  REQUIRE(code_of(changed) == zooid::errc::incompatible);
  INFO(changed.error().detail);
  CHECK(changed.error().detail.find("Order.number: string here, uint64 there") != std::string::npos);
  CHECK(code_of(try_subscribe<OrderChanged>(*other, publisher->endpoint())) == zooid::errc::incompatible);
  const auto lossless = try_subscribe<OrderLossless>(*other, publisher->endpoint());
  REQUIRE(code_of(lossless) == zooid::errc::incompatible);
  CHECK(lossless.error().detail.find("lossless here, lossy there") != std::string::npos);
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("an event that the publisher learns later, and knows differently, disturbs only who is wrong",
                   "[events]", zmq_world, memory_world) {
  event_record right;
  event_record wrong;
  std::atomic<int> strange{0};
  TestType world;
  const auto publisher = world.add();
  const auto good = world.add_silent();
  const auto bad = world.add_silent();
  const auto where = zooid::from(publisher->endpoint());
  REQUIRE(confirmed(good->template subscribe<Order1>(recorder<Order1>{&right}, where)));
  const auto changed = bad->template subscribe<OrderChanged>([&](const auto&) { ++strange; }, where);
  REQUIRE(confirmed(changed));
  const auto lossless = bad->template subscribe<OrderLossless>(recorder<OrderLossless>{&wrong}, where);
  static_cast<void>(lossless.confirmed(patience).result());
  for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(publisher->publish(Order1{i}));
  REQUIRE(world.eventually([&] {
    const auto outcome = changed.confirmed(patience).result();
    return code_of(outcome) == zooid::errc::incompatible;
  }));
  CHECK(changed.confirmed(patience).result().error().detail.find("Order.number: string here, uint64 there") !=
        std::string::npos);
  REQUIRE(
      world.eventually([&] { return code_of(lossless.confirmed(patience).result()) == zooid::errc::incompatible; }));
  for (std::uint64_t i = 100; i < 200; ++i) REQUIRE(publisher->publish(Order1{i}));
  REQUIRE(world.eventually([&] { return right.heard() == 200; }));
  world.settle();
  CHECK(strange == 0);
  CHECK(wrong.accounted() == 0);
  CHECK(right.missed() == 0);
  good->stop(1s);
  bad->stop(1s);
  publisher->stop(1s);
}
