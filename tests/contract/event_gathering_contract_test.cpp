// SPDX-License-Identifier: Apache-2.0
#include "depots.hpp"
#include "event_record.hpp"

#include <array>
#include <atomic>
#include <random>

// Events that follow each other closely share frames: nobody may notice, except by the time it takes.

namespace {

/// A lossy and a lossless event of any size.
struct Note {
  std::uint64_t number;
  std::string text;
};
struct Parcel {
  static constexpr bool lossless = true;
  std::uint64_t number;
  std::string content;
};

/// Publishes numbers from `first` on, all in one handler.
struct Burst {
  using reply = std::uint64_t;  // How many of each type were taken.
  std::uint64_t first;
  std::uint64_t count;
};
struct Bursts : zooid::contract<"bursts", Burst> {};
struct Publisher {
  using contract = Bursts;
  std::uint64_t on(const Burst& burst, zooid::context& self) {
    std::uint64_t taken = 0;
    for (std::uint64_t i = burst.first; i < burst.first + burst.count; ++i) {
      const bool lossy = static_cast<bool>(self.publish(Note{i, "x"}));
      const bool lossless = static_cast<bool>(self.publish(Parcel{i, "x"}));
      if (lossy && lossless) ++taken;
    }
    return taken;
  }
};

/// A publisher, and a subscriber of its events on another node.
template <class World>
struct two_nodes {
  event_record notes;
  event_record parcels;
  World world;
  std::unique_ptr<zooid::node> publisher = world.add();
  std::unique_ptr<zooid::node> subscriber = world.add_silent();

  two_nodes() {
    REQUIRE(confirmed(subscribe<Note>(notes)));
    REQUIRE(confirmed(subscribe<Parcel>(parcels)));
  }
  ~two_nodes() {
    subscriber->stop(2s);
    publisher->stop(2s);
    check_stopped(*subscriber);
    check_stopped(*publisher);
  }
  template <class E, class... Which>
  zooid::subscription subscribe(event_record& to, const Which&... which) {
    return subscriber->template subscribe<E>(recorder<E>{&to}, zooid::from(publisher->endpoint()), which...);
  }
};

}  // namespace

TEST_CASE("an event that comes alone leaves at once", "[events][gathering]") {
  two_nodes<simulated_world> nodes;
  simulated_world& world = nodes.world;
  world.hub.delay(7ms, 7ms);
  for (std::uint64_t i = 0; i < 20; ++i) {
    world.steps->run_for(i % 2 == 0 ? 10ms : 1s);  // The second of them lets the publisher ask for what is missing.
    REQUIRE(nodes.notes.heard() == i);
    REQUIRE(nodes.publisher->publish(Note{i, "x"}));
    world.steps->run_for(7ms);
    CHECK(nodes.notes.heard() == i + 1);
    world.steps->run_for(10ms);
    REQUIRE(nodes.publisher->publish(Parcel{i, "x"}));
    world.steps->run_for(7ms);
    CHECK(nodes.parcels.heard() == i + 1);
  }
}

TEST_CASE("events that follow each other closely wait for what is ready, but for no time", "[events][gathering]") {
  two_nodes<simulated_world> nodes;
  simulated_world& world = nodes.world;
  world.hub.delay(0ms, 0ms);
  world.steps->run_for(100ms);
  const zooid::time_point before = world.time->now();
  std::uint64_t next = 0;
  for (const std::uint64_t some : {1u, 2u, 3u, 40u, 500u}) {
    for (const std::uint64_t end = next + some; next < end; ++next) {
      REQUIRE(nodes.publisher->publish(Note{next, "x"}));
      REQUIRE(nodes.publisher->publish(Parcel{next, "x"}));
    }
    world.steps->run_until_idle();
    CHECK(nodes.notes.heard() == next);
    CHECK(nodes.parcels.heard() == next);
  }
  CHECK(world.time->now() == before);
  CHECK(are_counted_up(nodes.notes.numbers(), next));
  CHECK(are_counted_up(nodes.parcels.numbers(), next));
}

