// SPDX-License-Identifier: Apache-2.0
#include "caf_entrants.hpp"
#include "caf_actors.hpp"
#include "roll_call.hpp"
#include "shape.hpp"

#include <bit>
#include <deque>
#include <vector>

// CAF's actors that are spawned, have each handled one message, and stay.

namespace bench {

namespace {

/// The caller's address travels as a number, since messages must not hold pointers.
caf::behavior newborn(caf::event_based_actor*) {
  return {[](std::uint64_t number, std::uint64_t caller) { std::bit_cast<roll_call*>(caller)->answer(number); }};
}

/// Spawns actors number `first` to `last`, by a system or an actor, and tells each its number.
void spawn_range(auto& where, std::vector<caf::actor>& all, std::uint64_t first, std::uint64_t last,
                 roll_call& caller) {
  for (std::uint64_t i = first; i <= last; ++i) {
    all[i - 1] = where.spawn(newborn);
    caf::anon_send(all[i - 1], i, std::bit_cast<std::uint64_t>(&caller));
  }
}

caf::behavior breeder(caf::event_based_actor* self, std::vector<caf::actor>* all) {
  return {[self, all](std::uint64_t first, std::uint64_t caller) {
    spawn_range(*self, *all, first, first + actors_per_step - 1, *std::bit_cast<roll_call*>(caller));
  }};
}

struct nursery {
  explicit nursery(std::uint64_t actors) : all(actors) {}
  void spawn_range(std::uint64_t first, std::uint64_t last, roll_call& caller) {
    bench::spawn_range(system, all, first, last, caller);
  }

  caf::actor_system_config config{};
  caf::actor_system system{config};
  std::vector<caf::actor> all;
};

/// In steps: the queue of a worker is a list, which another that steals from it walks to its end. With 200,000 actors
/// in it, a round would not end in time.
double spawn_from_actor() {
  std::deque<roll_call> callers;  // longer than a wait: the last who answered may not have left it
  nursery kept(actors_to_spawn);
  const caf::actor parent = kept.system.spawn(breeder, &kept.all);
  const time_box box;
  for (std::uint64_t first = 1; first <= actors_to_spawn; first += actors_per_step) {
    roll_call& caller = callers.emplace_back(actors_per_step);
    caf::anon_send(parent, first, std::bit_cast<std::uint64_t>(&caller));
    caller.wait(first, first + actors_per_step - 1);
  }
  return box.rate(actors_to_spawn);
}

}  // namespace

outcome caf_spawn() { return measure_spawning<nursery>(spawn_from_actor); }

}  // namespace bench
