// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_keys.hpp"
#include "zmq_socket.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace zooid {

/// A socket with one connection, which it dialled, and whose monitor tells it what becomes of that.
class zmq_connection {
 public:
  virtual ~zmq_connection() = default;
  // Only the receiving thread:
  virtual void came_up() = 0;
  virtual void went_down() = 0;
  /// It will not come up, though libzmq may go on trying.
  virtual void was_refused(zmq_refusal how) = 0;
  /// Closes the socket, and then its monitor. Any thread.
  virtual void give_up() = 0;
};

/// Hears from libzmq what becomes of a connection that was dialled.
class zmq_monitor final : public zmq_socket {
 public:
  /// Begins to hear of `dialling`, which is not connected yet. `name` is new each time. Throws zmq::error_t.
  zmq_monitor(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
              std::weak_ptr<zmq_connection> connection, zmq::socket_t& dialling, const std::string& name);

  /// False once the network is closed.
  [[nodiscard]] bool begin() { return watch(); }
  /// Only once the other socket is closed: libzmq's I/O thread would wait for ever to tell a monitor that is gone.
  void close() { close_socket(); }

  void serve() override;
  void shut() override;

 private:
  void tell(zmq_connection& connection, std::uint16_t event, std::uint32_t value);

  const std::weak_ptr<zmq_connection> connection_;
  // The receiving thread's:
  std::vector<zmq_part> batch_;
  int closed_in_a_row_ = 0;  // Connections, by the other side, during the handshake.
};

}  // namespace zooid
