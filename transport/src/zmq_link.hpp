// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_socket.hpp"

#include <zooid/link.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
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

class dialled_link;

/// Hears from libzmq what becomes of a dialled link.
class zmq_monitor final : public zmq_socket {
 public:
  zmq_monitor(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
              std::weak_ptr<dialled_link> link);
  void serve() override;
  void shut() override;

 private:
  friend class dialled_link;

  const std::weak_ptr<dialled_link> link_;
  std::vector<zmq_part> batch_;  // the receiving thread's
};

/// One DEALER. libzmq tries until it is connected once; the first disconnection ends it, so that nothing old is
/// replayed.
class dialled_link final : public link, public zmq_socket {
 public:
  dialled_link(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
               std::string endpoint, std::shared_ptr<link_listener> listener);

  /// Throws zmq::error_t when libzmq cannot read the endpoint. `monitor_name` is new each time.
  void connect(zmq::context_t& context, const zmq_options& options, const std::string& monitor_name);

  void send(byte_buffer frame) override;
  void close() override;
  [[nodiscard]] std::string peer() const override { return endpoint_; }

  void serve() override;
  void shut() override { close(); }

  // Only the receiving thread:
  void came_up();
  void went_down(std::string_view why);

 private:
  bool deliver();
  void close_sockets();

  const std::string endpoint_;
  link_audience audience_;
  std::shared_ptr<zmq_monitor> monitor_;
  std::atomic<bool> up_{false};
  std::vector<zmq_part> batch_;  // the receiving thread's
};

}  // namespace zooid
