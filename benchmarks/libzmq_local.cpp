// SPDX-License-Identifier: Apache-2.0
#include "entrants.hpp"
#include "libzmq_loads.hpp"
#include "libzmq_sockets.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <zmq.hpp>

#include <functional>
#include <future>
#include <vector>

// libzmq between threads of one process, over inproc.

namespace bench {

namespace {

using zmq::socket_type;

/// Runs `serve` on a thread beside `client`, and passes on what either throws.
template <class Serve, class Client>
auto beside(Serve serve, Client client) {
  std::future<void> served = std::async(std::launch::async, serve);
  auto result = client();
  served.get();
  return result;
}

zmq::socket_t connect_to(zmq::context_t& context, socket_type type, const char* endpoint) {
  zmq::socket_t made = make_socket(context, type);
  made.connect(endpoint);
  return made;
}

/// A receiver for so many producers, beside `client`, which gets a context, "inproc://load" and "inproc://reports".
template <class Client>
outcome beside_pull(std::uint64_t producers, Client client) {
  zmq::context_t context;
  zmq::socket_t pull = make_socket(context, socket_type::pull);
  zmq::socket_t reports = make_socket(context, socket_type::push);
  pull.bind("inproc://load");
  reports.bind("inproc://reports");
  return beside([&] { pull_until_finished<payload>(pull, reports, producers); }, [&] { return client(context); });
}

/// One thread that calls, beside one that answers.
load_result call_beside(socket_type asking, socket_type answering) {
  zmq::context_t context;
  zmq::socket_t answerer = make_socket(context, answering);
  answerer.bind("inproc://calls");
  return beside([&] { reply_until_finished(answerer); },
                [&] {
                  zmq::socket_t caller = connect_to(context, asking, "inproc://calls");
                  return call_over(caller);
                });
}

tally push_load(zmq::socket_t& push, std::uint64_t producer, const time_box& box) {
  tally sent;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i, producer);
    sent.add(message);
    send(push, message);
  }
  send(push, ask_report(true));
  return sent;
}

}  // namespace

outcome libzmq_push_pull_local_tell() {
  return beside_pull(1, [](zmq::context_t& context) {
    zmq::socket_t push = connect_to(context, socket_type::push, "inproc://load");
    zmq::socket_t report = connect_to(context, socket_type::pull, "inproc://reports");
    return tell_over<payload>(push, report);
  });
}

outcome libzmq_push_pull_local_fan_in() {
  return beside_pull(fan_in_producers, [](zmq::context_t& context) -> outcome {
    zmq::socket_t report = connect_to(context, socket_type::pull, "inproc://reports");
    std::vector<zmq::socket_t> pushes;
    for (std::uint64_t i = 0; i < fan_in_producers; ++i) {
      pushes.push_back(connect_to(context, socket_type::push, "inproc://load"));
      report_over(pushes.back(), report, false);
    }
    const time_box box;
    std::vector<std::future<tally>> producers;
    for (std::uint64_t i = 0; i < fan_in_producers; ++i) {
      producers.push_back(std::async(std::launch::async, push_load, std::ref(pushes[i]), i + 1, std::cref(box)));
    }
    tally sent;
    for (std::future<tally>& producer : producers) sent.add(producer.get());
    const tally received = from_report(receive(report));
    const double rate = box.rate(received.count);
    const std::uint64_t lost = count_lost(sent, received);
    return {{{"from-threads", rate, lost, 0}, {"from-actors", rate, lost, 0}}};
  });
}

outcome libzmq_req_rep_local_call() {
  const load_result done = call_beside(socket_type::req, socket_type::rep);
  return {{{"awaited", done.rate, done.lost_calls(), 0}, {"blocking", done.rate, done.lost_calls(), 0}}};
}

outcome libzmq_pair_local_ping_pong() {
  const load_result done = call_beside(socket_type::pair, socket_type::pair);
  return {{{"rate", done.rate, done.lost_calls(), 0}}};
}

}  // namespace bench
