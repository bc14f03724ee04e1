// SPDX-License-Identifier: Apache-2.0
#include "libzmq_sockets.hpp"
#include "scale_chunk.hpp"
#include "scale_curves.hpp"
#include "scale_peers.hpp"
#include "time_box.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

using zmq::socket_type;

/// libzmq counts messages where Zooid counts bytes: 1,000 as by default, but no more than these bytes, and at least 4.
constexpr std::uint64_t most_waiting = std::uint64_t{4} << 20U;

int high_water_mark(std::uint64_t size) {
  return static_cast<int>(std::clamp<std::uint64_t>(most_waiting / size, 4, 1000));
}

void send_bytes(zmq::socket_t& socket, const void* data, std::size_t size) {
  if (!socket.send(zmq::const_buffer(data, size))) throw std::runtime_error("send: no room for 10 s");
}

/// An empty frame asks what was received; one of a single byte asks, too, and is the last.
chunk_tally ask_tally(zmq::socket_t& push, zmq::socket_t& answers, bool finish) {
  send_bytes(push, "", finish ? 1 : 0);
  zmq::message_t frame;
  receive(answers, frame);
  chunk_tally received;
  if (frame.size() != sizeof received) throw std::runtime_error("an answer of another size");
  std::memcpy(&received, frame.data(), sizeof received);
  return received;
}

}  // namespace

double libzmq_size(std::uint64_t bytes) {
  scale_peers other;
  std::istringstream endpoints(other.start("frames", 1, static_cast<unsigned>(bytes)).front());
  std::string load;
  std::string answered;
  endpoints >> load >> answered;
  zmq::context_t context;
  zmq::socket_t push = make_socket(context, socket_type::push);
  zmq::socket_t answers = make_socket(context, socket_type::pull);
  push.set(zmq::sockopt::sndhwm, high_water_mark(bytes));
  push.connect(load);
  answers.connect(answered);
  ask_tally(push, answers, false);

  chunk_tally sent;
  std::vector<std::uint8_t> chunk = make_chunk(bytes);
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    number_chunk(chunk, i);
    sent.add(chunk);
    send_bytes(push, chunk.data(), chunk.size());
  }
  const chunk_tally received = ask_tally(push, answers, true);
  const double rate = box.rate(sent.count * bytes) / 1e6;
  check_chunks(sent, received);
  return rate;
}

void serve_scale_frames(unsigned, unsigned bytes) {
  zmq::context_t context;
  zmq::socket_t pull = make_socket(context, socket_type::pull);
  zmq::socket_t push = make_socket(context, socket_type::push);
  pull.set(zmq::sockopt::rcvhwm, high_water_mark(bytes));
  const std::string load = bind_free_port(pull);
  std::cout << load << ' ' << bind_free_port(push) << std::endl;
  chunk_tally received;
  zmq::message_t frame;
  for (bool finished = false; !finished;) {
    receive(pull, frame);
    finished = frame.size() == 1;
    if (frame.size() > 1) {
      received.add({frame.data<std::uint8_t>(), frame.size()});
    } else {
      send_bytes(push, &received, sizeof received);
    }
  }
}

}  // namespace bench
