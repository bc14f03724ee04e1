// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_socket.hpp"

#include <memory>
#include <span>
#include <vector>

namespace zooid {

class zmq_keys;

/// Answers libzmq's question whether somebody may connect (ZAP, https://rfc.zeromq.org/spec/27/), for all sockets of a
/// context. It has to be there before any of them listens. Once it has gone, nobody gets in.
class zmq_authenticator final : public zmq_socket {
 public:
  /// Throws zmq::error_t.
  zmq_authenticator(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options);

  /// From now on it answers.
  void begin();

  void serve() override;
  void shut() override { close_socket(); }

 private:
  void answer(std::span<const zmq_part> request);

  const std::shared_ptr<const zmq_keys> keys_;
  std::vector<zmq_part> batch_;  // the receiving thread's
};

}  // namespace zooid
