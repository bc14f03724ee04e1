// SPDX-License-Identifier: Apache-2.0
#include "libzmq_loads.hpp"

#include <algorithm>
#include <chrono>

namespace bench {

std::uint64_t conversation::lost() const { return std::max(count_lost(sent, received), count_lost(sent, answered)); }

conversation call_over(zmq::socket_t& socket) {
  report_over(socket, socket, false);
  conversation held;
  const time_box box;
  auto before = steady::now();
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i);
    held.sent.add(message);
    send(socket, message);
    held.answered.add(receive(socket));
    const auto after = steady::now();
    held.microseconds.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
  held.rate = box.rate(held.answered.count);
  held.received = report_over(socket, socket, true);
  return held;
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
