// SPDX-License-Identifier: Apache-2.0
#include <zooid/scheduler.hpp>

#include "fixtures.hpp"
#include "scheduled.hpp"

#include <vector>

namespace {

std::vector<int> order_of_twenty(std::shared_ptr<zooid::random_source> random) {
  const auto scheduler =
      zooid::make_deterministic_scheduler(std::make_shared<zooid::manual_clock>(), std::move(random));
  std::vector<int> order;
  std::vector<std::unique_ptr<job>> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back(std::make_unique<job>([&order, i] { order.push_back(i); }));
  for (const auto& each : jobs) scheduler->schedule(*each);
  scheduler->run_until_idle();
  return order;
}

struct Start {
  using reply = void;
};
struct Pass {
  int left;
};
struct Player : zooid::local_contract<Start, Pass> {};
struct Trace {
  std::vector<std::string> lines;
  std::vector<zooid::ref<Player>> players;
};
struct Passing {
  using contract = Player;
  Trace* trace;
  explicit Passing(Trace& into) : trace(&into) {}
  void on(Start, zooid::context& in) { on(Pass{20}, in); }
  void on(Pass pass, zooid::context& in) {
    trace->lines.push_back(in.name() + " " + std::to_string(pass.left) + " " +
                           std::to_string(in.now().time_since_epoch().count()));
    if (pass.left == 0) return;
    trace->players[static_cast<std::size_t>(pass.left) % trace->players.size()].tell(Pass{pass.left - 1});
    if (pass.left % 5 == 0) in.after(1ms * pass.left, this, Pass{pass.left / 5});
  }
};

std::vector<std::string> trace_of(std::uint64_t seed) {
  Trace trace;
  simulated one({}, zooid::seeded_random(seed));
  for (int i = 0; i < 5; ++i) trace.players.push_back(one.system.spawn<Passing>(trace));
  for (const auto& player : trace.players) player.tell(Start{});
  one.steps->run_for(1s);
  trace.players.clear();
  return trace.lines;
}

}  // namespace

TEST_CASE("without a seed what is ready runs first in, first out", "[deterministic_scheduler]") {
  std::vector<int> sorted;
  for (int i = 0; i < 20; ++i) sorted.push_back(i);
  CHECK(order_of_twenty({}) == sorted);
}

TEST_CASE("a seed decides the order of what is ready", "[deterministic_scheduler]") {
  CHECK(order_of_twenty(zooid::seeded_random(1)) == order_of_twenty(zooid::seeded_random(1)));
  CHECK(order_of_twenty(zooid::seeded_random(1)) != order_of_twenty(zooid::seeded_random(2)));
}

TEST_CASE("the same seed gives the same run of actors, another seed another one", "[deterministic_scheduler]") {
  const auto first = trace_of(7);
  CHECK(first.size() > 100);
  CHECK(first == trace_of(7));
  CHECK(first != trace_of(8));
}

TEST_CASE("running for a while rings what becomes due, at its time", "[deterministic_scheduler]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto scheduler = zooid::make_deterministic_scheduler(time);
  const auto start = time->now();
  std::vector<zooid::duration> rung;
  const auto note = [&] { return zooid::make_intrusive<bell>([&] { rung.push_back(time->now() - start); }); };
  scheduler->at(start + 3s, note());
  scheduler->at(start + 1s, note());
  scheduler->at(start + 9s, note());
  scheduler->run_until_idle();
  CHECK(rung.empty());
  scheduler->run_for(5s);
  CHECK(rung == std::vector<zooid::duration>{1s, 3s});
  CHECK(time->now() == start + 5s);
  scheduler->run_for(5s);
  CHECK(rung.size() == 3);
  CHECK(time->now() == start + 10s);
}

TEST_CASE("a wait runs what is ready, moves time, and ends at its deadline", "[deterministic_scheduler]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto scheduler = zooid::make_deterministic_scheduler(time);
  const auto start = time->now();
  const auto waiting = scheduler->make_waiter();
  scheduler->at(start + 2s, zooid::make_intrusive<bell>([waiting] { waiting->notify(); }));
  CHECK(scheduler->wait(*waiting, start + 5s));
  CHECK(time->now() == start + 2s);
  const auto never = scheduler->make_waiter();
  CHECK_FALSE(scheduler->wait(*never, start + 5s));
  CHECK(time->now() == start + 5s);
  CHECK_FALSE(scheduler->wait(*never, zooid::time_point::max()));
}
