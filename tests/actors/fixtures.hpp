// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/actors.hpp>

#include "catch.hpp"

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

using namespace std::chrono_literals;

/// No test waits longer for what must happen.
inline constexpr auto patience = 30s;

/// Opens once; who waits for it goes on then. Any thread.
class gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  /// False: it stayed shut for longer than a test may take.
  [[nodiscard]] bool wait() {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, patience, [this] { return open_; });
  }
  [[nodiscard]] bool is_open() {
    const std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;  // Guarded by mutex_.
};

/// Looks again and again; false when it does not come true within the test's patience.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

struct Add {
  std::uint64_t n;
};
struct Sum {
  using reply = std::uint64_t;
};
/// Says that its handler has begun, and keeps its worker until it may end.
struct Hold {
  using reply = void;
  gate* begun;
  gate* end;
};
/// Its handler stays suspended for ever.
struct Sleep {
  using reply = void;
};
struct Throw {
  using reply = void;
  std::string words;
};
struct Counter : zooid::local_contract<Add, Sum, Hold, Sleep, Throw> {};

struct CountingActor {
  using contract = Counter;
  std::uint64_t sum = 0;

  void on(const Add& add) { sum += add.n; }
  std::uint64_t on(Sum) const { return sum; }
  void on(const Hold& hold) const {
    hold.begun->open();
    static_cast<void>(hold.end->wait());
  }
  zooid::task<> on(Sleep) { co_await std::suspend_always{}; }
  void on(const Throw& what) { throw std::runtime_error(what.words); }
};

/// One thread, and time that stands still unless the test moves it.
struct simulated {
  explicit simulated(zooid::system_options options = {}, std::shared_ptr<zooid::random_source> order = {})
      : steps(zooid::make_deterministic_scheduler(time, std::move(order))), system(with(std::move(options), steps)) {}
  ~simulated() {
    system.stop(0s);
    steps->stop(0s);
  }
  static zooid::system_options with(zooid::system_options options, std::shared_ptr<zooid::scheduler> scheduler) {
    options.scheduler = std::move(scheduler);
    return options;
  }

  std::shared_ptr<zooid::manual_clock> time = std::make_shared<zooid::manual_clock>();
  std::shared_ptr<zooid::deterministic_scheduler> steps;
  zooid::actor_system system;
};

/// Stops it and checks that every message that was taken has been accounted for.
inline zooid::accounts stopped_accounts(zooid::actor_system& system, zooid::duration drain = patience) {
  system.stop(drain);
  const zooid::accounts sum = system.accounts();
  CHECK(sum.queued == 0);
  CHECK(sum.taken == sum.handled + sum.dead());
  CHECK(sum.close());
  return sum;
}

[[nodiscard]] inline std::uint64_t count(const std::array<std::uint64_t, zooid::errc_count>& by_code,
                                         zooid::errc code) {
  return by_code[static_cast<std::size_t>(code)];
}

template <class R>
[[nodiscard]] zooid::errc code_of(const zooid::result<R>& outcome) {
  return outcome ? zooid::errc{} : outcome.error().code;
}

namespace Catch {
template <>
struct StringMaker<zooid::errc> {
  static std::string convert(zooid::errc code) { return std::string(zooid::to_string(code)); }
};
}  // namespace Catch
