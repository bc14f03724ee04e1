// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"

#include <zmq.hpp>

#include <cstring>
#include <stdexcept>
#include <string>

namespace bench {

/// A socket with libzmq's defaults, except that it neither waits nor lingers for ever.
inline zmq::socket_t make_socket(zmq::context_t& context, zmq::socket_type type) {
  zmq::socket_t made(context, type);
  made.set(zmq::sockopt::sndtimeo, 10'000);
  made.set(zmq::sockopt::rcvtimeo, 10'000);
  made.set(zmq::sockopt::linger, 1'000);
  return made;
}

inline std::string bind_free_port(zmq::socket_t& socket) {
  socket.bind("tcp://127.0.0.1:*");
  return socket.get(zmq::sockopt::last_endpoint);
}

inline void send(zmq::socket_t& socket, const payload& message) {
  if (!socket.send(zmq::buffer(&message, sizeof message))) throw std::runtime_error("send: no room for 10 s");
}

inline void receive(zmq::socket_t& socket, zmq::message_t& frame) {
  if (!socket.recv(frame)) throw std::runtime_error("receive: nothing for 10 s");
}

inline payload to_payload(const zmq::message_t& frame) {
  if (frame.size() != sizeof(payload)) throw std::runtime_error("a message of another size");
  payload message;
  std::memcpy(&message, frame.data(), sizeof message);
  return message;
}

inline payload receive(zmq::socket_t& socket) {
  zmq::message_t frame;
  receive(socket, frame);
  return to_payload(frame);
}

/// A message of producer 0 is no load: it asks what was received so far, and with `finish` it is the last.
constexpr payload ask_report(bool finish) { return {finish ? 1U : 0U, 0, {}}; }
constexpr bool is_report(const payload& message) { return message.producer == 0; }
constexpr bool is_finish(const payload& message) { return is_report(message) && message.sequence != 0; }
inline payload to_report(const tally& received) {
  payload report{received.count, 0, {}};
  std::memcpy(report.bytes.data(), &received.sum, sizeof received.sum);
  return report;
}
inline tally from_report(const payload& report) {
  tally received{report.sequence, 0};
  std::memcpy(&received.sum, report.bytes.data(), sizeof received.sum);
  return received;
}

/// Asks over `out`, reads the answer from `in`.
inline tally report_over(zmq::socket_t& out, zmq::socket_t& in, bool finish) {
  send(out, ask_report(finish));
  return from_report(receive(in));
}

}  // namespace bench