TEMPLATE_TEST_CASE("a burst from one handler arrives in order, with exact numbers", "[events][gathering]", zmq_world,
                   memory_world, simulated_world) {
  two_nodes<TestType> nodes;
  const auto publisher = nodes.publisher->template spawn<Publisher>();
  constexpr std::uint64_t count = 500;
  for (std::uint64_t burst = 0; burst < 8; ++burst) {
    REQUIRE(publisher.within(patience).template call<Burst>(burst * count, count).get() == count);
    const std::uint64_t all = (burst + 1) * count;
    REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == all && nodes.parcels.heard() == all; }));
  }
  CHECK(nodes.notes.exact());
  CHECK(are_counted_up(nodes.parcels.numbers(), 8 * count));
}

TEMPLATE_TEST_CASE("bursts from a plain thread arrive in order, with exact numbers", "[events][gathering]", zmq_world,
                   memory_world, simulated_world) {
  two_nodes<TestType> nodes;
  std::mt19937_64 random(3);
  std::uint64_t next = 0;
  while (next < 10'000) {
    for (const std::uint64_t end = next + random() % 400; next < end; ++next) {
      REQUIRE(nodes.publisher->publish(Note{next, "x"}));
      nodes.publisher->publish(Parcel{next, "x"}).get();
    }
    if (random() % 4 != 0) continue;
    REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == next; }));
    REQUIRE(nodes.world.eventually([&] { return nodes.parcels.accounted() == next; }));
  }
  REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == next && nodes.parcels.heard() == next; }));
  CHECK(nodes.notes.exact());
  CHECK(are_counted_up(nodes.parcels.numbers(), next));
}

TEMPLATE_TEST_CASE("bursts may alternate between keys, types, and what may be lost", "[events][gathering]", zmq_world,
                   memory_world, simulated_world) {
  const std::vector<std::string> keys{"", "a", "ab", "b"};
  std::vector<event_record> by_key(keys.size());
  std::vector<event_record> lossless_by_key(keys.size());
  event_record by_prefix;
  event_record moved;
  event_record near;
  two_nodes<TestType> nodes;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    REQUIRE(confirmed(nodes.template subscribe<Note>(by_key[i], zooid::key(keys[i]))));
    REQUIRE(confirmed(nodes.template subscribe<Parcel>(lossless_by_key[i], zooid::key(keys[i]))));
  }
  REQUIRE(confirmed(nodes.template subscribe<Note>(by_prefix, zooid::key_prefix("a"))));
  REQUIRE(confirmed(nodes.template subscribe<Moved>(moved)));
  REQUIRE(confirmed(nodes.publisher->template subscribe<Parcel>(recorder<Parcel>{&near}, zooid::key_prefix("b"))));

  std::mt19937_64 random(5);
  std::vector<std::uint64_t> notes(keys.size());
  std::vector<std::uint64_t> parcels(keys.size());
  std::uint64_t notes_in_all = 0;
  std::uint64_t parcels_in_all = 0;
  std::uint64_t moves = 0;
  while (notes_in_all < 4'000) {
    const std::size_t key = random() % keys.size();
    const std::uint64_t run = random() % 3 == 0 ? random() % 100 : 1;
    switch (random() % 3) {
      case 0:
        for (std::uint64_t i = 0; i < run; ++i, ++notes[key]) {
          REQUIRE(nodes.publisher->publish(Note{notes_in_all++, "x"}, keys[key]));
        }
        break;
      case 1:
        for (std::uint64_t i = 0; i < run; ++i, ++parcels[key]) {
          nodes.publisher->publish(Parcel{parcels_in_all++, "x"}, keys[key]).get();
        }
        break;
      default:
        for (std::uint64_t i = 0; i < run; ++i) nodes.publisher->publish(Moved{moves++}).get();
    }
  }
  REQUIRE(nodes.world.eventually([&] {
    bool all = nodes.notes.accounted() == notes_in_all && by_prefix.accounted() == notes[1] + notes[2];
    all = all && nodes.parcels.heard() == parcels_in_all && moved.heard() == moves && near.heard() == parcels[3];
    for (std::size_t i = 0; i < keys.size(); ++i) {
      all = all && by_key[i].accounted() == notes[i] && lossless_by_key[i].heard() == parcels[i];
    }
    return all;
  }));
  CHECK(nodes.notes.exact());
  CHECK(are_counted_up(nodes.parcels.numbers(), parcels_in_all));
  CHECK(are_counted_up(moved.numbers(), moves));
  CHECK(by_prefix.ordered());
  CHECK(near.ordered());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CHECK(by_key[i].ordered());
    CHECK(by_key[i].unknown() == 0);
    CHECK(lossless_by_key[i].ordered());
    CHECK(lossless_by_key[i].missed() == 0);
  }
}

