// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catch.hpp"

#include "zmq_network.hpp"

#include <zooid/error.hpp>

#include <zmq.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// What tests of one network and a foreign program's sockets share. The thread that tests also runs the network.

/// A message's parts.
using parts = std::vector<std::string>;

/// Runs the networks until something holds; false when it does not within a test's patience.
inline bool until(const std::vector<std::shared_ptr<zooid::zmq_network>>& networks,
                  const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    for (const auto& network : networks) network->wait(std::chrono::milliseconds(1));
  }
  return true;
}

/// A foreign program says one message.
inline void say(zmq::socket_t& socket, const parts& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    socket.send(zmq::buffer(all[i]), i + 1 < all.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
}

/// The next message for a foreign program; empty when none comes.
inline parts receive(const std::shared_ptr<zooid::zmq_network>& node, zmq::socket_t& socket) {
  parts result;
  until({node}, [&] {
    zmq::message_t part;
    while (socket.recv(part, zmq::recv_flags::dontwait)) {
      result.push_back(part.to_string());
      if (!part.more()) return true;
    }
    return false;
  });
  return result;
}

/// With which code a setup_error was thrown; its words are to help.
inline zooid::errc refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const zooid::setup_error& why) {
    CAPTURE(why.what());
    CHECK(std::string(why.what()).size() > 40);
    return why.code();
  }
  return {};
}
