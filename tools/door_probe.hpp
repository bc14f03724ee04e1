// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "poll_loop.hpp"
#include "watched_socket.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Asks the reserved service "zooid" of one node, one question at a time, without ever waiting. One thread.
///
/// This is `door_client` turned inside out, since `zooid up` must not stand still while a service starts or hangs, and
/// a thread for each question would only have to hand its answers back to the loop.
class door_probe {
 public:
  struct outcome {
    bool answered = false;
    bool refused = false;  ///< Answered, with an error.
    std::string text{};    ///< The reply as JSON, or why there is none.
  };

  /// `on_outcome` is called once for each question, out of `step` or of `loop`; it may ask the next one.
  door_probe(poll_loop& loop, std::string endpoint, const connection_keys& keys,
             std::function<void(const outcome&)> on_outcome);
  door_probe(door_probe&&) = delete;
  ~door_probe();

  /// Begins to ask, if no question is under way. Nothing is sent before there is a connection.
  void ask(std::string_view message, steady::time_point until);
  [[nodiscard]] bool is_asking() const noexcept { return !question_.empty(); }
  /// Why a question that is under way has no answer yet, as far as it is known.
  [[nodiscard]] std::string silence() const;
  /// When `step` has to be called, if nothing happens before.
  [[nodiscard]] steady::time_point due() const noexcept;
  /// Gives up what is due.
  void step(steady::time_point now);

 private:
  void open();
  void close();
  void look();
  void send();
  void receive();
  void end(outcome how);

  poll_loop& loop_;
  const std::string endpoint_;
  const connection_keys keys_;
  const std::function<void(const outcome&)> on_outcome_;
  std::optional<watched_socket> socket_;
  std::array<int, 2> watched_{-1, -1};
  std::string question_;  // Empty: nothing is asked.
  bool sent_ = false;
  steady::time_point until_{};
};
