// SPDX-License-Identifier: Apache-2.0
#include "libzmq_loads.hpp"

namespace bench {

load_result call_over(zmq::socket_t& socket) {
  report_over(socket, socket, false);
  load_result done = call_one_by_one([&](const payload& message) {
    send(socket, message);
    return receive(socket);
  });
  done.received = report_over(socket, socket, true);
  return done;
}

void reply_until_finished(zmq::socket_t& socket) {
  tally received;
  zmq::message_t frame;
  for (bool finished = false; !finished;) {
    receive(socket, frame);
    const auto message = to_payload(frame);
    finished = is_finish(message);
    if (is_report(message)) {
      send(socket, to_report(received));
    } else {
      received.add(message);
      send(socket, message);
    }
  }
}

}  // namespace bench
