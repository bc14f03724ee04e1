// SPDX-License-Identifier: Apache-2.0
#include "memory_watch.hpp"
#include "node_world.hpp"
#include "process.hpp"
#include "programs/flood_lake.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <future>
#include <string>
#include <utility>

// Producers at full speed, and a consumer that stands still until it is told to go on.

namespace {

constexpr std::uint64_t drops = has_own_memory ? 2'000'000 : 100'000;
constexpr std::uint64_t drops_when_open = drops / 20;  // They wait for room.
constexpr std::uint64_t most_growth = 32 << 20;        // Of each node.
constexpr std::size_t drop_bytes = 1000;

struct flooded {
  level accepted{};
  std::uint64_t refused = 0;

  void add(std::uint64_t number) {
    ++accepted.drops;
    accepted.sum += number;
  }
};

flooded flood(const zooid::ref<Lake>& lake) {
  flooded done;
  Drop drop{0, std::string(drop_bytes, 'w')};
  for (; drop.number < drops; ++drop.number) {
    if (lake.tell(drop)) {
      done.add(drop.number);
    } else {
      ++done.refused;
    }
  }
  return done;
}

struct Flood {
  using reply = flooded;
};
struct Flooder : zooid::local_contract<Flood> {};
struct Flooding {
  using contract = Flooder;
  zooid::ref<Lake> lake;
  explicit Flooding(zooid::ref<Lake> whom) : lake(std::move(whom)) {}
  flooded on(Flood) const { return flood(lake); }
};

/// Floods `lake` from a plain thread or from an actor, and lets `open` open its dam: what was accepted arrives, what
/// was not is counted.
template <class Open>
void check_flood(zooid::node& node, const zooid::ref<Lake>& lake, const Open& open) {
  constexpr zooid::duration long_time = child_process::patience;
  flooded done;
  SECTION("from a plain thread") { done = flood(lake); }
  SECTION("from an actor") { done = node.spawn<Flooding>(lake).within(long_time).call<Flood>().get(); }
  CHECK(done.refused > 0);
  CHECK(done.accepted.drops + done.refused == drops);
  CHECK(count(node.accounts().refused, zooid::errc::overloaded) == done.refused);
  open();
  Drop drop{0, std::string(drop_bytes, 'w')};
  for (; drop.number < drops_when_open; ++drop.number) {
    const auto taken = lake.within(long_time).tell(drop).result();
    if (!taken) FAIL(taken.error().to_string());
    done.add(drop.number);
  }
  level found;
  CHECK(zmq_world().eventually([&] {
    const auto answer = lake.within(long_time).call<Level>().result();  // Refused while the mailbox is full.
    if (answer) found = *answer;
    return found.drops >= done.accepted.drops;
  }));
  CHECK(found.drops == done.accepted.drops);
  CHECK(found.sum == done.accepted.sum);
}

template <class Stop, class Open>
void check_far_flood(zooid::node& node, child_process& there, const Stop& stop, const Open& open) {
  const auto endpoint = there.read_line();
  REQUIRE(endpoint);
  const auto lake = node.find<Lake>(*endpoint + "/lake");
  REQUIRE(lake.within(patience).call<Level>().result());
  const memory_watch near(::getpid());
  const memory_watch far(there.pid());
  stop();
  check_flood(node, lake, open);
  near.check_growth(most_growth);
  far.check_growth(most_growth);
  CHECK(sum_of(node).refused_in_all() == 0);
  CHECK(sum_of(node).cut_off == 0);
  node.stop(patience);
  check_stopped(node);
}

}  // namespace

TEST_CASE("a flood at an actor that stands still loses nothing that was accepted, with bounded memory", "[flood]") {
  std::promise<void> dam;
  zooid::node node;
  const auto lake = node.spawn<DammedLake>(dam.get_future().share());
  const memory_watch here(::getpid());
  check_flood(node, lake, [&] { dam.set_value(); });
  here.check_growth(most_growth);
  node.stop(patience);
  check_stopped(node);
}

TEST_CASE("a flood at another node's actor that stands still loses nothing that was accepted, with bounded memory",
          "[flood]") {
  zooid::node node;
  child_process there("flood_lake");
  check_far_flood(node, there, [] {}, [&] { REQUIRE(there.write("open\n")); });
}

TEST_CASE("a flood at a process that is stopped loses nothing that was accepted, with bounded memory", "[flood]") {
  zooid::node node{{.heartbeat_timeout = child_process::patience}};  // By default it would be given up after 5 s.
  child_process there("flood_lake", {"60"});
  REQUIRE(there.write("open\n"));
  const auto stop = [&] {
    there.kill(SIGSTOP);
    int status = 0;  // The signal is on its way: wait until all its threads have stopped.
    REQUIRE(::waitpid(there.pid(), &status, WUNTRACED) == there.pid());
    REQUIRE(WIFSTOPPED(status));
  };
  check_far_flood(node, there, stop, [&] { there.kill(SIGCONT); });
}
