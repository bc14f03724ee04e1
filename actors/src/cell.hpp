// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/call.hpp>
#include <zooid/context.hpp>
#include <zooid/scheduler.hpp>

#include "core.hpp"
#include "mailbox.hpp"
#include "service_counters.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace zooid::detail {

class turn;

/// A coroutine that sleeps until it is told that there is room, or that others have had their turn. Its cell resumes
/// it, once.
struct coroutine_wait : ref_counted {
  std::coroutine_handle<> coroutine;
};

/// Messages for one cell that are not in its mailbox yet, the newest first.
struct message_chain {
  envelope* newest = nullptr;
  envelope* oldest = nullptr;
  std::uint64_t weight = 0;  // As cell::pushed_.
};

/// What a cell has from its first call, coroutine or wait on. Only its own turn.
struct cell_waits {
  envelope_list urgent;
  running coroutine;        ///< The suspended handler, if there is one.
  call* awaited = nullptr;  ///< What it waits for, if that is a call.
  call* pending = nullptr;
  call* deferred = nullptr;            ///< Ended by their deadline; their continuations are still to run.
  intrusive_ptr<coroutine_wait> room;  ///< Null when the coroutine waits for something else.
  time_point room_deadline{};
  time_point armed = time_point::max();  ///< When the alarm is set for.
};

/// Mailbox and actor: what the scheduler runs, one turn at a time. The actor itself stands behind it in the same block.
/// While a coroutine handler is suspended the cell handles no other message. It holds itself until the actor has ended.
///
/// The block begins with a cache line, so its members stand by who writes them: the first line has what producers and
/// the consumer only read, but for the count of holders and the scheduler's link; the second what both write, the third
/// what is the consumer's own. They leave room for a small actor there.
class ZOOID_API cell final : public runnable, public target, public context {
 public:
  [[nodiscard]] static intrusive_ptr<cell> make(core& of, const actor_maker& maker, slot* name);

  // target: any thread.
  errc accept(const request& what) override;
  void when_room(intrusive_ptr<room_waiter> waiter) override;
  /// The same for half of the room.
  void when_half_empty(intrusive_ptr<room_waiter> waiter);
  errc abandon(call& given_up) noexcept override;
  void completed(intrusive_ptr<call> answered) noexcept override;
  [[nodiscard]] bool stores_messages() const noexcept override { return true; }
  [[nodiscard]] core* home() const noexcept override { return core_.get(); }
  [[nodiscard]] actor_id id() const noexcept override { return {core_->id(), number_}; }
  [[nodiscard]] std::string describe() const override;

  // runnable: the scheduler.
  void run() override;