TEST_CASE("a subscription in the middle of a burst hears exactly what comes after its confirmation",
          "[events][gathering]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    event_record late_notes;
    event_record late_parcels;
    event_record joining;  // What its node hears for another one already.
    two_nodes<simulated_world> nodes;
    std::mt19937_64 random(seed);
    std::uint64_t next = 0;
    const auto publish = [&](std::uint64_t some) {
      for (const std::uint64_t end = next + some; next < end; ++next) {
        REQUIRE(nodes.publisher->publish(Note{next, "x"}));
        nodes.publisher->publish(Parcel{next, "x"}).get();
      }
    };
    publish(random() % 100);
    const std::uint64_t asked = next;
    auto note_confirmed = nodes.subscribe<Note>(late_notes, zooid::key("")).confirmed(patience);
    auto parcel_confirmed = nodes.subscribe<Parcel>(late_parcels, zooid::key("")).confirmed(patience);
    REQUIRE(confirmed(nodes.subscribe<Note>(joining)));
    for (std::uint64_t i = random() % 50; i > 0; --i) {
      publish(random() % 10);
      if (random() % 2 == 0) nodes.world.steps->run_until_idle();
      if (random() % 8 == 0) nodes.world.steps->run_for(1ms);
    }
    REQUIRE(note_confirmed.result());
    REQUIRE(parcel_confirmed.result());
    const std::uint64_t confirmed_at = next;
    publish(1 + random() % 100);
    nodes.world.steps->run_for(5s);
    CHECK(are_counted_up(nodes.notes.numbers(), next));
    CHECK(are_counted_up(nodes.parcels.numbers(), next));
    for (const event_record* each : {&late_notes, &late_parcels}) {
      REQUIRE(each->heard() > 0);
      CHECK(each->exact());
      CHECK(each->missed() == 0);
      CHECK(each->first() >= asked);
      CHECK(each->first() <= confirmed_at);
      CHECK(each->numbers().back() == next - 1);
    }
    CHECK(joining.exact());
    CHECK(joining.first() <= confirmed_at);
    CHECK(joining.numbers().back() == next - 1);
  }
}

TEMPLATE_TEST_CASE("subscriptions come and go in the middle of bursts", "[events][gathering]", zmq_world,
                   memory_world) {
  constexpr std::size_t rounds = 10;
  std::vector<event_record> all_notes(rounds);
  std::vector<event_record> all_parcels(rounds);
  two_nodes<TestType> nodes;
  std::atomic<std::uint64_t> published{0};
  std::atomic<bool> over{false};
  std::atomic<bool> refused{false};
  std::thread burst([&] {
    for (std::uint64_t i = 0; !over.load(); ++i) {
      if (!nodes.publisher->publish(Note{i, "x"})) refused = true;
      if (!nodes.publisher->publish(Parcel{i, "x"}).result()) refused = true;
      published.store(i + 1);
    }
  });
  for (std::size_t round = 0; round < rounds; ++round) {
    event_record& notes = all_notes[round];
    event_record& parcels = all_parcels[round];
    auto note_hold = nodes.template subscribe<Note>(notes, zooid::key(""));
    auto parcel_hold = nodes.template subscribe<Parcel>(parcels, zooid::key(""));
    CHECK(confirmed(note_hold));
    CHECK(confirmed(parcel_hold));
    const std::uint64_t from = published.load();
    CHECK(nodes.world.eventually([&] { return published.load() > from + 300; }));
    // One may be on its way at the time, of either type.
    CHECK(nodes.world.eventually([&] { return notes.heard() > 0 && parcels.heard() > 100; }));
    note_hold.cancel();
    parcel_hold.cancel();
    CHECK(notes.first() <= from + 1);
    CHECK(parcels.first() <= from + 1);
    CHECK(notes.exact());
    CHECK(parcels.exact());
    CHECK(parcels.missed() == 0);
  }
  over = true;
  burst.join();
  CHECK_FALSE(refused.load());
  for (std::size_t round = 0; round < rounds; ++round) {
    CHECK(all_notes[round].exact());
    CHECK(all_parcels[round].exact());
    CHECK(all_parcels[round].missed() == 0);
  }
  const std::uint64_t all = published.load();
  REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == all && nodes.parcels.heard() == all; }));
  CHECK(nodes.notes.exact());
  CHECK(are_counted_up(nodes.parcels.numbers(), all));
}

