// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "entrants.hpp"
#include "event_load.hpp"
#include "libzmq_sockets.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <zmq.hpp>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <iostream>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;
using zmq::socket_type;

/// A subscriber in a process of its own, and the channel over which it is told where to listen and reports.
class remote_listener {
 public:
  explicit remote_listener(zmq::context_t& context) : channel_(make_socket(context, socket_type::pair)) {
    channel_.connect(process_.read_line(5s));
  }
  void listen_to(const std::string& publisher) { channel_.send(zmq::buffer(publisher)); }
  /// Whether it has said something within `at_most`.
  [[nodiscard]] bool answers(std::chrono::milliseconds at_most) {
    zmq::pollitem_t item{channel_.handle(), 0, ZMQ_POLLIN, 0};
    return zmq::poll(&item, 1, at_most) == 1;
  }
  [[nodiscard]] hearing report() {
    zmq::message_t frame;
    receive(channel_, frame);
    if (frame.size() != sizeof(hearing)) throw std::runtime_error("a report of another size");
    hearing account;
    std::memcpy(&account, frame.data(), sizeof account);
    return account;
  }

 private:
  child_process process_{{"serve", "libzmq-listener"}};
  zmq::socket_t channel_;
};

/// Sends markers until all have reported, one report each.
std::vector<hearing> mark_until_reported(zmq::socket_t& publisher, std::list<remote_listener>& listeners,
                                         std::uint64_t next) {
  std::vector<hearing> reports;
  for (remote_listener& one : listeners) {
    do send(publisher, make_marker(next++));
    while (!one.answers(1ms));
    reports.push_back(one.report());
  }
  return reports;
}

/// Publishes for the time of the box, until every subscriber has reported. An XPUB sends as a PUB does, and says who
/// has subscribed.
event_load publish_to(std::size_t subscribers, losses allowed) {
  zmq::context_t context;
  zmq::socket_t publisher = make_socket(context, socket_type::xpub);
  publisher.set(zmq::sockopt::xpub_verbose, true);
  publisher.set(zmq::sockopt::xpub_nodrop, allowed == losses::none);
  const std::string endpoint = bind_free_port(publisher);
  std::list<remote_listener> listeners;
  for (std::size_t i = 0; i < subscribers; ++i) listeners.emplace_back(context).listen_to(endpoint);
  zmq::message_t subscription;
  for (std::size_t i = 0; i < subscribers; ++i) receive(publisher, subscription);

  event_load load;
  const time_box box;
  for (; box.open(load.published); ++load.published) {
    const payload event = make_payload(load.published);
    if (publisher.send(zmq::buffer(&event, sizeof event), zmq::send_flags::dontwait)) continue;
    ++load.retried;
    send(publisher, event);
  }
  load.hearings = mark_until_reported(publisher, listeners, load.published);
  load.seconds = box.seconds();
  check_accounts(load, allowed);
  return load;
}

outcome measure_events(std::size_t subscribers, losses allowed) {
  const event_load load = publish_to(subscribers, allowed);
  const std::uint64_t lost = load.lost();
  return {{{"lossless", load.rate(), lost, load.retried},
           {"default", load.rate(), lost, load.retried},
           {"default-lost", load.percent_lost(), lost, load.retried}}};
}

}  // namespace

outcome libzmq_pub_sub_events_1() { return measure_events(1, losses::allowed); }

outcome libzmq_pub_sub_events_4() { return measure_events(4, losses::allowed); }

outcome libzmq_xpub_nodrop_events_1() { return measure_events(1, losses::none); }

outcome libzmq_xpub_nodrop_events_4() { return measure_events(4, losses::none); }

void serve_libzmq_listener() {
  zmq::context_t context;
  zmq::socket_t channel = make_socket(context, socket_type::pair);
  std::cout << bind_free_port(channel) << std::endl;
  zmq::message_t frame;
  receive(channel, frame);
  zmq::socket_t sub = make_socket(context, socket_type::sub);
  sub.set(zmq::sockopt::subscribe, "");
  sub.connect(frame.to_string());

  listener counted;
  while (!counted.ended()) {
    receive(sub, frame);
    const payload event = to_payload(frame);
    if (event.sequence > counted.expected()) counted.miss(event.sequence - counted.expected());
    counted.take(event);
  }
  channel.send(zmq::buffer(&counted.account(), sizeof(hearing)));
}

}  // namespace bench
