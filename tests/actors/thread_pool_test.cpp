// SPDX-License-Identifier: Apache-2.0
#include <zooid/scheduler.hpp>

#include "fixtures.hpp"
#include "scheduled.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace {

/// A reactor that says who slept in it last, and how often it was only looked at before somebody slept.
class busy_network final : public zooid::reactor {
 public:
  void wait(zooid::duration at_most) override {
    std::unique_lock lock(mutex_);
    if (at_most > zooid::duration::zero()) {
      last_receiver_ = std::this_thread::get_id();
      if (looks_before_sleep_ < 0) looks_before_sleep_ = looks_;
    } else {
      ++looks_;
    }
    const auto bounded = std::min<zooid::duration>(at_most, patience);
    changed_.wait_for(lock, bounded, [&] { return interrupted_; });
    interrupted_ = false;
  }
  void interrupt() override {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    changed_.notify_one();
  }
  [[nodiscard]] std::thread::id last_receiver() {
    const std::lock_guard lock(mutex_);
    return last_receiver_;
  }
  void count_anew() {
    const std::lock_guard lock(mutex_);
    looks_ = 0;
    looks_before_sleep_ = -1;
  }
  /// Since then; negative when nobody has slept yet.
  [[nodiscard]] int looks_before_sleep() {
    const std::lock_guard lock(mutex_);
    return looks_before_sleep_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  bool interrupted_ = false;
  std::thread::id last_receiver_;
  int looks_ = 0;
  int looks_before_sleep_ = -1;
};

}  // namespace

