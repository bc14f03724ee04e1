// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "caf_actors.hpp"
#include "entrants.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

// What is done to a sink, be it local or remote. Each starts with a question, so that it is reached before the clock
// starts.

namespace bench {

template <class Payload>
figure caf_tell_from_thread(caf::actor_system& system, const caf::actor& sink) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  const time_box box;
  const tally sent = caf_produce_on_thread<Payload>(sink, 1, box);
  const auto received = ask<tally>(self, sink, report_atom::value);
  return {"from-thread", box.rate(received.count), count_lost(sent, received), 0};
}

template <class Payload>
figure caf_tell_from_actor(caf::actor_system& system, const caf::actor& sink) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  std::promise<tally> ended;
  const time_box box;
  caf::anon_send(system.spawn<caf_producer<Payload>>(sink, std::uint64_t{1}, &box, &ended), run_atom::value);
  const tally sent = ended.get_future().get();
  const auto received = ask<tally>(self, sink, report_atom::value);
  return {"from-actor", box.rate(received.count), count_lost(sent, received), 0};
}

inline std::uint64_t lost_calls(const caf_load& done) {
  return std::max(count_lost(done.sent, done.received), count_lost(done.sent, done.answered));
}

inline caf_load caf_call_from_actor(caf::actor_system& system, const caf::actor& sink, std::size_t window) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  std::promise<caf_load> ended;
  caf::anon_send(system.spawn<caf_caller>(sink, window, &ended), run_atom::value);
  caf_load done = ended.get_future().get();
  done.received = ask<tally>(self, sink, report_atom::value);
  return done;
}

/// One call at a time.
inline caf_load caf_call_from_thread(caf::actor_system& system, const caf::actor& sink,
                                     std::vector<double>& microseconds) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  caf_load done;
  const time_box box;
  auto before = steady::now();
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i);
    done.sent.add(message);
    done.answered.add(ask<payload>(self, sink, ask_atom::value, message));
    const auto after = steady::now();
    microseconds.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
  done.rate = box.rate(done.answered.count);
  done.received = ask<tally>(self, sink, report_atom::value);
  return done;
}

}  // namespace bench
