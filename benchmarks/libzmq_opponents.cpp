// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "entrants.hpp"
#include "libzmq_loads.hpp"
#include "libzmq_sockets.hpp"
#include "load_result.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <zmq.hpp>

#include <iostream>
#include <sstream>
#include <string>

// libzmq between two processes, over tcp.

namespace bench {

namespace {

using zmq::socket_type;

constexpr std::chrono::seconds server_start{5};

outcome measure_latency(socket_type type, const std::string& role) {
  child_process server({"serve", role});
  zmq::context_t context;
  zmq::socket_t socket = make_socket(context, type);
  socket.connect(server.read_line(server_start));
  const load_result done = call_over(socket);
  return {latency_figures(done.microseconds, done.lost_calls())};
}

template <class Payload>
outcome push_to(const std::string& role) {
  child_process server({"serve", role});
  std::istringstream endpoints(server.read_line(server_start));
  std::string load;
  std::string reports;
  endpoints >> load >> reports;
  zmq::context_t context;
  zmq::socket_t push = make_socket(context, socket_type::push);
  zmq::socket_t report = make_socket(context, socket_type::pull);
  push.connect(load);
  report.connect(reports);
  return tell_over<Payload>(push, report);
}

template <class Payload>
void serve_pull() {
  zmq::context_t context;
  zmq::socket_t pull = make_socket(context, socket_type::pull);
  zmq::socket_t push = make_socket(context, socket_type::push);
  const std::string load = bind_free_port(pull);
  std::cout << load << ' ' << bind_free_port(push) << std::endl;
  pull_until_finished<Payload>(pull, push, 1);
}

template <class Payload>
outcome deal_to(const std::string& role) {
  child_process server({"serve", role});
  zmq::context_t context;
  zmq::socket_t dealer = make_socket(context, socket_type::dealer);
  dealer.connect(server.read_line(server_start));
  return tell_over<Payload>(dealer, dealer);
}

template <class Payload>
void serve_router(bool echo) {
  zmq::context_t context;
  zmq::socket_t router = make_socket(context, socket_type::router);
  std::cout << bind_free_port(router) << std::endl;
  tally received;
  zmq::message_t sender;
  zmq::message_t frame;
  for (bool finished = false; !finished;) {
    receive(router, sender);
    receive(router, frame);
    const auto message = to_payload<Payload>(frame);
    finished = is_finish(message);
    if (!is_report(message)) received.add(message);
    if (!echo && !is_report(message)) continue;
    router.send(sender, zmq::send_flags::sndmore);
    send(router, is_report(message) ? to_report<Payload>(received) : message);
  }
}

}  // namespace

outcome libzmq_push_pull_remote_tell_64() { return push_to<payload>("libzmq-pull-64"); }

outcome libzmq_push_pull_remote_tell_1k() { return push_to<large_payload>("libzmq-pull-1k"); }

outcome libzmq_dealer_router_remote_tell_64() { return deal_to<payload>("libzmq-router-sink-64"); }

outcome libzmq_dealer_router_remote_tell_1k() { return deal_to<large_payload>("libzmq-router-sink-1k"); }

outcome libzmq_req_rep_remote_call_latency() { return measure_latency(socket_type::req, "libzmq-rep"); }

outcome libzmq_dealer_router_remote_call_latency() {
  return measure_latency(socket_type::dealer, "libzmq-router-echo");
}

outcome libzmq_dealer_router_remote_call_pipelined() {
  child_process server({"serve", "libzmq-router-echo"});
  zmq::context_t context;
  zmq::socket_t dealer = make_socket(context, socket_type::dealer);
  dealer.connect(server.read_line(server_start));
  report_over(dealer, dealer, false);
  load_result done;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    if (i >= window) done.answered.add(receive(dealer));
    const payload message = make_payload(i);
    done.sent.add(message);
    send(dealer, message);
  }
  while (done.answered.count < done.sent.count) done.answered.add(receive(dealer));
  const double rate = box.rate(done.answered.count);
  done.received = report_over(dealer, dealer, true);
  const std::uint64_t lost = done.lost_calls();
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

void serve_libzmq_pull_64() { serve_pull<payload>(); }

void serve_libzmq_pull_1k() { serve_pull<large_payload>(); }

void serve_libzmq_router_sink_64() { serve_router<payload>(false); }

void serve_libzmq_router_sink_1k() { serve_router<large_payload>(false); }

void serve_libzmq_router_echo() { serve_router<payload>(true); }

void serve_libzmq_rep() {
  zmq::context_t context;
  zmq::socket_t rep = make_socket(context, socket_type::rep);
  std::cout << bind_free_port(rep) << std::endl;
  reply_until_finished(rep);
}

}  // namespace bench
