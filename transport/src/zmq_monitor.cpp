// SPDX-License-Identifier: Apache-2.0
#include "zmq_monitor.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace zooid {
namespace {

/// A server whose key is another one than expected, or that speaks without keys, may say no more than closing the
/// connection. So does one that is killed during the handshake, but not again and again: then nothing listens there.
constexpr int most_closed_in_a_row = 5;

constexpr int all_wanted = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED |
                           ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                           ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;

zmq_refusal refusal_by(std::uint32_t protocol_error) {
  switch (protocol_error) {
    case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
      return zmq_refusal::mismatch;
    case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC:
      return zmq_refusal::forged;
    default:
      return zmq_refusal::no_node;
  }
}

}  // namespace

zmq_monitor::zmq_monitor(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                         std::weak_ptr<zmq_connection> connection, zmq::socket_t& dialling, const std::string& name)
    : zmq_socket(std::move(reactor), context, zmq::socket_type::pair, options), connection_(std::move(connection)) {
  // libzmq's I/O thread would wait for room.
  socket().set(zmq::sockopt::rcvhwm, 0);
  if (zmq_socket_monitor(dialling.handle(), name.c_str(), all_wanted) == -1) throw zmq::error_t();
  socket().connect(name);  // before the first event, which would find nobody
}

void zmq_monitor::serve() {
  receive(batch_);
  const auto connection = connection_.lock();
  for (const zmq_part& part : batch_) {
    std::uint16_t event = 0;
    std::uint32_t value = 0;
    if (connection == nullptr || !part.more || part.bytes.size() < sizeof event + sizeof value) {
      continue;  // the second part is an address
    }
    const auto* const bytes = static_cast<const std::byte*>(part.bytes.data());
    std::memcpy(&event, bytes, sizeof event);
    std::memcpy(&value, bytes + sizeof event, sizeof value);
    tell(*connection, event, value);
  }
  batch_.clear();
}

void zmq_monitor::tell(zmq_connection& connection, std::uint16_t event, std::uint32_t value) {
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      closed_in_a_row_ = 0;
      return connection.came_up();
    case ZMQ_EVENT_DISCONNECTED:
      return connection.went_down();
    case ZMQ_EVENT_CLOSED:  // an attempt found nobody
      closed_in_a_row_ = 0;
      return;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return connection.was_refused(value == 400 ? zmq_refusal::not_allowed : zmq_refusal::unable);
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return connection.was_refused(refusal_by(value));
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      if (value != EPIPE && value != ECONNRESET) return;  // it took too long
      if (++closed_in_a_row_ == most_closed_in_a_row) connection.was_refused(zmq_refusal::closed);
      return;
    default:
      return;
  }
}

void zmq_monitor::shut() {
  if (const auto connection = connection_.lock()) connection->give_up();  // the other socket has to go first
  close_socket();
}

}  // namespace zooid
