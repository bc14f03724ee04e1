// SPDX-License-Identifier: Apache-2.0
#include <zooid/scheduler.hpp>

#include "alarms.hpp"
#include "run_queue.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

// Longer than other files, because its parts share one state machine: who sleeps where, and who wakes whom.
//
// One sleeping thread at a time has the *receiving role*: it sleeps in the reactor, receives, and keeps the alarms. A
// worker that finds nothing to do takes the role if it is free, and otherwise parks. A plain thread that waits for an
// answer takes it too, from a sleeping worker if need be, so that the answer does not have to wake it; but only for a
// while, because what it receives for actors has to wake a worker each time. Whoever leaves the role to do something
// else makes sure that a parked worker *watches*: looks every millisecond whether the role is still without a holder,
// and then takes it. So while a worker is parked, or a thread waits, no event waits longer than that behind a long
// handler, and short handlers cost no wake-up.

namespace zooid {
namespace {

using namespace std::chrono_literals;

constexpr auto watch_interval = 1ms;
constexpr unsigned turns_between_looks = 32;  // At alarms, the reactor, and what others scheduled.
constexpr unsigned looks_before_sleep = 16;   // At what others schedule, and the reactor.
constexpr unsigned most_in_vain = 16;         // Receptions by a plain thread before it leaves them to workers.
constexpr auto longest_trust = 10ms;          // In workers: so long it does not look whether somebody receives.

/// The reactor of a pool that receives nothing.
class sleeper final : public reactor {
 public:
  void wait(duration at_most) override {
    std::unique_lock lock(mutex_);
    if (at_most == duration::max()) {
      changed_.wait(lock, [this] { return interrupted_; });
    } else {
      changed_.wait_for(lock, at_most, [this] { return interrupted_; });
    }
    interrupted_ = false;
  }
  void interrupt() override {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;  // Guarded by mutex_.
};

class pool;

struct worker {
  detail::worker_queue ready;
  std::condition_variable woken;
  // Guarded by the pool's mutex_:
  bool parked = false;
  bool wake = false;
  bool ended = false;
};

thread_local pool* pool_of_thread = nullptr;
thread_local worker* worker_of_thread = nullptr;
thread_local pool* receiving_for = nullptr;

class thread_waiter;

/// What the threads share; it lives as long as one of them does, an abandoned one too.
class pool : public std::enable_shared_from_this<pool> {
 public:
  explicit pool(thread_pool_options options);

  void start();
  void schedule(runnable& ready, bool worth_waking);
  void at(time_point when, intrusive_ptr<alarm> what);
  void expect_silence() noexcept {
    if (!expects_silence_.load(std::memory_order_relaxed)) expects_silence_.store(true, std::memory_order_relaxed);
  }
  bool wait(thread_waiter& on, time_point deadline);
  void notify(thread_waiter& whom);
  unsigned stop(duration at_most);
  void time_moved();
  void drop_alarms() { alarms_.clear(); }
  [[nodiscard]] clock& time() noexcept { return *time_; }

 private:
  /// Who sleeps in the role.
  enum class sleep_of : std::uint8_t { nobody, worker, thread };

  void run_worker(worker& self);
  [[nodiscard]] runnable* find_work(worker& self, unsigned turns);
  [[nodiscard]] bool any_work() const;
  /// A worker in the role: nobody wants anything of it.
  [[nodiscard]] bool may_sleep() const { return !any_work() && waiting_threads_.load(std::memory_order_seq_cst) == 0; }
  void look();
  void idle(worker& self);
  void look_around();
  void park(worker& self);
  void wake_one();
  bool wake_parked();
  [[nodiscard]] bool take_role() { return !role_taken_.exchange(true, std::memory_order_seq_cst); }
  void sleep_in_role(time_point deadline);
  void leave_role(bool works);
  void offer_role(bool works);
  void appoint_watcher();
  void receive(thread_waiter& on, time_point deadline);
  void wait_for_role(thread_waiter& on, time_point deadline);
  void wait_outside(thread_waiter& on, time_point deadline);

