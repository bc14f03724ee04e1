// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_monitor.hpp"
#include "zmq_socket.hpp"

#include <zooid/link.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace zooid {

/// Who listens to a link, for as long as it is open. Any thread.
class link_audience {
 public:
  void begin(std::shared_ptr<link_listener> listener);
  /// Null once ended.
  [[nodiscard]] std::shared_ptr<link_listener> listener() const;
  [[nodiscard]] bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// The listener, for a last word; null for everybody but the first who ends it.
  std::shared_ptr<link_listener> end();

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<link_listener> listener_;  // guarded by mutex_
  std::atomic<bool> ended_{false};
};

/// One DEALER. libzmq tries until it is connected once; the first disconnection ends it, so that nothing old is
/// replayed.
class dialled_link final : public link, public zmq_socket, public zmq_connection {
 public:
  /// `server_key`: whom it expects there, if the options have keys.
  dialled_link(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
               std::string endpoint, std::string server_key, std::shared_ptr<link_listener> listener);

  /// Throws zmq::error_t when libzmq cannot read the endpoint. `monitor_name` is new each time.
  void connect(zmq::context_t& context, const zmq_options& options, const std::string& monitor_name);

  void send(byte_buffer frame) override;
  void close() override;
  [[nodiscard]] std::string peer() const override { return endpoint_; }
  [[nodiscard]] std::string key() const override { return server_key_; }

  void serve() override;
  void shut() override { close(); }

  void came_up() override;
  void went_down() override;
  void was_refused(zmq_refusal how) override;
  void give_up() override { close(); }

 private:
  bool deliver();
  void close_sockets();

  const std::string endpoint_;
  const std::string server_key_;
  const std::shared_ptr<const zmq_keys> keys_;
  link_audience audience_;
  std::shared_ptr<zmq_monitor> monitor_;
  std::atomic<bool> up_{false};
  std::vector<zmq_part> batch_;  // the receiving thread's
};

}  // namespace zooid
