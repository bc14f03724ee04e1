// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_monitor.hpp"
#include "zmq_socket.hpp"

#include <zooid/link.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace zooid {

/// Who hears of events, until it is over. Any thread.
template <class Listener>
class event_audience {
 public:
  explicit event_audience(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

  [[nodiscard]] bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// Null once ended.
  [[nodiscard]] std::shared_ptr<Listener> listener() const {
    std::lock_guard lock(mutex_);
    return listener_;
  }
  void end() {
    std::shared_ptr<Listener> dropped;  // freed after unlocking
    std::lock_guard lock(mutex_);
    ended_.store(true, std::memory_order_release);
    dropped.swap(listener_);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Listener> listener_;  // guarded by mutex_
  std::atomic<bool> ended_{false};
};

/// One XPUB. It keeps the subscriptions, sends each subscriber what it asked for, and is told of first and last ones.
class outlet_socket final : public event_outlet, public zmq_socket {
 public:
  outlet_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                event_flow flow, std::shared_ptr<event_outlet_listener> listener);

  /// Throws zmq::error_t.
  void bind(const std::string& endpoint);

  void send(std::span<byte_buffer> parts) override;
  void send_each(std::span<byte_buffer> messages) override;
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }

  void serve() override;
  void shut() override;

 private:
  /// As the parts of one message, or as messages of their own.
  void post_all(std::span<byte_buffer> buffers, bool as_one);

  event_audience<event_outlet_listener> audience_;
  std::string endpoint_;         // set before other threads know the socket
  std::vector<zmq_part> batch_;  // the receiving thread's
};

/// One SUB. libzmq connects it again and again, and then tells the outlet of all subscriptions, in the order of their
/// bytes.
class inlet_socket final : public event_inlet, public zmq_socket, public zmq_connection {
 public:
  inlet_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
               event_flow flow, std::string endpoint, std::shared_ptr<event_inlet_listener> listener);

  /// Throws zmq::error_t when libzmq cannot read the endpoint. `monitor_name` is new each time; only with keys it is
  /// monitored.
  void connect(zmq::context_t& context, const zmq_options& options, const std::string& monitor_name);

  void subscribe(std::string topic) override;
  void unsubscribe(std::string topic) override;
  void close() override;

  void serve() override;
  void shut() override { close(); }

  // The session, which is older, tells what is to be told of these:
  void came_up() override {}
  void went_down() override {}
  void was_refused(zmq_refusal how) override;
  void give_up() override { close(); }

 private:
  const std::string endpoint_;
  const std::shared_ptr<const zmq_keys> keys_;
  event_audience<event_inlet_listener> audience_;
  std::shared_ptr<zmq_monitor> monitor_;
  std::vector<zmq_part> batch_;  // the receiving thread's
};

}  // namespace zooid
