// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_splitter.hpp"
#include "live_table.hpp"
#include "node_watch.hpp"
#include "poll_loop.hpp"
#include "restart_policy.hpp"
#include "service_process.hpp"
#include "topology.hpp"
#include "up_screen.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// One service of a running topology, over all its runs: starts it, learns when it is ready, restarts it by its rule,
/// ends it, and says so on the screen. When it may start and when it must stop is decided by others. One thread.
class up_service {
 public:
  using time_point = poll_loop::time_point;

  enum class state {
    waiting,   ///< Not started yet.
    starting,  ///< Runs, and is not ready yet.
    ready,     ///< Runs.
    pausing,   ///< Has ended, and will be started again.
    stopping,  ///< Runs, and was told to end.
    ended,     ///< For good, and nobody minds.
    failed,    ///< For good.
  };

  /// `number`: its place among the topology's services. `keys`: for asking it. What is referred to must outlive it.
  up_service(const topology& whole, std::size_t number, connection_keys keys, poll_loop& loop, up_screen& screen);
  up_service(up_service&&) = delete;
  ~up_service();

  /// For the first time, or again when it pauses.
  void start(time_point now);
  /// SIGTERM, and SIGKILL when `topology::drain` is over. Who does not run, will not.
  void stop(time_point now);
  /// At once.
  void kill();

  /// When `step` has to be called, if nothing happens before; and does what is due then. Of who pauses: when it may be
  /// started.
  [[nodiscard]] time_point due() const;
  void step(time_point now);
  /// Whether its output is read: what it has no room for in the pipe makes it wait.
  void read_output(bool allowed);

  [[nodiscard]] state now() const noexcept { return state_; }
  [[nodiscard]] bool runs() const noexcept { return process_.has_value(); }
  /// Those that need it may start.
  [[nodiscard]] bool is_of_use() const noexcept { return state_ == state::ready || state_ == state::ended; }
  /// Ended with exit code 0, without having been told to.
  [[nodiscard]] bool has_finished() const noexcept { return has_finished_; }
  /// Why it has failed for good; empty if it has not.
  [[nodiscard]] const std::string& failure_words() const noexcept { return failure_; }
  [[nodiscard]] const std::string& name() const noexcept { return plan_.name; }
  [[nodiscard]] live_row row(time_point at) const;

 private:
  /// One of its two pipes.
  struct stream {
    explicit stream(std::function<void(std::string_view)> on_line) : lines(std::move(on_line)) {}
    int file = -1;  // -1: it has ended, or nothing runs.
    line_splitter lines;
  };

  void say(const std::string& words);
  void watch(stream& from);
  /// False: there is no more for now.
  bool read_from(stream& from);
  void finish(stream& from);
  void become_ready();
  void give_up_starting(time_point now);
  void on_end(time_point now);
  void decide(const std::string& how, bool well, time_point now);
  void fail(const std::string& why);

  const topology& whole_;
  const service_plan& plan_;
  const std::size_t number_;
  const bool is_needed_;
  const connection_keys keys_;
  poll_loop& loop_;
  up_screen& screen_;

  state state_ = state::waiting;
  bool has_finished_ = false;
  std::string failure_;
  restart_policy policy_;
  unsigned restarts_ = 0;
  bool has_run_ = false;
  time_point resume_{};  // When it pauses.
  std::string last_error_;

  // Of the present run, or of the latest one:
  std::optional<service_process> process_;
  time_point began_{};
  time_point deadline_{};  // While it starts: for being ready. While it stops: for having ended.
  bool reads_output_ = true;
  std::string last_words_;  // The last line of its standard error.
  stream output_;
  stream errors_;
  std::optional<node_watch> watch_;  // Of who has an endpoint, until it is told to end.
};
