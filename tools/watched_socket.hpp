// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tool_keys.hpp"

#include <zmq.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using steady = std::chrono::steady_clock;

/// A ZeroMQ socket with one connection, and a monitor that knows how the connection is: ZeroMQ itself would try for
/// ever, without a word. One thread.
class watched_socket {
 public:
  enum class state {
    connecting,  ///< Nothing is known yet.
    refused,     ///< Nothing listens there. It goes on trying.
    silent,      ///< Something took the connection and has not spoken ZeroMQ yet.
    not_spoken,  ///< Something listens there that is no fitting ZeroMQ socket.
    connected,
    lost,  ///< It was connected. It goes on trying.
  };
  struct ready {
    bool message = false;  ///< `receive` has something.
    bool change = false;   ///< `now` may be another.
    bool other = false;    ///< The file descriptor can be read.
  };

  /// Begins to connect. Throws `failure` when ZeroMQ does not take the endpoint.
  watched_socket(zmq::socket_type type, const std::string& endpoint, const connection_keys& keys = {});
  watched_socket(watched_socket&&) = delete;

  /// Waits until something of `ready` holds; nothing does when time is over. `other` is a file descriptor, or -1.
  [[nodiscard]] ready wait(steady::time_point until, int other = -1);
  /// The parts of the next message; none when there is no message.
  [[nodiscard]] std::vector<std::string> receive();
  /// For loops of one's own: when one of them can be read, `wait` until there is nothing new, since they tell of
  /// changes only. So do after anything else that is done with the socket.
  [[nodiscard]] std::array<int, 2> files() const;
  [[nodiscard]] zmq::socket_t& socket() noexcept { return socket_; }
  [[nodiscard]] state now() const noexcept { return state_; }
  /// Of `not_spoken`, as far as it is known: that keys are to blame, and what to do. Else empty.
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }
  /// How often it became connected.
  [[nodiscard]] int connections() const noexcept { return connections_; }

 private:
  void note(int event, std::uint32_t value);

  zmq::context_t context_;
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  const bool has_keys_;
  state state_ = state::connecting;
  std::string refusal_;
  int connections_ = 0;
};
