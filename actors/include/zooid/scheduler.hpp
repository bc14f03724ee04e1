// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/clock.hpp>
#include <zooid/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace zooid {

class random_source;

/// Something that a worker can run one turn of. Whoever schedules it keeps it alive until `run` has returned, and
/// schedules it again only after that, or from inside.
class ZOOID_API runnable {
 public:
  virtual void run() = 0;

  runnable* next_runnable = nullptr;  ///< Owned by the scheduler's queues.

 protected:
  ~runnable() = default;
};

/// Something to be done at a time. `ring` runs on whichever thread notices and must be brief.
class ZOOID_API alarm : public ref_counted {
 public:
  virtual void ring() = 0;
};

/// What a plain thread waits on. One waiting thread, any number of notifiers; used once.
class ZOOID_API waiter : public ref_counted {
 public:
  [[nodiscard]] virtual bool done() const noexcept = 0;
  virtual void notify() = 0;
};

/// Where idle workers and waiting threads sleep; the transport brings one that also receives. Only the thread that
/// holds the receiving role calls `wait`; any thread interrupts.
class ZOOID_API reactor {
 public:
  virtual ~reactor() = default;
  /// Sleeps until there is something to do, at most for `at_most`, and does it.
  virtual void wait(duration at_most) = 0;
  /// Makes a running `wait`, or else the next one, return.
  virtual void interrupt() = 0;
};

/// Shares worker threads among what is ready, and keeps the alarms: one of the four seams. It knows runnables, never
/// actors. Any thread, unless a member says otherwise.
class ZOOID_API scheduler {
 public:
  virtual ~scheduler() = default;

  virtual void schedule(runnable& ready) = 0;
  /// The same, behind what is ready already, and not worth waking another worker.
  virtual void defer(runnable& ready) = 0;

  /// A hint: somebody elsewhere waits for what the caller is sending. Who goes idle next sleeps at once, because
  /// looking around would take the processor from who sends it on.
  virtual void expect_silence() noexcept {}

  /// Rings `what` at `when`, or soon after.
  virtual void at(time_point when, intrusive_ptr<alarm> what) = 0;

  [[nodiscard]] virtual intrusive_ptr<waiter> make_waiter() = 0;
  /// Blocks the calling plain thread, doing the scheduler's work where it has no other thread for it, until the
  /// waiter was notified (true) or the deadline has passed (false).
  virtual bool wait(waiter& on, time_point deadline) = 0;

  [[nodiscard]] virtual clock& time() = 0;

  /// Ends the workers, within `at_most` of real time. Returns how many threads were abandoned because they were still
  /// in a turn. Idempotent; not from a worker.
  virtual unsigned stop(duration at_most) = 0;

  /// A system uses it from now on; and no longer. When none does, alarms that are still set are dropped: they hold what
  /// they would wake.
  void attach() noexcept { systems_.fetch_add(1, std::memory_order_relaxed); }
  void detach() {
    if (systems_.fetch_sub(1, std::memory_order_acq_rel) == 1) drop_alarms();
  }

 protected:
  virtual void drop_alarms() = 0;

 private:
  std::atomic<unsigned> systems_{0};
};

/// Real threads, one queue each, idle ones take from busy ones.
struct thread_pool_options {
  unsigned workers{};                    ///< 0: one per core.
  std::shared_ptr<clock> time{};         ///< Default: steady_clock().
  std::shared_ptr<zooid::reactor> io{};  ///< Default: one that only sleeps.
};
[[nodiscard]] ZOOID_API std::shared_ptr<scheduler> make_thread_pool(thread_pool_options options = {});

/// No thread of its own: what is ready runs inside `run_until_idle`, `run_for` or a waiting `.get()`, in an order that
/// the seed decides. Time stands still while something is ready. One thread.
class ZOOID_API deterministic_scheduler : public scheduler {
 public:
  /// Runs what is ready, without moving time. Returns the number of turns.
  virtual std::size_t run_until_idle() = 0;
  /// Runs what is ready and what becomes due within `span`; afterwards that much time has passed.
  virtual std::size_t run_for(duration span) = 0;
};
/// `order` decides which of several ready runnables is next; without one they run first in, first out.
[[nodiscard]] ZOOID_API std::shared_ptr<deterministic_scheduler> make_deterministic_scheduler(
    std::shared_ptr<manual_clock> time, std::shared_ptr<random_source> order = {});

}  // namespace zooid
