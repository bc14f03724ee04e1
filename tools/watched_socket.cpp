// SPDX-License-Identifier: Apache-2.0
#include "watched_socket.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace {

constexpr std::int64_t largest_part =
    64 << 20;  // Bytes. A node sends at most its frame limit, which is 16 MiB by default.

}  // namespace

watched_socket::watched_socket(zmq::socket_type type, const std::string& endpoint)
    : socket_(context_, type), monitor_(context_, zmq::socket_type::pair) {
  constexpr const char* monitoring = "inproc://monitor";
  for (zmq::socket_t* each : {&socket_, &monitor_}) each->set(zmq::sockopt::linger, 0);
  socket_.set(zmq::sockopt::maxmsgsize, largest_part);
  // No heartbeats: libzmq answers none while a slow reader's queue is full, and would drop the connection.
  socket_.set(zmq::sockopt::ipv6, endpoint.starts_with("tcp://["));
  if (type == zmq::socket_type::req) socket_.set(zmq::sockopt::immediate, true);
  if (zmq_socket_monitor(socket_.handle(), monitoring, ZMQ_EVENT_ALL) != 0) throw zmq::error_t();
  monitor_.connect(monitoring);
  try {
    socket_.connect(endpoint);
  } catch (const zmq::error_t& refused) {
    throw failure(exit_code::usage, "malformed address \"" + endpoint + "\": " + refused.what());
  }
}

watched_socket::ready watched_socket::wait(steady::time_point until, int other) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
  std::array<zmq::pollitem_t, 3> items{
      {{socket_.handle(), 0, ZMQ_POLLIN, 0}, {monitor_.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, other, ZMQ_POLLIN, 0}}};
  try {
    zmq::poll(items.data(), other < 0 ? 2 : 3,
              std::clamp(left, std::chrono::milliseconds(0), std::chrono::milliseconds(60'000)));
  } catch (const zmq::error_t& interrupted) {
    if (interrupted.num() != EINTR) throw;
    return {};
  }
  const ready found{items[0].revents != 0, items[1].revents != 0, items[2].revents != 0};
  if (!found.change) return found;
  zmq::message_t part;
  while (monitor_.recv(part, zmq::recv_flags::dontwait)) {
    std::uint16_t event = 0;  // Then its value; a second part is the endpoint.
    if (part.size() < sizeof event) continue;
    std::memcpy(&event, part.data(), sizeof event);
    if (part.more()) note(event);
  }
  return found;
}

void watched_socket::note(int event) {
  switch (event) {
    case ZMQ_EVENT_CONNECTED:
      state_ = state::silent;
      break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      state_ = state::connected;
      ++connections_;
      break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      state_ = state::not_spoken;
      break;
    case ZMQ_EVENT_DISCONNECTED:
      state_ = state_ == state::connected ? state::lost : state::not_spoken;
      break;
    case ZMQ_EVENT_CONNECT_RETRIED:
      if (state_ == state::connecting) state_ = state::refused;
      break;
    default:
      break;
  }
}

std::vector<std::string> watched_socket::receive() {
  std::vector<std::string> parts;
  zmq::message_t part;
  while (socket_.recv(part, zmq::recv_flags::dontwait)) {
    parts.push_back(part.to_string());
    if (!part.more()) break;
  }
  return parts;
}
