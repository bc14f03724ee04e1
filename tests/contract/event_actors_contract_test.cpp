// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"

#include <atomic>
#include <optional>

// Actors that publish and subscribe.

namespace {

struct Say {
  std::uint64_t number = 0;
};
struct SayMany {
  using reply = std::uint64_t;
  std::uint64_t count = 0;
};
struct Speaker : zooid::contract<"speaker", Say, SayMany> {};

struct Speaking {
  using contract = Speaker;
  void on(const Say& what, zooid::context& in) { said = static_cast<bool>(in.publish(Paid{what.number, "x"})); }
  zooid::task<std::uint64_t> on(SayMany what, zooid::context& in) {
    std::uint64_t taken = 0;
    for (std::uint64_t i = 0; i < what.count; ++i) {
      Moved event{i};
      if (co_await in.publish(event)) ++taken;
    }
    co_return taken;
  }
  bool said = false;
};

/// What an actor heard of whom.
struct heard_by_actor {
  event_record events;
  std::atomic<std::uint64_t> sender_node{0};
  std::atomic<std::uint64_t> sender_number{0};
  std::atomic<int> started{0};
};

struct Nothing : zooid::local_contract<> {};

template <class E>
struct Listening {
  using contract = Nothing;
  heard_by_actor* to;
  std::string where;
  zooid::subscription made{};

  void start(zooid::context& in) {
    made = where.empty() ? in.subscribe<E>(this) : in.subscribe<E>(this, zooid::from(where));
    ++to->started;
  }
  void on(const E& event, zooid::context& in) {
    to->sender_node = in.sender().node;
    to->sender_number = in.sender().actor;
    to->events.take(event);
  }
  void on(const zooid::gap<E>& gap) { to->events.take_gap(gap); }
};

/// Does not get through a message until it may.
struct Stuck {
  using contract = Nothing;
  gate* open;
  std::string where;
  std::atomic<int>* started;
  void start(zooid::context& in) {
    if (where.empty()) {
      static_cast<void>(in.subscribe<Moved>(this));
    } else {
      static_cast<void>(in.subscribe<Moved>(this, zooid::from(where)));
    }
    ++*started;
  }
  void on(const Moved&) { static_cast<void>(open->wait()); }
};

}  // namespace

