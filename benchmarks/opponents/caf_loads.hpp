// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "caf_actors.hpp"
#include "entrants.hpp"

#include <caf/all.hpp>

#include <cstddef>
#include <cstdint>

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

inline load_result caf_call_from_actor(caf::actor_system& system, const caf::actor& sink, std::size_t calls) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  std::promise<load_result> ended;
  caf::anon_send(system.spawn<caf_caller>(sink, calls, &ended), run_atom::value);
  load_result done = ended.get_future().get();
  done.received = ask<tally>(self, sink, report_atom::value);
  return done;
}

/// One call at a time.
inline load_result caf_call_from_thread(caf::actor_system& system, const caf::actor& sink) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  load_result done =
      call_one_by_one([&](const payload& message) { return ask<payload>(self, sink, ask_atom::value, message); });
  done.received = ask<tally>(self, sink, report_atom::value);
  return done;
}

}  // namespace bench
