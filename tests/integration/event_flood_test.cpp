// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"
#include "process.hpp"
#include "programs/event_flood.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

// Floods of events at processes that are stopped or killed.

namespace {

constexpr std::size_t drop_bytes = 300;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_own_memory = false;  // The sanitizer keeps what was freed.
#else
constexpr bool has_own_memory = true;
#endif

/// The most memory that a process ever used, in bytes.
std::uint64_t most_memory(pid_t of) {
  std::ifstream status("/proc/" + std::to_string(of) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

/// Checks that a process did not keep a flood.
class memory_watch {
 public:
  explicit memory_watch(pid_t of) : of_(of), before_(most_memory(of)) {}
  void check_bound(std::uint64_t bound) const {
    const std::uint64_t now = most_memory(of_);
    INFO("from " << before_ << " to " << now);
    CHECK(before_ > 0);
    if (has_own_memory) CHECK(now < before_ + bound);
  }

 private:
  pid_t of_;
  std::uint64_t before_;
};

struct tally {
  std::uint64_t heard = 0;
  std::uint64_t missed = 0;
  std::uint64_t unknown = 0;
  std::string order{};
  [[nodiscard]] std::uint64_t accounted() const { return heard + missed; }
};

class flood_subscriber {
 public:
  flood_subscriber(const zooid::node& publisher, const std::string& interval, const std::string& timeout)
      : process_("event_flood_subscriber", {publisher.endpoint(), interval, timeout}) {
    REQUIRE(process_.read_line_with("confirmed"));
  }

  /// Stops it, and waits until all its threads have stopped.
  void stop() {
    process_.kill(SIGSTOP);
    int status = 0;
    REQUIRE(::waitpid(process_.pid(), &status, WUNTRACED) == process_.pid());
    REQUIRE(WIFSTOPPED(status));
  }
  void go_on() { process_.kill(SIGCONT); }
  void kill() { process_.kill(SIGKILL); }
  [[nodiscard]] pid_t pid() const { return process_.pid(); }

  void ask() {
    REQUIRE(process_.write("?\n"));
    const auto line = process_.read_line();
    REQUIRE(line);
    std::istringstream(*line) >> lossy.heard >> lossy.missed >> lossy.unknown >> lossy.order >> lossless.heard >>
        lossless.missed >> lossless.unknown >> lossless.order;
  }

  tally lossy{};
  tally lossless{};

 private:
  child_process process_;
};

template <class E>
E drop(std::uint64_t number) {
  E made;
  made.number = number;
  made.water.assign(drop_bytes, 'w');
  return made;
}

constexpr std::uint64_t megabyte = 1 << 20;

/// Longer than a subscriber that was not stopped is kept from the processor, on a machine with many times more to do
/// than it has cores for: with half a second one in 25 runs there gave up the wrong session.
constexpr auto silent_enough = 2s;

}  // namespace

TEST_CASE("a flood at a stopped subscriber is received or missed to the last event, with bounded memory",
          "[events][flood]") {
  zmq_world world;
  const auto publisher = world.add({.heartbeat_interval = 100ms, .heartbeat_timeout = 60s});
  flood_subscriber stopped(*publisher, "100", "60000");
  const memory_watch here(::getpid());
  const memory_watch there(stopped.pid());
  stopped.stop();
  constexpr std::uint64_t published = 200'000;
  for (std::uint64_t i = 0; i < published; ++i) REQUIRE(publisher->publish(drop<LossyDrop>(i)));
  stopped.go_on();
  REQUIRE(world.eventually([&] {
    stopped.ask();
    return stopped.lossy.accounted() >= published;
  }));
  CHECK(stopped.lossy.accounted() == published);
  CHECK(stopped.lossy.missed > 0);
  CHECK(stopped.lossy.unknown == 0);
  CHECK(stopped.lossy.order == "exact");
  here.check_bound(30 * megabyte);
  there.check_bound(30 * megabyte);
}

TEST_CASE("a subscriber that is stopped until its session is given up still learns exactly what it missed",
          "[events][flood]") {
  zmq_world world;
  const auto publisher = world.add({.heartbeat_interval = 50ms, .heartbeat_timeout = silent_enough});
  flood_subscriber stopped(*publisher, "50", "500");
  flood_subscriber other(*publisher, "50", "60000");
  const memory_watch here(::getpid());
  std::uint64_t lossy = 0;
  std::uint64_t lossless = 0;
  const auto publish = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      REQUIRE(publisher->publish(drop<LossyDrop>(lossy++)));
      publisher->publish(drop<LosslessDrop>(lossless++)).get();
    }
  };
  for (int round = 0; round < 3; ++round) {
    publish(1000);
    stopped.stop();
    publish(100'000);  // Goes on once the session is over.
    REQUIRE(world.eventually([&] { return live_sessions(*publisher) == 1; }));
    publish(1000);
    stopped.go_on();
    REQUIRE(world.eventually([&] {
      stopped.ask();
      other.ask();
      return stopped.lossy.accounted() >= lossy && stopped.lossless.accounted() >= lossless &&
             other.lossy.accounted() >= lossy && other.lossless.accounted() >= lossless;
    }));
    for (const flood_subscriber* const each : {&stopped, &other}) {
      CHECK(each->lossy.accounted() == lossy);
      CHECK(each->lossless.accounted() == lossless);
      CHECK(each->lossy.unknown + each->lossless.unknown == 0);
      CHECK(each->lossy.order == "exact");
      CHECK(each->lossless.order == "exact");
    }
    CHECK(stopped.lossless.missed > 0);
    CHECK(other.lossless.missed == 0);
  }
  here.check_bound(60 * megabyte);
}

TEST_CASE("a lossless publisher waits for a stopped subscriber, with bounded memory, and loses nothing",
          "[events][flood]") {
  zmq_world world;
  const auto publisher = world.add({.heartbeat_interval = 100ms, .heartbeat_timeout = 60s});
  flood_subscriber stopped(*publisher, "100", "60000");
  const memory_watch here(::getpid());
  const memory_watch there(stopped.pid());
  stopped.stop();
  std::uint64_t next = 0;
  zooid::errc why{};
  for (int i = 0; i < 200'000; ++i) {
    const auto taken = publisher->publish(drop<LosslessDrop>(next));
    if (taken) {
      ++next;
    } else {
      why = taken.error().code;
    }
  }
  CHECK(why == zooid::errc::overloaded);
  CHECK(next <= 4096);
  stopped.go_on();
  while (next < 200'000) publisher->publish(drop<LosslessDrop>(next++)).get();
  REQUIRE(world.eventually([&] {
    stopped.ask();
    return stopped.lossless.heard >= next;
  }));
  CHECK(stopped.lossless.heard == next);
  CHECK(stopped.lossless.missed + stopped.lossless.unknown == 0);
  CHECK(stopped.lossless.order == "exact");
  here.check_bound(30 * megabyte);
  there.check_bound(30 * megabyte);
}

TEST_CASE("a lossless publisher goes on once a killed subscriber's session is over", "[events][flood]") {
  zmq_world world;
  const auto publisher = world.add({.heartbeat_interval = 50ms, .heartbeat_timeout = silent_enough});
  flood_subscriber other(*publisher, "50", "60000");
  std::uint64_t next = 0;
  for (int round = 0; round < 3; ++round) {
    flood_subscriber killed(*publisher, "50", "500");
    killed.stop();
    std::uint64_t refused = 0;
    while (refused < 100 && live_sessions(*publisher) == 2) {
      if (publisher->publish(drop<LosslessDrop>(next))) {
        ++next;
      } else {
        ++refused;
      }
    }
    killed.kill();
    for (int i = 0; i < 10'000; ++i) publisher->publish(drop<LosslessDrop>(next++)).get();
  }
  REQUIRE(world.eventually([&] {
    other.ask();
    return other.lossless.heard >= next;
  }));
  CHECK(other.lossless.heard == next);
  CHECK(other.lossless.missed + other.lossless.unknown == 0);
  CHECK(other.lossless.order == "exact");
}