  const std::shared_ptr<clock> time_;
  const std::shared_ptr<reactor> io_;
  std::shared_ptr<void> moves_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<std::thread> threads_;
  detail::run_queue injected_;
  detail::alarms alarms_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> expects_silence_{false};
  std::atomic<bool> role_taken_{false};
  std::atomic<sleep_of> role_asleep_{sleep_of::nobody};
  std::atomic<unsigned> role_changes_{0};
  std::atomic<unsigned> parked_{0};
  std::atomic<unsigned> searching_{0};
  std::atomic<bool> watched_{false};

  std::mutex mutex_;
  std::condition_variable worker_ended_;
  // Guarded by mutex_:
  std::deque<thread_waiter*> waiting_;   // Plain threads that sleep outside the reactor.
  std::vector<thread_waiter*> patient_;  // The same, which do not want the role.
  worker* watcher_ = nullptr;

  std::atomic<unsigned> waiting_threads_{0};  // As many as there are in waiting_.
};

class thread_waiter final : public waiter {
 public:
  explicit thread_waiter(pool& of) : pool_(of.shared_from_this()) {}
  [[nodiscard]] bool done() const noexcept override { return done_.load(std::memory_order_acquire); }
  void notify() override { pool_->notify(*this); }

 private:
  friend pool;
  const std::shared_ptr<pool> pool_;
  std::atomic<bool> done_{false};
  std::atomic<bool> waited_for_{false};  // Set before `done_` is looked at, as `done_` is set before this is.
  std::condition_variable woken_;
  // Guarded by the pool's mutex_:
  bool in_reactor_ = false;
  bool wake_ = false;
};

pool::pool(thread_pool_options options)
    : time_(options.time ? std::move(options.time) : steady_clock()),
      io_(options.io ? std::move(options.io) : std::make_shared<sleeper>()) {
  const unsigned count = options.workers != 0 ? options.workers : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) workers_.push_back(std::make_unique<worker>());
}

void pool::start() {
  moves_ = time_->on_move([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->time_moved();
  });
  for (const auto& each : workers_) {
    threads_.emplace_back([self = shared_from_this(), own = each.get()] { self->run_worker(*own); });
  }
}

void pool::schedule(runnable& ready, bool worth_waking) {
  if (pool_of_thread == this && worker_of_thread != nullptr) {
    worker_of_thread->ready.push(ready);
    // The next one runs as soon as this turn is over; more than that is worth a wake-up.
    if (!worth_waking || worker_of_thread->ready.size() < 2) return;
    worker_of_thread->ready.publish();
    wake_one();
  } else {
    injected_.push(ready);
    wake_one();
  }
}

void pool::at(time_point when, intrusive_ptr<alarm> what) {
  if (alarms_.add(when, std::move(what)) && role_asleep_.load(std::memory_order_seq_cst) != sleep_of::nobody)
    io_->interrupt();
}

void pool::time_moved() {
  alarms_.ring_due(time_->now());
  const std::lock_guard lock(mutex_);
  const auto wake = [](thread_waiter* each) {
    each->wake_ = true;
    each->woken_.notify_one();
  };
  std::for_each(waiting_.begin(), waiting_.end(), wake);
  std::for_each(patient_.begin(), patient_.end(), wake);
  io_->interrupt();
}

// Workers.

void pool::run_worker(worker& self) {
  pool_of_thread = this;
  worker_of_thread = &self;
  unsigned turns = 0;
  for (;;) {
    if (runnable* const next = find_work(self, turns)) {
      next->run();
      if (++turns % turns_between_looks == 0) look();
    } else if (!stopping_.load(std::memory_order_acquire)) {
      idle(self);
    } else {
      break;  // Only when nothing is left that is ready.
    }
  }
  const std::lock_guard lock(mutex_);
  self.ended = true;
  worker_ended_.notify_all();
}

runnable* pool::find_work(worker& self, unsigned turns) {
  if (turns % turns_between_looks == 0) {
    if (runnable* const next = injected_.pop()) return next;
  }
  if (runnable* const next = self.ready.pop()) return next;
  if (runnable* const next = injected_.pop()) return next;
  for (const auto& other : workers_) {
    if (other.get() == &self) continue;
    if (runnable* const next = other->ready.steal(self.ready)) return next;
  }
  return nullptr;
}

bool pool::any_work() const {
  const auto has_work = [](const auto& each) { return each->ready.size() > 0; };
  return injected_.size() > 0 || std::any_of(workers_.begin(), workers_.end(), has_work);
}

/// A busy worker's look at what else there is.
void pool::look() {
  if (alarms_.next() <= time_->now()) alarms_.ring_due(time_->now());
  if (!take_role()) return;
  receiving_for = this;
  io_->wait(duration::zero());
  receiving_for = nullptr;
  leave_role(true);
}

void pool::idle(worker& self) {
  if (waiting_threads_.load(std::memory_order_seq_cst) > 0 || !take_role()) {
    park(self);
    return;
  }
  if (!expects_silence_.exchange(false, std::memory_order_relaxed)) look_around();
  if (may_sleep()) sleep_in_role(time_point::max());
  leave_role(any_work());
}

/// What comes within a moment costs nobody a wake-up; and what others do meanwhile comes together.
void pool::look_around() {
  searching_.fetch_add(1, std::memory_order_seq_cst);
  receiving_for = this;
  for (unsigned i = 0; i < looks_before_sleep && may_sleep() && !stopping_.load(std::memory_order_relaxed); ++i) {
    io_->wait(duration::zero());
    std::this_thread::yield();
  }
  receiving_for = nullptr;
  searching_.fetch_sub(1, std::memory_order_seq_cst);
}

/// The calling thread has the role. It is woken by what it receives, by alarms, by `interrupt`, and at `deadline`.
void pool::sleep_in_role(time_point deadline) {
  const bool is_worker = pool_of_thread == this;
  role_asleep_.store(is_worker ? sleep_of::worker : sleep_of::thread, std::memory_order_seq_cst);
  if (!is_worker || may_sleep()) {
    const time_point until = std::min(deadline, alarms_.next());
    const duration at_most = until == time_point::max() ? duration::max() : time_->sleep_until(until);
    receiving_for = this;
    io_->wait(stopping_.load(std::memory_order_seq_cst) ? duration::zero() : at_most);
    receiving_for = nullptr;
  }
  role_asleep_.store(sleep_of::nobody, std::memory_order_seq_cst);
  if (alarms_.next() <= time_->now()) alarms_.ring_due(time_->now());
}

/// `works`: the caller is about to do something that may take long.
void pool::leave_role(bool works) {
  role_changes_.fetch_add(1, std::memory_order_relaxed);
  role_taken_.store(false, std::memory_order_seq_cst);
  offer_role(works);
}

/// The role is free: to a thread that waits, or to somebody who watches.
void pool::offer_role(bool works) {
  if (waiting_threads_.load(std::memory_order_seq_cst) > 0) {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) {
      waiting_.front()->wake_ = true;
      waiting_.front()->woken_.notify_one();
      return;
    }
  }
  if (works && parked_.load(std::memory_order_seq_cst) > 0 && !watched_.load(std::memory_order_seq_cst)) {
    const std::lock_guard lock(mutex_);
    appoint_watcher();
  }
}

/// With mutex_ held.
void pool::appoint_watcher() {
  if (watcher_ != nullptr) return;
  for (const auto& each : workers_) {
    if (!each->parked || each->wake) continue;
    watcher_ = each.get();
    watched_.store(true, std::memory_order_seq_cst);
    each->woken.notify_one();
    return;
  }
}

void pool::park(worker& self) {
  std::unique_lock lock(mutex_);
  self.wake = false;
  self.parked = true;
  parked_.fetch_add(1, std::memory_order_seq_cst);
  while (!self.wake && !stopping_.load(std::memory_order_seq_cst) && !any_work()) {
    if (watcher_ != &self) {
      const bool role_is_free = !role_taken_.load(std::memory_order_seq_cst) && waiting_.empty();
      if (role_is_free && watcher_ == nullptr) break;
      self.woken.wait(lock);
      continue;
    }
    const unsigned changes = role_changes_.load(std::memory_order_relaxed);
    self.woken.wait_for(lock, watch_interval);
    if (changes != role_changes_.load(std::memory_order_relaxed)) continue;
    if (!role_taken_.load(std::memory_order_seq_cst)) break;  // Nobody wanted it for a while.
    if (role_asleep_.load(std::memory_order_seq_cst) != sleep_of::nobody) {
      watcher_ = nullptr;  // Whoever has it sleeps.
      watched_.store(false, std::memory_order_seq_cst);
    }
  }
  self.parked = false;
  parked_.fetch_sub(1, std::memory_order_seq_cst);
  if (watcher_ == &self) {
    watcher_ = nullptr;
    watched_.store(false, std::memory_order_seq_cst);
    if (!role_taken_.load(std::memory_order_seq_cst) && any_work()) appoint_watcher();
  }
}

void pool::wake_one() {
  if (searching_.load(std::memory_order_seq_cst) > 0) return;
  if (parked_.load(std::memory_order_seq_cst) > 0 && wake_parked()) return;
  if (role_asleep_.load(std::memory_order_seq_cst) != sleep_of::nobody) io_->interrupt();
}

bool pool::wake_parked() {
  const std::lock_guard lock(mutex_);
  for (const auto& each : workers_) {
    if (each->parked && !each->wake) {
      each->wake = true;
      each->woken.notify_one();
      return true;
    }
  }
  return false;
}

// Plain threads.

bool pool::wait(thread_waiter& on, time_point deadline) {
  if (on.done()) return true;
  on.waited_for_.store(true, std::memory_order_seq_cst);
  for (unsigned in_vain = 0;;) {
    if (on.done_.load(std::memory_order_seq_cst)) return true;
    if (time_->now() >= deadline) return on.done();
    if (in_vain == most_in_vain) {
      wait_outside(on, deadline);
      if (!role_taken_.load(std::memory_order_seq_cst)) in_vain = 0;
    } else if (take_role()) {
      receive(on, deadline);
      if (++in_vain == most_in_vain && !on.done()) wake_parked();
    } else {
      wait_for_role(on, deadline);
    }
  }
}

/// In the role, which it leaves.
void pool::receive(thread_waiter& on, time_point deadline) {
  {
    const std::lock_guard lock(mutex_);
    on.in_reactor_ = true;
  }
  if (!on.done()) sleep_in_role(deadline);
  {
    const std::lock_guard lock(mutex_);
    on.in_reactor_ = false;
  }
  leave_role(true);
}

void pool::wait_for_role(thread_waiter& on, time_point deadline) {
  {
    std::unique_lock lock(mutex_);
    waiting_.push_back(&on);
    waiting_threads_.fetch_add(1, std::memory_order_seq_cst);
    on.wake_ = false;
    // A worker that sleeps in the role gives it up for a thread; another thread keeps it until it has its answer.
    if (role_asleep_.load(std::memory_order_seq_cst) == sleep_of::worker) io_->interrupt();
    const duration at_most = deadline == time_point::max() ? duration::max() : time_->sleep_until(deadline);
    const auto woken = [&] { return on.wake_ || on.done() || !role_taken_.load(std::memory_order_seq_cst); };
    if (at_most == duration::max()) {
      on.woken_.wait(lock, woken);
    } else {
      on.woken_.wait_for(lock, at_most, woken);
    }
    std::erase(waiting_, &on);
    waiting_threads_.fetch_sub(1, std::memory_order_seq_cst);
  }
  // It may have been meant to take the role, and workers have left the role to it.
  const bool leaves = on.done() || time_->now() >= deadline;
  if (leaves && !role_taken_.load(std::memory_order_seq_cst)) offer_role(true);
}

void pool::wait_outside(thread_waiter& on, time_point deadline) {
  // Nobody may be there to take the role: all workers may be in long handlers.
  const duration trust = role_taken_.load(std::memory_order_seq_cst) ? longest_trust : watch_interval;
  const duration left = deadline == time_point::max() ? duration::max() : time_->sleep_until(deadline);
  std::unique_lock lock(mutex_);
  patient_.push_back(&on);
  on.wake_ = false;
  on.woken_.wait_for(lock, std::min(left, trust), [&] { return on.wake_ || on.done(); });
  std::erase(patient_, &on);
}

void pool::notify(thread_waiter& whom) {
  whom.done_.store(true, std::memory_order_seq_cst);
  if (!whom.waited_for_.load(std::memory_order_seq_cst)) return;
  const std::lock_guard lock(mutex_);
  if (whom.in_reactor_) {
    if (receiving_for != this) io_->interrupt();
  } else {
    whom.woken_.notify_one();
  }
}

unsigned pool::stop(duration at_most) {
  stopping_.store(true, std::memory_order_seq_cst);
  std::unique_lock lock(mutex_);
  // A worker that lets go of the last hold on the pool comes here itself, and cannot wait for its own end.
  const auto is_self = [this](std::size_t i) { return threads_[i].get_id() == std::this_thread::get_id(); };
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (is_self(i)) threads_[i].detach();
  }
  const auto all_ended = [this] {
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (threads_[i].joinable() && !workers_[i]->ended) return false;
    }
    return true;
  };
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!all_ended() && std::chrono::steady_clock::now() < deadline) {
    for (const auto& each : workers_) each->woken.notify_one();
    io_->interrupt();
    worker_ended_.wait_for(lock, 5ms);
  }
  unsigned abandoned = 0;
  std::vector<std::thread> threads = std::exchange(threads_, {});
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (!threads[i].joinable() || workers_[i]->ended) continue;
    threads[i].detach();
    ++abandoned;
  }
  lock.unlock();
  for (std::thread& each : threads) {
    if (each.joinable()) each.join();
  }
  alarms_.clear();
  return abandoned;
}