TEMPLATE_TEST_CASE("an actor hears what another actor publishes, and who that was", "[events]", zmq_world, memory_world,
                   simulated_world) {
  heard_by_actor near;
  heard_by_actor far;
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  publisher->template spawn<Listening<Paid>>(&near, "");
  other->template spawn<Listening<Paid>>(&far, publisher->endpoint());
  REQUIRE(world.eventually([&] { return near.started == 1 && far.started == 1; }));
  event_record ready;  // Of a subscription that was made after the actor's.
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&ready}, zooid::from(publisher->endpoint()))));
  const auto speaker = publisher->template spawn_as<Speaking>("speaker");
  for (std::uint64_t i = 0; i < 5; ++i) REQUIRE(speaker.tell(Say{i}));
  REQUIRE(world.eventually([&] { return near.events.heard() == 5 && far.events.heard() == 5; }));
  CHECK(near.sender_node == publisher->id());
  CHECK(near.sender_number != 0);
  CHECK(far.sender_node == publisher->id());
  CHECK(near.events.ordered());
  CHECK(far.events.ordered());
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("an actor waits for room for its lossless events", "[events]", zmq_world, memory_world) {
  event_record near;
  event_record far;
  gate open;
  TestType world;
  const auto publisher = world.add({.workers = 2, .mailbox = {.messages = 16}});
  const auto other = world.add_silent({.workers = 2, .mailbox = {.messages = 16}});
  const auto slow = [&open](event_record& to) {
    return [&open, to = recorder<Moved>{&to}](const auto& what) {
      static_cast<void>(open.wait());
      to(what);
    };
  };
  REQUIRE(confirmed(publisher->template subscribe<Moved>(recorder<Moved>{&near})));
  REQUIRE(confirmed(other->template subscribe<Moved>(slow(far), zooid::from(publisher->endpoint()))));
  const auto speaker = publisher->template spawn_as<Speaking>("speaker");
  constexpr std::uint64_t count = 10'000;
  auto done = speaker.within(patience).template call<SayMany>(count);
  REQUIRE(world.eventually([&] { return near.heard() >= 4096; }));
  world.settle();
  CHECK(near.heard() <= 4096 + 16);
  CHECK(far.heard() == 0);
  open.open();
  CHECK(done.get() == count);
  REQUIRE(world.eventually([&] { return near.heard() == count && far.heard() == count; }));
  CHECK(near.missed() + far.missed() == 0);
  CHECK(far.ordered());
  other->stop(1s);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("a gap that nobody handles is a dead letter, and the accounts close", "[events]", zmq_world,
                   memory_world) {
  std::atomic<std::uint64_t> letters{0};
  std::atomic<std::uint64_t> heard{0};
  gate open;
  TestType world;
  const auto publisher = world.add();
  const auto other =
      world.add_silent({.mailbox = {.messages = 64}, .on_dead_letter = [&](const zooid::dead_letter& letter) {
                          if (letter.why == zooid::errc::overloaded) ++letters;
                        }});
  const auto on = other->template subscribe<Paid>(
      [&](const Paid&) {
        static_cast<void>(open.wait());
        ++heard;
      },
      zooid::from(publisher->endpoint()));
  REQUIRE(confirmed(on));
  constexpr std::uint64_t published = 500;
  event_record all;
  REQUIRE(confirmed(other->template subscribe<Paid>(recorder<Paid>{&all}, zooid::from(publisher->endpoint()))));
  for (std::uint64_t i = 0; i < published; ++i) {
    REQUIRE(publisher->publish(Paid{i, "x"}));
    REQUIRE(world.eventually([&] { return all.accounted() == i + 1; }));
  }
  CHECK(letters == 0);  // It is told once there is room.
  open.open();
  REQUIRE(world.eventually([&] { return letters > 0; }));
  CHECK(heard <= 65);
  CHECK(letters <= 2);
  other->stop(1s);
  check_stopped(*other);
  CHECK(count(other->accounts().dead_letters, zooid::errc::overloaded) == letters);
  publisher->stop(1s);
}

TEMPLATE_TEST_CASE("a cancelled subscription hears nothing more", "[events]", zmq_world, memory_world,
                   simulated_world) {
  event_record ended;
  event_record other_record;
  TestType world;
  const auto publisher = world.add();
  const auto other = world.add_silent();
  for (const bool far : {false, true}) {
    zooid::node& at = far ? *other : *publisher;
    const auto make = [&](event_record& to) {
      return far ? at.subscribe<Paid>(recorder<Paid>{&to}, zooid::from(publisher->endpoint()))
                 : at.subscribe<Paid>(recorder<Paid>{&to});
    };
    const std::uint64_t before = other_record.heard();
    const std::uint64_t ended_before = ended.heard();
    auto first = make(ended);
    const auto second = make(other_record);
    REQUIRE(confirmed(first));
    REQUIRE(confirmed(second));
    REQUIRE(publisher->publish(Paid{before, "x"}));
    REQUIRE(world.eventually([&] { return other_record.heard() == before + 1 && ended.heard() == ended_before + 1; }));
    first.cancel();
    first.cancel();
    CHECK(code_of(first.confirmed(1s).result()) == zooid::errc::cancelled);
    REQUIRE(publisher->publish(Paid{before + 1, "x"}));
    REQUIRE(world.eventually([&] { return other_record.heard() == before + 2; }));
    world.settle();
    CHECK(ended.heard() == ended_before + 1);
    auto rest = second;
    rest.cancel();
  }
  other->stop(1s);
  publisher->stop(1s);
  check_stopped(*other);
  check_stopped(*publisher);
}

TEMPLATE_TEST_CASE("the end of an actor ends its subscription, and nobody waits for it any more", "[events]", zmq_world,
                   memory_world) {
  event_record all;
  gate open;
  std::atomic<int> started{0};
  TestType world;
  const auto publisher = world.add({.workers = 2});
  const auto other = world.add_silent({.workers = 2});
  const bool far = GENERATE(false, true);
  zooid::node& at = far ? *other : *publisher;
  const std::string where = far ? publisher->endpoint() : std::string();
  const auto stuck = at.template spawn<Stuck>(&open, where, &started);
  REQUIRE(world.eventually([&] { return started == 1; }));
  REQUIRE(confirmed(other->template subscribe<Moved>(recorder<Moved>{&all}, zooid::from(publisher->endpoint()))));
  std::uint64_t count = 0;
  while (const auto taken = publisher->publish(Moved{count})) {
    ++count;
    REQUIRE(count < 1'000'000);
  }
  // It is given up in the middle of a message; what is left in its mailbox dies with it.
  at.stop(stuck);
  auto waits = publisher->publish(Moved{count});
  open.open();
  REQUIRE(waits.result());
  for (std::uint64_t i = count + 1; i < count + 10'000; ++i) publisher->publish(Moved{i}).get();
  REQUIRE(world.eventually([&] { return all.heard() == count + 10'000; }));
  CHECK(all.ordered());
  other->stop(1s);
  publisher->stop(1s);
  check_stopped(*other);
  check_stopped(*publisher);
}

TEMPLATE_TEST_CASE("a subscription that cannot be made leaves no actor behind", "[events]", memory_world) {
  TestType world;
  const auto node = world.add();
  const auto nobody = [](const Paid&) {};
  CHECK_THROWS_AS(node->template subscribe<Paid>(nobody, zooid::from("nowhere")), zooid::setup_error);
  CHECK_THROWS_AS(node->template subscribe<Paid>(nobody, zooid::from("tcp://10.0.0.1:10000")), zooid::setup_error);
  node->stop(1s);
  CHECK_THROWS_AS(node->template subscribe<Paid>(nobody), zooid::setup_error);
  CHECK(node->publish(Paid{1, "x"}).error().code == zooid::errc::shutdown);
}

TEST_CASE("a node whose address is taken lets go of its event sockets", "[events]") {
  memory_world world;
  const auto first = world.add();
  CHECK_THROWS_AS(world.add({.listen = first->endpoint(), .events = "tcp://127.0.0.1:0"}), zooid::setup_error);
}