  /// Any thread.
  void post(envelope& what, bool urgent) noexcept;
  /// A message to itself, which passes the mailbox's bound. Any thread.
  void post_own(envelope& what) noexcept;
  /// A message that brings its handler with it, within the mailbox's bound; when it is refused, it stays the caller's.
  /// Any thread.
  [[nodiscard]] errc offer(envelope& what) noexcept;
  /// The same as `accept` for a tell, except that it joins those in `to`, which are pushed together: all or none.
  [[nodiscard]] errc gather(message_chain& to, const request& what);
  /// Empties the chain; unless errc{} comes back, its messages are gone.
  [[nodiscard]] errc push(message_chain& gathered) noexcept;
  [[nodiscard]] bool is_full() const noexcept { return has_reached(depth(), 1); }
  [[nodiscard]] bool is_half_full() const noexcept { return has_reached(depth(), 2); }
  [[nodiscard]] bool has_ended() const noexcept { return mailbox_.closed(); }
  /// Posts what the actor has to begin with. Once, by who made it.
  void start();
  void request_stop() noexcept;
  [[nodiscard]] const contract_type* contract() const noexcept { return type_->contract; }
  [[nodiscard]] std::uint64_t taken() const noexcept;
  [[nodiscard]] std::uint64_t handled() const noexcept { return handled_.load(std::memory_order_acquire); }
  /// What it is doing, for the report of a stop: "2 messages queued, waits inside a handler of Greet".
  [[nodiscard]] std::string work_left() const;
  [[nodiscard]] bool in_turn() const noexcept { return in_turn_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t queued() const noexcept;
  [[nodiscard]] bool busy() const noexcept;
  [[nodiscard]] const actor_type& type() const noexcept { return *type_; }

  // The cell's own turn.
  void add_pending(call& made, time_point deadline);
  void remove_pending(call& ended) noexcept;
  void suspend(call* on);
  /// The same for room in a full target, or to give way; `waiting` is resumed at the deadline at the latest.
  void suspend_for_room(intrusive_ptr<coroutine_wait> waiting, time_point deadline);
  /// Runs the continuation of an ended call in a later turn.
  void defer(call& ended);
  /// After the message being handled, if there is one.
  void end_actor() noexcept {
    if (active_ != nullptr) {
      ends_after_message_ = true;
    } else {
      ending_ = true;
    }
  }
  [[nodiscard]] const envelope* active() const noexcept { return active_; }

  std::atomic<bool> observed{false};  ///< The core's observer hears of its end.
  bool alive = true;                  ///< Guarded by the core's list mutex.

 private:
  static constexpr std::uint64_t message_mask = 0xFFFFFFFF;

  struct room_list {
    std::mutex mutex;
    // Guarded by mutex:
    std::vector<intrusive_ptr<room_waiter>> waiters;  // By ticket.
    std::uint64_t last_ticket = 0;
  };

  cell(core& of, const actor_type& type, slot* name);
  ~cell() override;
  void destroy() noexcept override;

  [[nodiscard]] void* actor() noexcept { return reinterpret_cast<std::byte*>(this) + actor_offset(*type_); }
  [[nodiscard]] static std::size_t actor_offset(const actor_type& type) noexcept;
  [[nodiscard]] std::uint64_t depth() const noexcept {
    const std::uint64_t popped = popped_.load(std::memory_order_seq_cst);
    return pushed_.load(std::memory_order_acquire) - popped;
  }
  [[nodiscard]] bool has_reached(std::uint64_t depth, std::uint64_t share) const noexcept {
    return (depth & message_mask) * share >= most_messages_ || (depth >> 32) * share >= most_units_;
  }
  void add_room_waiter(intrusive_ptr<room_waiter> waiter);
  void notify_room() noexcept;

  /// Somebody may wait for half of the room. Who began to with what the consumer has popped since still counted, saw
  /// half of it used; so at least a quarter is left for a turn that sees him.
  [[nodiscard]] bool is_long() const noexcept { return has_reached(depth(), 4); }
  [[nodiscard]] errc refuses(const request& what, std::uint64_t gathered) const noexcept;
  [[nodiscard]] envelope& make_message(const request& what) const;
  [[nodiscard]] errc push(envelope& what, bool urgent) noexcept;
  [[nodiscard]] errc push(const message_chain& all, bool urgent) noexcept;
  [[nodiscard]] errc end_reason() const noexcept;
  void handle_some(turn& now);
  bool collect() noexcept;
  [[nodiscard]] bool may_close_cycle(const envelope& what) const noexcept;
  [[nodiscard]] bool closes_cycle(const call& asked) const noexcept;
  void refuse_cycles() noexcept;
  void handle_urgent(envelope& what, turn& now);
  void handle(envelope& what, turn& now);
  void begin(envelope& what, turn& now, handler how);
  void hold(running begun);
  void resume(std::coroutine_handle<> where, turn& now);
  void after_step(turn& now);
  void failed(std::exception_ptr why) noexcept;
  void end_message(errc dead) noexcept;
  void end(envelope& what, errc dead) noexcept;
  void lose(std::string_view message, errc why) noexcept;
  void end_calls(errc why) noexcept;
  void expire_calls(turn& now);
  void end_room_wait(turn& now);
  void arm(time_point deadline);
  void run_continuation(call& ended);
  void finish_turn() noexcept;
  void retire() noexcept;
  void bury(envelope* first, errc why) noexcept;

  [[nodiscard]] cell_waits& waits();
  [[nodiscard]] bool is_suspended() const noexcept { return waits_ != nullptr && waits_->coroutine.coroutine; }

  // Seldom written.
  const actor_type* type_;
  const std::uint32_t most_messages_;  // The mailbox's bounds, as pushed_ counts.
  const std::uint32_t most_units_;
  intrusive_ptr<core> core_;

 public:
  const intrusive_ptr<slot> name;  // Null for most.

 private:
  // Producers.
  mailbox mailbox_;
  std::atomic<std::uint64_t> pushed_{0};  // Low half: messages; high half: their size in 64-byte units.

  // The cell's turn, when it ends; others read.
  std::atomic<std::uint64_t> popped_{0};   // As pushed_.
  std::atomic<std::uint64_t> handled_{0};  // Messages.
  std::atomic<room_list*> room_{nullptr};

  const std::uint64_t number_;

 public:
  // Guarded by the core's list mutex:
  cell* next_listed = nullptr;
  cell* previous_listed = nullptr;

 private:
  // The cell's own turn.
  envelope_list fifo_;
  envelope* active_ = nullptr;
  std::unique_ptr<cell_waits> waits_;
  std::uint64_t popped_here_ = 0;       // What popped_ becomes at the end of the turn.
  std::atomic<std::uint64_t> lost_{0};  // Messages that became dead letters; others read.
  std::uint32_t chained_ = 0;           // In fifo_, those that may_close_cycle.
  std::uint16_t handled_here_ = 0;      // Since the last end of a turn.
  std::atomic<bool> in_turn_{false};    // Others read.
  bool was_long_ : 1 = false;           // At some time in this turn, so that somebody may wait for room.
  bool ending_ : 1 = false;
  bool ends_after_message_ : 1 = false;
};
static_assert(sizeof(cell) + 8 <= 3 * 64);

/// Cells that carry a name together, each with the same actor class. What has ended leaves a gap. Any thread reads.
class team {
 public:
  explicit team(std::span<const intrusive_ptr<cell>> members);

