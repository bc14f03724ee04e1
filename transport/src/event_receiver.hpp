// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/events.hpp>
#include <zooid/scheduler.hpp>

#include "cell.hpp"

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace zooid {

class event_receiver;

/// Where a receiver's events come from: this node's publisher, or what it hears of another one.
class event_origin : public ref_counted {
 public:
  /// The receiver has handed on more of what it held. Any thread, without a lock held.
  virtual void on_progress(event_receiver& by) = 0;
  virtual void cancel(event_receiver& which) = 0;
};

/// One subscription of one actor: brings events into its mailbox, in their order. When that is full, lossy events are
/// counted, and a gap takes their place once there is room; lossless ones wait here, and what the publisher may send on
/// is bounded by that. As a target it is whom one asks whether the subscription is confirmed. Any thread.
class event_receiver final : public detail::target, public runnable {
 public:
  event_receiver(intrusive_ptr<detail::cell> to, const detail::event_handlers& how, detail::event_choice which,
                 bool owns_actor);

  [[nodiscard]] const detail::event_codec& event() const noexcept { return *how_.event; }
  [[nodiscard]] const detail::event_choice& which() const noexcept { return which_; }
  [[nodiscard]] const detail::cell& actor() const noexcept { return *to_; }

  /// An event, or what makes one: `construct` may throw, then nothing has happened. `sequence` numbers it among those
  /// that the filter lets through.
  void deliver(std::uint64_t sequence, void (*construct)(void*, void*), void* from, std::uint32_t bytes,
               const actor_id& sender);
  /// Events up to `sequence` are missing; how many, if that is known. Nothing is before the first `confirm`.
  void miss(std::uint64_t sequence, std::optional<std::uint64_t> count);

  /// Events with numbers above `sequence` will come.
  void confirm(std::uint64_t sequence, event_origin& by);
  void fail(const error& why);
  /// The number below which nothing is held any more.
  [[nodiscard]] std::uint64_t settled() const;
  /// Drops what is held. Ends the actor, if it was started for this only.
  void close() noexcept;
  void cancel() noexcept;
  void set_origin(intrusive_ptr<event_origin> from);

  void run() override;

  // target.
  errc accept(const detail::request& what) override;
  void when_room(intrusive_ptr<detail::room_waiter> waiter) override { waiter->on_room(); }
  errc abandon(detail::call& given_up) noexcept override;
  void completed(intrusive_ptr<detail::call>) noexcept override {}
  [[nodiscard]] detail::core* home() const noexcept override { return to_->home(); }
  [[nodiscard]] bool stores_messages() const noexcept override { return false; }
  [[nodiscard]] actor_id id() const noexcept override { return to_->id(); }
  [[nodiscard]] std::string describe() const override;

 private:
  struct held_event {
    detail::envelope* what;
    std::uint64_t sequence;
  };

  // With mutex_ held:
  [[nodiscard]] detail::envelope* make(const detail::message_type& type, detail::handler handles, std::uint32_t bytes,
                                       const actor_id& sender) const;
  [[nodiscard]] detail::envelope* make_gap(std::optional<std::uint64_t> count) const;
  void put(detail::envelope* what, std::uint64_t sequence);
  bool put_missed();
  bool post(detail::envelope* what);
  void wait_for_room();

  const intrusive_ptr<detail::cell> to_;
  const detail::event_handlers& how_;
  const detail::event_choice which_;
  const bool owns_actor_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  intrusive_ptr<event_origin> origin_;  // Null once closed.
  bool closed_ = false;
  bool waits_ = false;
  std::deque<held_event> held_;  // Lossless ones.
  std::uint64_t last_ = 0;       // The latest that was brought here.
  bool misses_ = false;          // Lossy ones, and a gap is owed.
  std::optional<std::uint64_t> missed_ = 0;
  bool confirmed_ = false;
  std::optional<error> failure_;
  std::vector<intrusive_ptr<detail::call>> asked_;
};

}  // namespace zooid