TEST_CASE("a pool runs what any thread schedules", "[thread_pool]") {
  constexpr int many = 2000;
  const auto pool = zooid::make_thread_pool({.workers = 3});
  std::atomic<int> ran{0};
  std::vector<std::unique_ptr<job>> jobs;
  for (int i = 0; i < many; ++i) jobs.push_back(std::make_unique<job>([&] { ++ran; }));
  for (const auto& each : jobs) pool->schedule(*each);
  CHECK(eventually([&] { return ran == many; }));
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("workers take what a busy worker has no time for", "[thread_pool]") {
  const auto pool = zooid::make_thread_pool({.workers = 2});
  gate first_ran;
  gate second_ran;
  bool other_worker_helped = false;
  job second([&] { second_ran.open(); });
  job third([&] {});
  job first([&] {
    pool->schedule(second);
    pool->schedule(third);
    other_worker_helped = second_ran.wait();
    first_ran.open();
  });
  pool->schedule(first);
  CHECK(first_ran.wait());
  CHECK(other_worker_helped);
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("alarms of a pool ring by its clock", "[thread_pool]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto pool = zooid::make_thread_pool({.workers = 2, .time = time});
  gate early;
  gate late;
  pool->at(time->now() + 1h, zooid::make_intrusive<bell>([&] { early.open(); }));
  pool->at(time->now() + 2h, zooid::make_intrusive<bell>([&] { late.open(); }));
  time->advance(90min);
  CHECK(early.wait());
  CHECK_FALSE(late.is_open());
  time->advance(90min);
  CHECK(late.wait());
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("alarms of an idle pool ring by the machine's clock", "[thread_pool]") {
  const auto pool = zooid::make_thread_pool({.workers = 1});
  for (int i = 0; i < 20; ++i) {
    gate rung;
    pool->at(pool->time().now() + 100us, zooid::make_intrusive<bell>([&] { rung.open(); }));
    CHECK(rung.wait());
  }
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("a plain thread's wait ends when it is notified", "[thread_pool]") {
  const auto pool = zooid::make_thread_pool({.workers = 2});
  std::vector<std::unique_ptr<job>> answers;  // A runnable lives until its run has returned.
  for (int i = 0; i < 200; ++i) {
    const auto waiting = pool->make_waiter();
    answers.push_back(std::make_unique<job>([waiting] { waiting->notify(); }));
    pool->schedule(*answers.back());
    CHECK(pool->wait(*waiting, pool->time().now() + patience));
    CHECK(waiting->done());
  }
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("a plain thread's wait ends at its deadline", "[thread_pool]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto pool = zooid::make_thread_pool({.workers = 1, .time = time});
  const auto deadline = time->now() + 1h;
  gate ended;
  bool notified = true;
  std::thread waiter([&] {
    const auto waiting = pool->make_waiter();
    notified = pool->wait(*waiting, deadline);
    ended.open();
  });
  time->advance(30min);
  CHECK_FALSE(ended.is_open());
  time->advance(30min);
  CHECK(ended.wait());
  waiter.join();
  CHECK_FALSE(notified);
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("a plain thread that waits for long leaves receiving to a worker", "[thread_pool]") {
  const auto io = std::make_shared<busy_network>();
  const auto pool = zooid::make_thread_pool({.workers = 1, .io = io});
  const auto waiting = pool->make_waiter();
  std::thread waiter([&] { pool->wait(*waiting, zooid::time_point::max()); });
  const auto thread = waiter.get_id();
  CHECK(eventually([&] { return io->last_receiver() == thread; }));
  CHECK(eventually([&] {
    io->interrupt();
    return io->last_receiver() != thread;
  }));
  CHECK_FALSE(waiting->done());
  waiting->notify();
  waiter.join();
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("a worker that expects silence sleeps without looking around", "[thread_pool]") {
  const auto io = std::make_shared<busy_network>();
  const auto pool = zooid::make_thread_pool({.workers = 1, .io = io});
  gate answered;
  job answering([&] {
    pool->expect_silence();
    io->count_anew();
    answered.open();
  });
  pool->schedule(answering);
  CHECK(answered.wait());
  CHECK(eventually([&] { return io->looks_before_sleep() >= 0; }));
  CHECK(io->looks_before_sleep() == 0);
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("alarms ring after plain threads have waited and gone", "[thread_pool]") {
  const auto pool = zooid::make_thread_pool({.workers = 1});
  std::vector<std::unique_ptr<job>> answers;  // A runnable lives until its run has returned.
  for (int i = 0; i < 300; ++i) {
    const auto waiting = pool->make_waiter();
    answers.push_back(std::make_unique<job>([waiting] { waiting->notify(); }));
    pool->schedule(*answers.back());
    REQUIRE(pool->wait(*waiting, pool->time().now() + patience));
    gate rung;
    pool->at(pool->time().now() + 50us, zooid::make_intrusive<bell>([&] { rung.open(); }));
    REQUIRE(rung.wait());
  }
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("alarms ring while several plain threads wait", "[thread_pool]") {
  constexpr int threads = 4;
  const auto pool = zooid::make_thread_pool({.workers = 2});
  std::atomic<int> missed{0};
  std::vector<std::thread> waiting_threads;
  for (int t = 0; t < threads; ++t) {
    waiting_threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const auto waiting = pool->make_waiter();
        pool->at(pool->time().now() + 50us, zooid::make_intrusive<bell>([waiting] { waiting->notify(); }));
        if (!pool->wait(*waiting, pool->time().now() + patience)) ++missed;
      }
    });
  }
  for (std::thread& thread : waiting_threads) thread.join();
  CHECK(missed == 0);
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("alarms ring while all workers but one are kept", "[thread_pool]") {
  const auto pool = zooid::make_thread_pool({.workers = 2});
  gate kept;
  gate let_go;
  gate rung;
  job keeper([&] {
    kept.open();
    static_cast<void>(let_go.wait());
  });
  pool->schedule(keeper);
  REQUIRE(kept.wait());
  pool->at(pool->time().now() + 1ms, zooid::make_intrusive<bell>([&] { rung.open(); }));
  CHECK(rung.wait());
  let_go.open();
  CHECK(pool->stop(patience) == 0);
}

TEST_CASE("a stopped pool says that it had to abandon threads", "[thread_pool]") {
  auto pool = zooid::make_thread_pool({.workers = 2});
  gate kept;
  gate let_go;
  gate over;
  job keeper([&] {
    kept.open();
    static_cast<void>(let_go.wait());
    over.open();
  });
  pool->schedule(keeper);
  REQUIRE(kept.wait());
  CHECK(pool->stop(1ms) >= 1);
  let_go.open();
  CHECK(over.wait());
}

TEST_CASE("a pool may be stopped twice, and dropped without work", "[thread_pool]") {
  const auto pool = zooid::make_thread_pool({.workers = 2});
  CHECK(pool->stop(patience) == 0);
  CHECK(pool->stop(patience) == 0);
  static_cast<void>(zooid::make_thread_pool());
}

TEST_CASE("a pool may be let go of by one of its own workers", "[thread_pool]") {
  struct last_holder final : zooid::runnable {
    void run() override {
      static_cast<void>(alone.wait());
      pool.reset();
      done.open();
    }
    std::shared_ptr<zooid::scheduler> pool = zooid::make_thread_pool({.workers = 2});
    gate alone;
    gate done;
  } holder;
  auto pool = holder.pool;
  pool->schedule(holder);
  pool.reset();
  holder.alone.open();
  CHECK(holder.done.wait());
}