  /// The one with the fewest messages, in turn among equals. Null when all have ended.
  [[nodiscard]] cell* least_busy() noexcept;

  // Guarded by the slot's mutex:
  [[nodiscard]] bool remove(const cell& gone) noexcept;
  [[nodiscard]] bool is_empty() const noexcept;
  [[nodiscard]] std::vector<intrusive_ptr<cell>> members() const;

 private:
  std::vector<std::atomic<cell*>> members_;
  std::atomic<std::size_t> turn_{0};
};

/// A message for `to` was refused, for good.
ZOOID_API void count_refusal(const target& to, errc why) noexcept;

/// A service's name: whichever actor carries it, or one of several that carry it together. Any thread.
class ZOOID_API slot final : public target {
 public:
  slot(core& of, std::string name) : core_(&of), name_(std::move(name)) {}

  errc accept(const request& what) override;
  void when_room(intrusive_ptr<room_waiter> waiter) override;
  errc abandon(call& given_up) noexcept override;
  void completed(intrusive_ptr<call> answered) noexcept override;
  [[nodiscard]] bool stores_messages() const noexcept override { return true; }
  [[nodiscard]] core* home() const noexcept override { return core_.get(); }
  [[nodiscard]] actor_id id() const noexcept override;
  [[nodiscard]] std::string describe() const override { return name_; }

  /// Who carries the name; of several, whom the next message should go to.
  [[nodiscard]] intrusive_ptr<cell> current() const noexcept;
  /// Do several carry it, so that `current` differs from message to message?
  [[nodiscard]] bool is_shared() const noexcept { return team_.load(std::memory_order_relaxed) != nullptr; }
  /// All who carry it.
  [[nodiscard]] std::vector<intrusive_ptr<cell>> carriers() const;
  /// Gives the name to one cell, or to several; false when somebody has it.
  [[nodiscard]] bool set(std::span<const intrusive_ptr<cell>> carriers);
  void unset(const cell& gone) noexcept;

  mutable service_counters counters;

 private:
  intrusive_ptr<core> core_;  // Which holds its slots until it stops.
  const std::string name_;
  mutable std::mutex mutex_;
  // Changed with mutex_, read without it; at most one of the two is not null:
  std::atomic<cell*> current_{nullptr};
  std::atomic<team*> team_{nullptr};
  mutable std::atomic<std::uint32_t> readers_{0};
};

}  // namespace zooid::detail
