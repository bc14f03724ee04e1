// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/clock.hpp>
#include <zooid/intrusive_ptr.hpp>

#include <vector>

namespace zooid::detail {

class call;
class cell;

/// Something that gathers what actors do and wants to act on it before their turn ends: a session with an open batch.
class turn_listener : public ref_counted {
 public:
  virtual void on_turn_end() noexcept = 0;
};

/// What the present thread is doing for which cell, kept in a thread_local that is set at every turn: whose call it is,
/// what time is left for it and who it comes from is read here.
class ZOOID_API turn {
 public:
  explicit turn(cell& of, clock& time) noexcept : self_(of), time_(time), outer_(current_) { current_ = this; }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn() {
    end();
    current_ = outer_;
  }

  /// The turn of the calling thread; null on a plain thread.
  [[nodiscard]] static turn* current() noexcept { return current_; }

  [[nodiscard]] cell& self() const noexcept { return self_; }
  /// The time, read once.
  [[nodiscard]] time_point now() noexcept {
    if (!now_known_) {
      now_ = time_.now();
      now_known_ = true;
    }
    return now_;
  }
  /// Tells `listener` when this turn ends, once. True: it had not asked for that before.
  bool at_end(turn_listener& listener);
  void end() noexcept {
    if (has_listeners_) tell_listeners();
  }
  /// Counts what a coroutine awaits though it is over already. False: it has gone on like that for long enough.
  [[nodiscard]] bool may_go_on() noexcept { return ++went_on_ < longest_run; }
  /// A coroutine has gone on for long enough, or something has been gathered for longer than it should be held back.
  [[nodiscard]] bool should_end() const noexcept {
    return went_on_ >= longest_run || (has_listeners_ && gathers_for_long());
  }

  call* handling = nullptr;  ///< The call that is being answered; null for a tell.

 private:
  void tell_listeners() noexcept;
  [[nodiscard]] bool gathers_for_long() const noexcept;

  static constexpr unsigned longest_run = 256;

  static constinit thread_local turn* current_;

  cell& self_;
  clock& time_;
  turn* const outer_;
  time_point now_{};
  bool now_known_ = false;
  bool has_listeners_ = false;
  unsigned went_on_ = 0;
  time_point gathering_since_{};
};

}  // namespace zooid::detail