TEMPLATE_TEST_CASE("what was gathered when the publisher stops arrives, or is a gap", "[events][gathering]", zmq_world,
                   memory_world, simulated_world) {
  for (const std::uint64_t count : {1u, 2u, 10u, 333u, 3'000u}) {
    INFO(count);
    event_record near;
    two_nodes<TestType> nodes;
    REQUIRE(confirmed(nodes.publisher->template subscribe<Note>(recorder<Note>{&near})));
    for (std::uint64_t i = 0; i < count; ++i) {
      REQUIRE(nodes.publisher->publish(Note{i, "x"}, i % 7 == 0 ? "a" : "b"));
      nodes.publisher->publish(Parcel{i, "x"}).get();
    }
    nodes.publisher->stop(patience);
    REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == count && nodes.parcels.heard() == count; }));
    CHECK(nodes.notes.exact());
    CHECK(are_counted_up(nodes.parcels.numbers(), count));
    CHECK(near.ordered());
  }
}

TEMPLATE_TEST_CASE("events of any size keep their place among small ones", "[events][gathering]", zmq_world,
                   memory_world, simulated_world) {
  two_nodes<TestType> nodes;
  std::mt19937_64 random(9);
  std::uint64_t bytes = 0;
  const std::uint64_t rounds = 150;
  std::uint64_t next = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (std::uint64_t small = random() % 30; small > 0; --small, ++next) {
      REQUIRE(nodes.publisher->publish(Note{next, "x"}));
      nodes.publisher->publish(Parcel{next, "x"}).get();
    }
    // Around the limits of a frame, of what is gathered, and far beyond.
    const std::uint64_t around = std::array{0u, 2'048u, 8'192u, 32'768u, 200'000u}[random() % 5];
    const std::string large(around + random() % 120 - (around > 0 ? 60 : 0), 'x');
    REQUIRE(nodes.publisher->publish(Note{next, large}));
    nodes.publisher->publish(Parcel{next, large}).get();
    ++next;
    bytes += 2 * large.size();
    if (bytes < 1'000'000) continue;
    bytes = 0;
    REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == next && nodes.parcels.heard() == next; }));
  }
  REQUIRE(nodes.world.eventually([&] { return nodes.notes.accounted() == next && nodes.parcels.heard() == next; }));
  CHECK(nodes.notes.exact());
  CHECK(are_counted_up(nodes.parcels.numbers(), next));
}

TEMPLATE_TEST_CASE("several threads that publish at once each keep their order", "[events][gathering]", zmq_world,
                   memory_world) {
  constexpr std::uint64_t each = 1'500;
  std::vector<event_record> notes(3);
  std::vector<event_record> parcels(3);
  two_nodes<TestType> nodes;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    REQUIRE(confirmed(nodes.template subscribe<Note>(notes[i], zooid::key(std::to_string(i)))));
    REQUIRE(confirmed(nodes.template subscribe<Parcel>(parcels[i], zooid::key(std::to_string(i)))));
  }
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < notes.size(); ++t) {
    threads.emplace_back([&, t] {
      const std::string key = std::to_string(t);
      for (std::uint64_t i = 0; i < each; ++i) {
        if (!nodes.publisher->publish(Note{i, "x"}, key)) ++refused;
        if (!nodes.publisher->publish(Parcel{i, "x"}, key).result()) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(refused.load() == 0);
  for (std::size_t t = 0; t < notes.size(); ++t) {
    REQUIRE(nodes.world.eventually([&] { return notes[t].accounted() == each && parcels[t].heard() == each; }));
    CHECK(notes[t].exact());
    CHECK(are_counted_up(parcels[t].numbers(), each));
  }
}
