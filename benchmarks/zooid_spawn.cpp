// SPDX-License-Identifier: Apache-2.0
#include "entrants.hpp"
#include "roll_call.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <bit>
#include <chrono>
#include <cstdint>
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

struct nursery {
  explicit nursery(std::uint64_t actors) : all(actors) {}
  void spawn_range(std::uint64_t first, std::uint64_t last, roll_call& caller) {
    bench::spawn_range(node, all, first, last, caller);
  }

  newborns all;
  zooid::node node{};
};

double spawn_from_actor() {
  roll_call caller(actors_to_spawn);
  nursery kept(actors_to_spawn);
  const auto breeder = kept.node.spawn<Breeder>(kept.all);
  const time_box box;
  breeder.within(load_timeout).call(Breed{&caller}).get();
  caller.wait(1, actors_to_spawn);
  return box.rate(actors_to_spawn);
}

}  // namespace

outcome zooid_spawn() { return measure_spawning<nursery>(spawn_from_actor); }

}  // namespace bench
