// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "door_probe.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Follows one node of a running topology: asks whether it is ready until it is, and then, if that is wanted, how it is
/// once a second. One thread.
class node_watch {
 public:
  using time_point = poll_loop::time_point;

  /// Begins to ask. `endpoint`: where the node listens, with the keys for that. `on_ready` is called once.
  node_watch(poll_loop& loop, const std::string& endpoint, const connection_keys& keys, bool wants_stats,
             std::function<void()> on_ready);
  node_watch(node_watch&&) = delete;

  /// When `step` has to be called, if nothing happens before; and does what is due then.
  [[nodiscard]] time_point due() const;
  void step(time_point now);

  /// Why it is not ready, or was not to be asked how it is; empty when all is well.
  [[nodiscard]] std::string complaint() const;
  /// It will never say that it is ready: it takes no questions of ours.
  [[nodiscard]] bool is_hopeless() const noexcept { return is_hopeless_; }
  /// Messages that its actors handled, a second; and those that wait for them.
  [[nodiscard]] std::optional<double> rate() const noexcept { return rate_; }
  [[nodiscard]] std::optional<std::uint64_t> queued() const noexcept { return queued_; }

 private:
  void on_answer(const door_probe::outcome& got);
  void read_stats(const std::string& json, time_point now);

  const bool wants_stats_;
  const std::function<void()> on_ready_;
  bool is_ready_ = false;
  bool is_hopeless_ = false;
  std::string complaint_;
  std::optional<double> rate_;
  std::optional<std::uint64_t> queued_;
  std::uint64_t handled_ = 0;
  std::optional<time_point> counted_;  // When `handled_` was so many.
  time_point next_question_{};         // When none is under way.
  door_probe probe_;
};
