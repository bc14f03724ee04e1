// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/memory_network.hpp>
#include <zooid/zooid.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

/// No test waits longer for what must happen.
inline constexpr auto patience = 30s;

namespace Catch {
template <>
struct StringMaker<zooid::errc> {
  static std::string convert(zooid::errc code) { return std::string(zooid::to_string(code)); }
};
}  // namespace Catch

template <class R>
[[nodiscard]] zooid::errc code_of(const zooid::result<R>& outcome) {
  return outcome ? zooid::errc{} : outcome.error().code;
}

[[nodiscard]] inline std::uint64_t count(const std::array<std::uint64_t, zooid::errc_count>& by_code,
                                         zooid::errc code) {
  return by_code[static_cast<std::size_t>(code)];
}

/// All that a node has sent, over all its sessions.
[[nodiscard]] inline zooid::session_accounts sum_of(const zooid::node& of) {
  zooid::session_accounts sum;
  for (const zooid::session_accounts& each : of.sessions()) {
    sum.sent += each.sent;
    sum.taken += each.taken;
    sum.cut_off += each.cut_off;
    sum.in_flight += each.in_flight;
    sum.received += each.received;
    sum.events += each.events;
    for (std::size_t i = 0; i < zooid::errc_count; ++i) sum.refused[i] += each.refused[i];
  }
  return sum;
}

/// How many sessions are not over.
[[nodiscard]] inline std::size_t live_sessions(const zooid::node& of) {
  std::size_t live = 0;
  for (const zooid::session_accounts& each : of.sessions()) live += each.over ? 0 : 1;
  return live;
}

/// sent = taken + refused + cut off + in flight, in each session.
inline void check_sessions(const zooid::node& of) {
  for (const zooid::session_accounts& each : of.sessions()) {
    INFO(each.peer << ": sent " << each.sent << ", taken " << each.taken << ", refused " << each.refused_in_all()
                   << ", cut off " << each.cut_off << ", in flight " << each.in_flight);
    CHECK(each.close());
  }
}

/// After it has stopped: nothing is under way any more, and everything is accounted for.
inline void check_stopped(zooid::node& stopped) {
  check_sessions(stopped);
  CHECK(sum_of(stopped).in_flight == 0);
  const zooid::accounts all = stopped.accounts();
  CHECK(all.queued == 0);
  CHECK(all.close());
}

/// Opens once; who waits for it goes on then. Any thread.
class gate {
 public:
  void open() { open_.store(true); }
  [[nodiscard]] bool is_open() const { return open_.load(); }
  /// For a handler that keeps its worker. False: it stayed shut for longer than a test may take.
  [[nodiscard]] bool wait() const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!open_.load()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  std::atomic<bool> open_{false};
};

// The worlds that nodes are tried in: `add` makes a node that listens, or not; `eventually` waits for a fact.

/// Nodes with worker threads, over ZeroMQ.
class zmq_world {
 public:
  static constexpr bool has_threads = true;
  static constexpr bool is_memory = false;

  std::unique_ptr<zooid::node> add(zooid::node_options options = {}) {
    if (options.listen.empty()) options.listen = "tcp://127.0.0.1:0";
    return std::make_unique<zooid::node>(std::move(options));
  }
  std::unique_ptr<zooid::node> add_silent(zooid::node_options options = {}) {
    return std::make_unique<zooid::node>(std::move(options));
  }
  template <class Condition>
  [[nodiscard]] bool eventually(const Condition& holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  /// What happens by itself, happens; for checks that something does not.
  void settle() {
    for (int i = 0; i < 200; ++i) std::this_thread::yield();
  }
};

/// Nodes with worker threads, in memory.
class memory_world {
 public:
  static constexpr bool has_threads = true;
  static constexpr bool is_memory = true;

  ~memory_world() {
    for (const auto& pool : pools_) pool->stop(1s);
  }
  std::unique_ptr<zooid::node> add(zooid::node_options options = {}) {
    if (options.listen.empty()) options.listen = "tcp://127.0.0.1:0";
    return add_silent(std::move(options));
  }
  std::unique_ptr<zooid::node> add_silent(zooid::node_options options = {}) {
    options.scheduler =
        pools_.emplace_back(zooid::make_thread_pool({.workers = options.workers ? options.workers : 2}));
    options.network = hub.attach(*options.scheduler);
    return std::make_unique<zooid::node>(std::move(options));
  }
  template <class Condition>
  [[nodiscard]] bool eventually(const Condition& holds) {
    return zmq_world().eventually(holds);
  }
  void settle() { zmq_world().settle(); }

  zooid::memory_hub hub;

 private:
  std::vector<std::shared_ptr<zooid::scheduler>> pools_;
};

/// Nodes in memory, one thread, and time that moves only when nothing else is left to do.
class simulated_world {
 public:
  static constexpr bool has_threads = false;
  static constexpr bool is_memory = true;

  explicit simulated_world(std::uint64_t seed = 1)
      : hub(zooid::seeded_random(seed)),
        steps(zooid::make_deterministic_scheduler(time, zooid::seeded_random(seed + 1))),
        ids_(zooid::seeded_random(seed + 2)) {}
  ~simulated_world() {
    steps->run_until_idle();
    steps->stop(0s);
  }
  std::unique_ptr<zooid::node> add(zooid::node_options options = {}, const std::string& name = {}) {
    if (options.listen.empty()) options.listen = "tcp://127.0.0.1:0";
    return add_silent(std::move(options), name);
  }
  std::unique_ptr<zooid::node> add_silent(zooid::node_options options = {}, const std::string& name = {}) {
    options.scheduler = steps;
    options.network = hub.attach(*steps, name);
    options.random = ids_;
    return std::make_unique<zooid::node>(std::move(options));
  }
  template <class Condition>
  [[nodiscard]] bool eventually(const Condition& holds) {
    for (int i = 0; i < 30'000; ++i) {
      steps->run_until_idle();
      if (holds()) return true;
      steps->run_for(1ms);
    }
    return false;
  }
  void settle() { steps->run_for(100ms); }

  std::shared_ptr<zooid::manual_clock> time = std::make_shared<zooid::manual_clock>();
  zooid::memory_hub hub;
  std::shared_ptr<zooid::deterministic_scheduler> steps;

 private:
  std::shared_ptr<zooid::random_source> ids_;
};
