// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace {

struct Mix;
struct Mixed : zooid::local_contract<Mix, Sum> {};
struct Mix {
  using reply = std::uint64_t;
  std::uint64_t random;
};

/// Others to choose from; none changes while the threads run.
using crowd = std::vector<zooid::ref<Mixed>>;

struct MixingActor {
  using contract = Mixed;
  static constexpr zooid::mailbox_limits mailbox{.messages = 32};
  const crowd* others;
  std::uint64_t continued = 0;
  explicit MixingActor(const crowd& whom) : others(&whom) {}

  zooid::task<std::uint64_t> on(Mix mix, zooid::context& in) {
    const auto& other = (*others)[mix.random % others->size()];
    const Mix rest{mix.random / 7};
    if (mix.random == 0 || in.cancelled()) co_return 0;
    switch (mix.random % 11) {
      case 0:
      case 1: {
        const auto said = co_await other.call(rest, 2ms);
        co_return said ? *said : 1;
      }
      case 2: {
        const auto told = co_await other.within(1ms).tell(rest);
        co_return told ? 2 : 3;
      }
      case 3:
        other.call(rest).then([this](const zooid::result<std::uint64_t>& said) { continued += said ? 1 : 0; });
        co_return 4;
      case 4: {
        auto dropped = other.call(rest);
        co_return 5;
      }
      case 5:
        static_cast<void>(in.after(100us, this, Sum{}));
        co_return 6;
      case 6: {
        auto timer = in.after(50us, this, Sum{});
        static_cast<void>(timer.cancel());
        co_return 7;
      }
      case 7:
        throw zooid::call_error(zooid::errc::denied, "not today");
      case 8:
        if (mix.random % 5 == 0) throw std::runtime_error("out of luck");
        co_return 8;
      case 9:
        if (mix.random % 5 == 0) in.stop();
        co_return 9;
      default:
        co_return 10;
    }
  }
  std::uint64_t on(Sum) const { return continued; }
};

}  // namespace

TEST_CASE("a random mixture of everything ends, and its accounts close", "[stress]") {
  constexpr int threads = 4;
  for (std::uint64_t round = 0; round < 4; ++round) {
    crowd actors(16);
    std::atomic<std::uint64_t> ended{0};
    zooid::actor_system system{{.workers = 2, .call_timeout = 20ms, .pending_calls = 200}};
    for (std::size_t i = 0; i < actors.size(); ++i) {
      const std::string name = "actor " + std::to_string(i);
      actors[i] = system.find<Mixed>(name);
      system.spawn_as<MixingActor>(name, actors);
    }
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
      running.emplace_back([&, t] {
        const auto random = zooid::seeded_random(round * 100 + static_cast<std::uint64_t>(t));
        for (int i = 0; i < 1500; ++i) {
          const auto& actor = actors[random->next() % actors.size()];
          const Mix mix{random->next()};
          switch (random->next() % 8) {
            case 0:
              static_cast<void>(actor.tell(mix));
              break;
            case 1:
              static_cast<void>(actor.within(100us).tell(mix).result());
              break;
            case 2: {
              auto dropped = actor.call(mix);
              break;
            }
            case 3:
              static_cast<void>(actor.call(mix, 100us).result());
              break;
            case 4:
              if (i % 10 == 0) system.stop(actor);
              break;
            case 5:
              try {
                system.spawn_as<MixingActor>(actor.to_string(), actors);
              } catch (const zooid::setup_error&) {
                // It lives, or the system stops.
              }
              break;
            default:
              static_cast<void>(actor.call(mix).result());
          }
          ++ended;
        }
      });
    }
    if (round % 2 == 1) {
      CHECK(eventually([&] { return ended > 1000; }));
      system.stop(1ms);
    }
    for (std::thread& thread : running) thread.join();
    CHECK(ended == threads * 1500);
    stopped_accounts(system, 1s);
  }
}

TEST_CASE("calls between actors that come and go each end once", "[stress]") {
  zooid::actor_system system{{.workers = 2}};
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::uint64_t> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const auto counter = system.spawn<CountingActor>();
        std::vector<zooid::pending<std::uint64_t>> calls;
        for (int k = 0; k < 10; ++k) calls.push_back(counter.call(Sum{}, patience));
        system.stop(counter);
        for (auto& call : calls) ++(call.result() ? answered : refused);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered + refused == 9000);
  stopped_accounts(system);
}
