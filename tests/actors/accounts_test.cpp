// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Narrow : CountingActor {
  static constexpr zooid::mailbox_limits mailbox{.messages = 4};
};

}  // namespace

TEST_CASE("accounts count what was taken, refused, handled and lost", "[accounts]") {
  simulated one;
  const auto narrow = one.system.spawn<Narrow>();
  for (int i = 0; i < 6; ++i) static_cast<void>(narrow.tell(Add{1}));
  auto accounts = one.system.accounts();
  CHECK(accounts.taken == 4);
  CHECK(accounts.queued == 4);
  CHECK(accounts.handled == 0);
  CHECK(count(accounts.refused, zooid::errc::overloaded) == 2);
  CHECK(accounts.refused_in_all() == 2);
  CHECK(accounts.close());
  one.steps->run_until_idle();
  accounts = one.system.accounts();
  CHECK(accounts.handled == 4);
  CHECK(accounts.queued == 0);
  narrow.tell(Sleep{});
  narrow.tell(Add{1});
  one.steps->run_until_idle();
  CHECK(one.system.accounts().queued == 2);
  one.system.stop(narrow);
  one.steps->run_until_idle();
  accounts = one.system.accounts();
  CHECK(accounts.dead() == 2);
  CHECK(accounts.taken == 6);
  CHECK(accounts.close());
}

TEST_CASE("accounts of actors that are gone are kept", "[accounts]") {
  simulated one;
  for (int i = 0; i < 10; ++i) {
    const auto counter = one.system.spawn<CountingActor>();
    counter.tell(Add{1});
    one.steps->run_until_idle();
    one.system.stop(counter);
  }
  one.steps->run_until_idle();
  CHECK(one.system.accounts().handled == 10);
  CHECK(stopped_accounts(one.system).taken == 10);
}

TEST_CASE("every dead letter is reported, with its receiver and its reason", "[accounts]") {
  std::vector<std::string> letters;
  simulated one({.on_dead_letter = [&](const zooid::dead_letter& letter) {
    letters.push_back(std::string(letter.message) + " to " + letter.receiver + ": " +
                      std::string(zooid::to_string(letter.why)));
  }});
  const auto counter = one.system.spawn_as<CountingActor>("counter");
  {
    auto cancelled = counter.call(Sum{});
  }
  counter.tell(Sleep{});
  counter.tell(Add{1});
  one.steps->run_until_idle();
  one.system.stop(counter);
  one.steps->run_until_idle();
  CHECK(letters == std::vector<std::string>{"Sum to counter: cancelled", "Sleep to counter: no_such_actor",
                                            "Add to counter: no_such_actor"});
}

TEST_CASE("accounts close after a flood that is stopped in its middle", "[accounts]") {
  for (int round = 0; round < 10; ++round) {
    std::atomic<std::uint64_t> taken{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> dead{0};
    zooid::actor_system system{{.workers = 2, .on_dead_letter = [&](const zooid::dead_letter&) { ++dead; }}};
    const auto counter = system.spawn<CountingActor>();
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 3000; ++i) ++(counter.tell(Add{1}) ? taken : refused);
      });
    }
    while (taken < 1000) std::this_thread::yield();
    if (round % 2 == 0) {
      system.stop(counter);
    } else {
      system.stop(0s);
    }
    for (std::thread& thread : threads) thread.join();
    const auto accounts = stopped_accounts(system);
    CHECK(accounts.taken == taken);
    CHECK(accounts.refused_in_all() == refused);
    CHECK(accounts.dead() == dead);
  }
}
