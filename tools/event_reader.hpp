// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_text.hpp"
#include "watched_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A subscription to one event of one node, as docs/protocol.md lets foreign programs have it. Reports on standard
/// error what its user should know: that it holds, that the connection was lost, that events are missing. One thread.
class event_reader {
 public:
  struct choice {
    std::string event;
    std::string key;  ///< The whole key, or how it begins.
    bool whole_key = false;
  };

  /// `endpoint`: where the node's events leave. `stop`: a file descriptor that ends all waiting when it can be read.
  /// `keys`: those for the node itself; its events have them, too.
  event_reader(std::string endpoint, choice which, std::chrono::milliseconds patience, int stop,
               const connection_keys& keys = {});

  /// Waits until the subscription holds; events before are dropped. False when it was interrupted. Throws `failure`
  /// when patience is over.
  [[nodiscard]] bool confirm();
  /// The next event, with its topic, key, sequence and node; nothing when time is over or it was interrupted.
  [[nodiscard]] std::optional<ordered_json> next(steady::time_point until);
  [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }

 private:
  [[nodiscard]] bool wait(steady::time_point until);
  void renew_token();
  [[nodiscard]] bool is_confirmation(const std::vector<std::string>& parts) const;
  void confirmed(const std::string& json);
  [[nodiscard]] std::optional<ordered_json> read(const std::vector<std::string>& parts);
  void follow(std::uint64_t sequence, const std::string& node);

  const std::string endpoint_;
  const choice which_;
  const std::chrono::milliseconds patience_;
  const int stop_;
  watched_socket socket_;
  std::string begins_;  // What all topics of the choice begin with.

  bool interrupted_ = false;
  bool holds_ = false;
  bool said_lost_ = false;
  int connections_ = 0;  // The latest for which confirmation was asked.

  const std::string own_;  // Makes tokens unique.
  std::string token_;      // The latest; empty when none is under way.
  std::uint64_t tokens_ = 0;
  steady::time_point renewal_{};

  std::string node_;  // Of the latest event.
  std::uint64_t sequence_ = 0;
};
