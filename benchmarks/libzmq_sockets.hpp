// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"

#include <zmq.hpp>

#include <cstddef>
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

template <std::size_t Size>
void send(zmq::socket_t& socket, const basic_payload<Size>& message) {
  if (!socket.send(zmq::buffer(&message, sizeof message))) throw std::runtime_error("send: no room for 10 s");
}

inline void receive(zmq::socket_t& socket, zmq::message_t& frame) {
  if (!socket.recv(frame)) throw std::runtime_error("receive: nothing for 10 s");
}

template <class Payload = payload>
Payload to_payload(const zmq::message_t& frame) {
  if (frame.size() != sizeof(Payload)) throw std::runtime_error("a message of another size");
  Payload message;
  std::memcpy(&message, frame.data(), sizeof message);
  return message;
}

template <class Payload = payload>
Payload receive(zmq::socket_t& socket) {
  zmq::message_t frame;
  receive(socket, frame);
  return to_payload<Payload>(frame);
}

/// A message of producer 0 is no load: it asks what was received so far, and with `finish` it is its sender's last.
template <class Payload = payload>
constexpr Payload ask_report(bool finish) {
  return {finish ? 1U : 0U, 0, {}};
}
template <class Payload>
constexpr bool is_report(const Payload& message) {
  return message.producer == 0;
}
template <class Payload>
constexpr bool is_finish(const Payload& message) {
  return is_report(message) && message.sequence != 0;
}
template <class Payload = payload>
Payload to_report(const tally& received) {
  Payload report{received.count, 0, {}};
  std::memcpy(report.bytes.data(), &received.sum, sizeof received.sum);
  return report;
}
template <class Payload>
tally from_report(const Payload& report) {
  tally received{report.sequence, 0};
  std::memcpy(&received.sum, report.bytes.data(), sizeof received.sum);
  return received;
}

/// Asks over `out`, reads the answer from `in`.
template <class Payload = payload>
tally report_over(zmq::socket_t& out, zmq::socket_t& in, bool finish) {
  send(out, ask_report<Payload>(finish));
  return from_report(receive<Payload>(in));
}

}  // namespace bench
