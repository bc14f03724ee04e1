// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "entrants.hpp"
#include "libzmq_sockets.hpp"
#include "load_result.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <zmq.hpp>

#include <cstdint>

// What the workloads of libzmq within a process and between two have in common.

namespace bench {

/// Sends for the time of the box, until the receiver has told what it got.
template <class Payload>
outcome tell_over(zmq::socket_t& out, zmq::socket_t& in) {
  report_over<Payload>(out, in, false);
  tally sent;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i);
    sent.add(message);
    send(out, message);
  }
  const tally received = report_over<Payload>(out, in, true);
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(sent, received);
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

/// The other side: counts until each of the producers has sent its last. That one's question is answered, and those
/// that come before any load.
template <class Payload>
void pull_until_finished(zmq::socket_t& pull, zmq::socket_t& push, std::uint64_t producers) {
  tally received;
  zmq::message_t frame;
  while (producers > 0) {
    receive(pull, frame);
    const auto message = to_payload<Payload>(frame);
    if (!is_report(message)) {
      received.add(message);
      continue;
    }
    if (is_finish(message)) --producers;
    if (!is_finish(message) || producers == 0) send(push, to_report<Payload>(received));
  }
}

/// One call after the other.
[[nodiscard]] load_result call_over(zmq::socket_t& socket);
/// The other side: answers each with itself.
void reply_until_finished(zmq::socket_t& socket);

}  // namespace bench