/// In a cache line of its own: every message that wakes an actor reads it.
class alignas(64) thread_pool final : public scheduler {
 public:
  explicit thread_pool(thread_pool_options options) : pool_(std::make_shared<pool>(std::move(options))) {
    pool_->start();
  }
  ~thread_pool() override { pool_->stop(1s); }

  void schedule(runnable& ready) override { pool_->schedule(ready, true); }
  void defer(runnable& ready) override { pool_->schedule(ready, false); }
  void expect_silence() noexcept override { pool_->expect_silence(); }
  void at(time_point when, intrusive_ptr<alarm> what) override { pool_->at(when, std::move(what)); }
  [[nodiscard]] intrusive_ptr<waiter> make_waiter() override { return make_intrusive<thread_waiter>(*pool_); }
  bool wait(waiter& on, time_point deadline) override { return pool_->wait(static_cast<thread_waiter&>(on), deadline); }
  [[nodiscard]] clock& time() override { return pool_->time(); }
  unsigned stop(duration at_most) override { return pool_->stop(at_most); }

 private:
  void drop_alarms() override { pool_->drop_alarms(); }

  std::shared_ptr<pool> pool_;
};

}  // namespace

std::shared_ptr<scheduler> make_thread_pool(thread_pool_options options) {
  return std::make_shared<thread_pool>(std::move(options));
}

}  // namespace zooid
