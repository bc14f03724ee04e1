// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_options.hpp"

#include <zooid/link.hpp>
#include <zooid/scheduler.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace zmq {
class context_t;
}

namespace zooid {

class router_socket;
class zmq_authenticator;
class zmq_reactor;

/// Links over ZeroMQ: one context, one ROUTER that listens, one DEALER for each dial; an XPUB for each outlet of
/// events, a SUB for each inlet; with keys, also who answers libzmq's question whether somebody may connect. Any
/// thread.
///
/// All events come from inside `wait`. `close` returns when none is running any more, except one that it was called
/// from; afterwards `wait` only sleeps.
class zmq_network final : public network, public reactor {
 public:
  /// Throws setup_error `overloaded` when there are too many open files.
  explicit zmq_network(const zmq_options& options);
  ~zmq_network() override;
  zmq_network(zmq_network&&) = delete;

  /// Throws setup_error: address_in_use, malformed_address, denied, or shutdown once closed. ipc: endpoints too.
  std::string listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) override;
  /// Throws setup_error: malformed_address, overloaded when there are too many sockets, or, with keys, denied or
  /// malformed when the allow-list does not say whom to expect there.
  [[nodiscard]] std::shared_ptr<link> dial(const std::string& endpoint,
                                           std::shared_ptr<link_listener> listener) override;
  /// Throws setup_error as `listen`.
  [[nodiscard]] std::shared_ptr<event_outlet> open_outlet(const std::string& endpoint, event_flow flow,
                                                          std::shared_ptr<event_outlet_listener> listener) override;
  /// Throws setup_error as `dial`.
  [[nodiscard]] std::shared_ptr<event_inlet> open_inlet(const std::string& endpoint, event_flow flow,
                                                        std::shared_ptr<event_inlet_listener> listener) override;
  void close() override;

  void wait(duration at_most) override;
  void interrupt() override;

 private:
  const zmq_options options_;
  const std::shared_ptr<zmq_reactor> reactor_;

  std::mutex mutex_;
  // Guarded by mutex_:
  std::unique_ptr<zmq::context_t> context_;  // null once closed
  std::shared_ptr<router_socket> router_;
  std::uint64_t monitors_ = 0;
};

[[nodiscard]] std::shared_ptr<zmq_network> make_zmq_network(const zmq_options& options = {});

}  // namespace zooid
