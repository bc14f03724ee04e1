// SPDX-License-Identifier: Apache-2.0
#include "entrants.hpp"
#include "roll_call.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <bit>
#include <chrono>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <vector>

// Actors that are spawned, have each handled one message, and stay.

namespace bench {

namespace {

constexpr std::chrono::seconds load_timeout{15};

/// The caller's address stands in a number, since the contract is one that others can find, but knows no pointers.
struct Hello {
  std::uint64_t number{};
  std::uint64_t caller{};
};
static_assert(sizeof(roll_call*) == sizeof(std::uint64_t));
struct Newborns : zooid::contract<"newborns", Hello> {};
using newborns = std::vector<zooid::ref<Newborns>>;

struct Newborn {
  using contract = Newborns;
  void on(const Hello& hello) { std::bit_cast<roll_call*>(hello.caller)->answer(hello.number); }
};

/// Spawns actors number `first` to `last`, by a node or a context, and tells each its number.
void spawn_range(auto& where, newborns& all, std::uint64_t first, std::uint64_t last, roll_call& caller) {
  for (std::uint64_t i = first; i <= last; ++i) {
    all[i - 1] = where.template spawn<Newborn>();
    if (!all[i - 1].tell(Hello{i, std::bit_cast<std::uint64_t>(&caller)})) {
      throw std::logic_error("a new mailbox had no room");
    }
  }
}

struct Breed {
  using reply = void;
  roll_call* caller{};
};
struct Breeders : zooid::local_contract<Breed> {};

class Breeder {
 public:
  using contract = Breeders;
  explicit Breeder(newborns& all) : all_(&all) {}
  void on(const Breed& breed, zooid::context& in) { spawn_range(in, *all_, 1, actors_to_spawn, *breed.caller); }

 private:
  newborns* all_;
};

double spawn_from_thread() {
  newborns all(actors_to_spawn);
  roll_call caller(actors_to_spawn);
  zooid::node node;
  const time_box box;
  spawn_range(node, all, 1, actors_to_spawn, caller);
  caller.wait(1, actors_to_spawn);
  return box.rate(actors_to_spawn);
}

double spawn_from_actor() {
  newborns all(actors_to_spawn);
  roll_call caller(actors_to_spawn);
  zooid::node node;
  const auto breeder = node.spawn<Breeder>(all);
  const time_box box;
  breeder.within(load_timeout).call(Breed{&caller}).get();
  caller.wait(1, actors_to_spawn);
  return box.rate(actors_to_spawn);
}

/// Bytes of one idle actor. The first step is not counted: it fills what the node keeps for all.
double resident_while_idle() {
  newborns all(actors_per_step + actors_to_spawn);
  std::deque<roll_call> callers;  // longer than a wait: the last who answered may not have left it
  zooid::node node;
  std::uint64_t before = 0;
  for (std::uint64_t spawned = 0; spawned < all.size(); spawned += actors_per_step) {
    if (spawned == actors_per_step) before = resident_bytes();
    roll_call& caller = callers.emplace_back(actors_per_step);
    spawn_range(node, all, spawned + 1, spawned + actors_per_step, caller);
    caller.wait(spawned + 1, spawned + actors_per_step);
  }
  return static_cast<double>(resident_bytes() - before) / static_cast<double>(actors_to_spawn);
}

}  // namespace

outcome zooid_spawn() {
  const double bytes = resident_while_idle();  // first: it wants a heap without holes
  const double from_thread = spawn_from_thread();
  return {{{"from-thread", from_thread, 0, 0}, {"from-actor", spawn_from_actor(), 0, 0}, {"bytes", bytes, 0, 0}}};
}

}  // namespace bench
