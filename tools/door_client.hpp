// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "watched_socket.hpp"

#include <string>
#include <string_view>

/// Asks one node by its plain door (docs/protocol.md, section 11), one question at a time. One thread.
class door_client {
 public:
  /// Every question is given `patience`, and so is the connection. Throws `failure` when the endpoint is malformed,
  /// or what `keys` names.
  door_client(const std::string& endpoint, std::chrono::milliseconds patience, const tool_keys& keys = {});
  door_client(std::string endpoint, std::chrono::milliseconds patience, const connection_keys& keys);

  /// Waits for the connection; `ask` does so too. Throws `failure`.
  void connect();
  /// The reply, as JSON. Throws `failure`: the node's error, with what can be done about it, or why there is no answer.
  [[nodiscard]] std::string ask(std::string_view service, std::string_view message, std::string_view json);

  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

 private:
  [[noreturn]] void fail_to_reach() const;
  [[noreturn]] void refused(std::string_view service, std::string_view message, const std::string& status,
                            const std::string& json) const;

  const std::string endpoint_;
  const std::chrono::milliseconds patience_;
  watched_socket socket_;
};

/// "within 5 s", for errors.
[[nodiscard]] std::string within(std::chrono::milliseconds patience);
