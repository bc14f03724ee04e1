// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catch.hpp"

#include "wire.hpp"

#include <zmq.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// A program with a plain ZeroMQ socket, which says to a node what it likes. One thread at a time.
class stranger {
 public:
  /// `prepare` sets what the socket has to have before it connects.
  explicit stranger(const std::string& endpoint, zmq::socket_type kind = zmq::socket_type::dealer,
                    const std::function<void(zmq::socket_t&)>& prepare = {})
      : socket_(context_, kind) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvtimeo, 10'000);
    socket_.set(zmq::sockopt::sndtimeo, 10'000);
    if (prepare) prepare(socket_);
    socket_.connect(endpoint);
  }
  void send(std::span<const std::byte> frame, zmq::send_flags flags = zmq::send_flags::none) {
    static_cast<void>(socket_.send(zmq::const_buffer(frame.data(), frame.size()), flags));
  }
  void send(std::string_view text, zmq::send_flags flags = zmq::send_flags::none) {
    send(std::as_bytes(std::span(text.data(), text.size())), flags);
  }
  /// Empty: nothing came in time.
  [[nodiscard]] std::optional<std::string> receive() {
    zmq::message_t message;
    if (!socket_.recv(message)) return std::nullopt;
    return message.to_string();
  }
  /// The kind of the next frame.
  [[nodiscard]] std::optional<zooid::wire::frame> hear() {
    const auto text = receive();
    if (!text || text->size() < zooid::wire::header_size) return std::nullopt;
    return static_cast<zooid::wire::frame>(static_cast<std::uint8_t>((*text)[5]));
  }

 private:
  zmq::context_t context_{1};
  zmq::socket_t socket_;
};

// What it says to be taken for a node. docs/protocol.md has the frames.

inline zooid::byte_buffer hello(std::uint64_t node = 77, std::string_view endpoint = {}, bool force = false) {
  zooid::byte_buffer frame;
  zooid::wire::put_header(frame, zooid::wire::frame::hello);
  zooid::wire::put_u8(frame, force ? 1 : 0);
  zooid::wire::put_u64(frame, node);
  zooid::wire::put_u64(frame, 1 << 20);
  zooid::wire::put_text(frame, endpoint);
  return frame;
}

inline zooid::byte_buffer confirm() {
  zooid::byte_buffer frame;
  zooid::wire::put_header(frame, zooid::wire::frame::confirm);
  return frame;
}

/// Records are to follow.
inline zooid::byte_buffer data(std::uint64_t first = 0) {
  zooid::byte_buffer frame;
  zooid::wire::put_header(frame, zooid::wire::frame::data, first);
  return frame;
}

/// Opens a session.
inline void greet(stranger& who, std::uint64_t node = 77, std::string_view endpoint = {}) {
  who.send(hello(node, endpoint).view());
  REQUIRE(who.hear() == zooid::wire::frame::welcome);
  who.send(confirm().view());
}
