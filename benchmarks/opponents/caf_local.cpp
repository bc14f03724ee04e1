// SPDX-License-Identifier: Apache-2.0
#include "caf_entrants.hpp"
#include "caf_loads.hpp"
#include "shape.hpp"

#include <functional>
#include <latch>
#include <optional>
#include <vector>

// CAF's actors in one process.

namespace bench {

namespace {

tally sum_of(std::vector<std::future<tally>>& producers) {
  tally sum;
  for (std::future<tally>& producer : producers) sum.add(producer.get());
  return sum;
}

figure fan_in_from_threads(caf::actor_system& system) {
  caf::scoped_actor self(system);
  const caf::actor sink = system.spawn(counting_sink);
  ask<tally>(self, sink, report_atom::value);
  const time_box box;
  std::vector<std::future<tally>> producers;
  for (std::uint64_t i = 1; i <= fan_in_producers; ++i) {
    producers.push_back(
        std::async(std::launch::async, caf_produce_on_thread<payload>, std::cref(sink), i, std::cref(box)));
  }
  const tally sent = sum_of(producers);
  const auto received = ask<tally>(self, sink, report_atom::value);
  return {"from-threads", box.rate(received.count), count_lost(sent, received), 0};
}

figure fan_in_from_actors(caf::actor_system& system) {
  caf::scoped_actor self(system);
  const caf::actor sink = system.spawn(counting_sink);
  ask<tally>(self, sink, report_atom::value);
  std::vector<std::promise<tally>> ends(fan_in_producers);
  std::vector<std::future<tally>> producers;
  const time_box box;
  for (std::uint64_t i = 0; i < fan_in_producers; ++i) {
    producers.push_back(ends[i].get_future());
    caf::anon_send(system.spawn<caf_producer<payload>>(sink, i + 1, &box, &ends[i]), run_atom::value);
  }
  const tally sent = sum_of(producers);
  const auto received = ask<tally>(self, sink, report_atom::value);
  return {"from-actors", box.rate(received.count), count_lost(sent, received), 0};
}

/// What all pairs have in common.
struct game {
  explicit game(std::size_t pairs) : ended(static_cast<std::ptrdiff_t>(pairs)) {}

  time_box box;
  std::latch ended;
};

/// Tells a payload, and another whenever the last one comes back, for the time of the box.
class pinger : public caf::event_based_actor {
 public:
  pinger(caf::actor_config& config, caf::actor other, std::uint64_t number, game* played, load_result* result)
      : event_based_actor(config), other_(std::move(other)), number_(number), game_(played), result_(result) {}

  caf::behavior make_behavior() override {
    return {[this](run_atom) { serve(); },
            [this](const payload& returned) {
              result_->answered.add(returned);
              serve();
            }};
  }

 private:
  void serve() {
    if (!game_->box.open(result_->sent.count)) return game_->ended.count_down();
    const payload message = make_payload(result_->sent.count, number_);
    result_->sent.add(message);
    send(other_, message);
  }

  caf::actor other_;
  std::uint64_t number_;
  game* game_;
  load_result* result_;
};

/// Answers each payload with itself.
caf::behavior ponger(caf::stateful_actor<tally>* self) {
  return {[self](const payload& message) {
            self->state.add(message);
            return message;
          },
          [self](report_atom) { return self->state; }};
}

/// What all pairs did together; the rate is that of round trips.
load_result ping_pong(std::size_t pairs) {
  std::vector<load_result> results(pairs);
  game played(pairs);
  caf::actor_system_config config;
  caf::actor_system system(config);
  std::vector<caf::actor> pingers;
  std::vector<caf::actor> pongers;
  for (std::size_t i = 0; i < pairs; ++i) {
    pongers.push_back(system.spawn(ponger));
    pingers.push_back(system.spawn<pinger>(pongers.back(), i + 1, &played, &results[i]));
  }
  played.box = time_box();
  for (const caf::actor& one : pingers) caf::anon_send(one, run_atom::value);
  played.ended.wait();
  const double seconds = played.box.seconds();

  load_result all;
  caf::scoped_actor self(system);
  for (std::size_t i = 0; i < pairs; ++i) {
    all.sent.add(results[i].sent);
    all.answered.add(results[i].answered);
    all.received.add(ask<tally>(self, pongers[i], report_atom::value));
  }
  all.rate = static_cast<double>(all.answered.count) / seconds;
  return all;
}

}  // namespace

outcome caf_local_tell() {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const figure from_thread = caf_tell_from_thread<payload>(system, system.spawn(counting_sink));
  return {{from_thread, caf_tell_from_actor<payload>(system, system.spawn(counting_sink))}};
}

outcome caf_local_fan_in() {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const figure from_threads = fan_in_from_threads(system);
  return {{from_threads, fan_in_from_actors(system)}};
}

outcome caf_local_ping_pong() {
  const load_result done = ping_pong(1);
  return {{{"rate", done.rate, done.lost_calls(), 0}}};
}

outcome caf_local_ping_pong_100() {
  const load_result done = ping_pong(many_pairs);
  return {{{"rate", 2 * done.rate, done.lost_calls(), 0}}};
}

outcome caf_local_call() {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const load_result awaited = caf_call_from_actor(system, system.spawn(counting_sink), 1);
  const load_result blocking = caf_call_from_thread(system, system.spawn(counting_sink));
  return {{{"awaited", awaited.rate, awaited.lost_calls(), 0}, {"blocking", blocking.rate, blocking.lost_calls(), 0}}};
}

}  // namespace bench
