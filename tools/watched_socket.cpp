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

watched_socket::watched_socket(zmq::socket_type type, const std::string& endpoint, const connection_keys& keys)
    : socket_(context_, type), monitor_(context_, zmq::socket_type::pair), has_keys_(!keys.server.empty()) {
  constexpr const char* monitoring = "inproc://monitor";
  for (zmq::socket_t* each : {&socket_, &monitor_}) each->set(zmq::sockopt::linger, 0);
  socket_.set(zmq::sockopt::maxmsgsize, largest_part);
  // A node that has just started is found soon.
  socket_.set(zmq::sockopt::reconnect_ivl, 20);
  socket_.set(zmq::sockopt::reconnect_ivl_max, 200);
  // No heartbeats: libzmq answers none while a slow reader's queue is full, and would drop the connection.
  socket_.set(zmq::sockopt::ipv6, endpoint.starts_with("tcp://["));
  if (type == zmq::socket_type::req) socket_.set(zmq::sockopt::immediate, true);
  if (has_keys_) {
    socket_.set(zmq::sockopt::curve_serverkey, keys.server);
    socket_.set(zmq::sockopt::curve_publickey, keys.own_public);
    socket_.set(zmq::sockopt::curve_secretkey, keys.own_secret);
  }
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
    std::uint16_t event = 0;
    std::uint32_t value = 0;
    if (part.size() < sizeof event + sizeof value || !part.more()) continue;  // A second part is the endpoint.
    std::memcpy(&event, part.data(), sizeof event);
    std::memcpy(&value, part.data<char>() + sizeof event, sizeof value);
    note(event, value);
  }
  return found;
}

std::array<int, 2> watched_socket::files() const {
  return {socket_.get(zmq::sockopt::fd), monitor_.get(zmq::sockopt::fd)};
}

void watched_socket::note(int event, std::uint32_t value) {
  switch (event) {
    case ZMQ_EVENT_CONNECTED:
      state_ = state::silent;
      break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      state_ = state::connected;
      ++connections_;
      break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      state_ = state::not_spoken;
      refusal_ =
          has_keys_ ? "it closed the connection: most likely it has another key than the allow-list says, or none" : "";
      break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      state_ = state::not_spoken;
      if (value != ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) break;
      refusal_ = has_keys_ ? "it speaks without keys; leave out --key and --allowed"
                           : "it accepts nobody without a key: --key FILE --allowed FILE";
      break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      state_ = state::not_spoken;
      refusal_ = value == 400 ? "its allow-list does not have this key (zooid keys allow, there)"
                              : "it can let nobody in at the moment: its allow-list cannot be read, or is malformed";
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
