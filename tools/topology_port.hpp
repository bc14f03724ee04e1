// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Keeps one TCP port for a service: it is bound here, but nobody listens. The service's own socket may bind it as
/// well, since ZeroMQ sets SO_REUSEADDR; the kernel gives it to nobody who asks for any port, and it does not become
/// the near end of a connection. So it stays the service's over restarts. Closed by exec.
class held_port {
 public:
  /// Of "tcp://host:port". Port 0: any free one. Throws `failure`, with exit_code::usage and a reason to go behind
  /// "cannot listen at tcp://host:port: ", when it is in use, or cannot be used on this machine.
  explicit held_port(std::string_view endpoint);
  held_port(held_port&& other) noexcept;
  held_port& operator=(held_port&& other) noexcept;
  ~held_port();

  /// With the port that it has.
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

 private:
  int fd_ = -1;
  std::string endpoint_;
};
