// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "poll_loop.hpp"
#include "topology.hpp"
#include "up_screen.hpp"
#include "up_service.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

/// A topology from its start to its end: who may start, who must stop, and when it is over. One thread, which waits at
/// one place only. The process's signals are its own meanwhile.
class up_run {
 public:
  using time_point = poll_loop::time_point;

  /// Starts nothing yet. The topology must outlive it. Throws `failure` when `keys` do not do.
  up_run(const topology& whole, const tool_keys& keys);
  up_run(up_run&&) = delete;
  ~up_run();

  /// Returns when everything has ended well, or was interrupted once. Throws `failure` with what went wrong.
  void run();

 private:
  void announce();
  void settle();
  void look_for_the_end();
  [[nodiscard]] bool has_what_it_needs(std::size_t which) const;
  void start_what_may(time_point now);
  void stop_what_may();
  void drain(const std::string& why);
  void read_signals();
  void draw(time_point now);
  [[nodiscard]] time_point next_due() const;
  [[nodiscard]] bool is_over() const;
  void finish_output();
  void report() const;

  const topology& whole_;
  poll_loop loop_;
  up_screen screen_;
  int signals_ = -1;
  std::deque<up_service> services_;                  // As in `whole_`; they do not move.
  std::vector<std::vector<std::size_t>> needed_by_;  // As there.

  bool draining_ = false;
  bool interrupted_ = false;  // Once,
  time_point interrupted_at_{};
  bool was_killed_ = false;             // and once more, when
  std::string killed_;                  // these ran.
  const up_service* failed_ = nullptr;  // The first one.
  time_point began_{};
  time_point next_drawing_{};
  std::vector<up_service::state> drawn_;  // What the table shows.
};
