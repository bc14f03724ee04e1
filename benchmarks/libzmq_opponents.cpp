// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "entrants.hpp"
#include "libzmq_sockets.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

using zmq::socket_type;

constexpr std::chrono::seconds server_start{5};
constexpr std::uint64_t window = 256;

/// Sends for the time of the box, until the receiver has told what it got.
outcome tell_over(zmq::socket_t& out, zmq::socket_t& in) {
  report_over(out, in, false);
  tally sent;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i);
    sent.add(message);
    send(out, message);
  }
  const tally received = report_over(out, in, true);
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(sent, received);
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

/// What was asked, what was answered, and how long each answer took.
struct conversation {
  tally sent;
  tally answered;
  tally received;
  std::vector<double> microseconds;
  double rate{};
};

/// One call after the other.
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

std::uint64_t lost_in(const conversation& held) {
  return std::max(count_lost(held.sent, held.received), count_lost(held.sent, held.answered));
}

outcome measure_latency(socket_type type, const std::string& role) {
  child_process server({"serve", role});
  zmq::context_t context;
  zmq::socket_t socket = make_socket(context, type);
  socket.connect(server.read_line(server_start));
  const conversation held = call_over(socket);
  return {latency_figures(held.microseconds, lost_in(held))};
}

void pull_until_finished(zmq::socket_t& pull, zmq::socket_t& push) {
  tally received;
  zmq::message_t frame;
  for (bool finished = false; !finished;) {
    receive(pull, frame);
    const payload message = to_payload(frame);
    finished = is_finish(message);
    if (is_report(message)) {
      send(push, to_report(received));
    } else {
      received.add(message);
    }
  }
}

void reply_until_finished(zmq::socket_t& rep) {
  tally received;
  zmq::message_t frame;
  for (bool finished = false; !finished;) {
    receive(rep, frame);
    const payload message = to_payload(frame);
    finished = is_finish(message);
    if (is_report(message)) {
      send(rep, to_report(received));
    } else {
      received.add(message);
      send(rep, message);
    }
  }
}

/// Runs `serve` on a thread beside `client`, and passes on what either throws.
template <class Serve, class Client>
outcome beside(Serve serve, Client client) {
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      serve();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  outcome result;
  try {
    result = client();
  } catch (...) {
    thread.join();
    throw;
  }
  thread.join();
  if (failure) std::rethrow_exception(failure);
  return result;
}

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
    const payload message = to_payload(frame);
    finished = is_finish(message);
    if (!is_report(message)) received.add(message);
    if (!echo && !is_report(message)) continue;
    router.send(sender, zmq::send_flags::sndmore);
    send(router, is_report(message) ? to_report(received) : message);
  }
}

}  // namespace

outcome libzmq_push_pull_local_tell() {
  zmq::context_t context;
  zmq::socket_t pull = make_socket(context, socket_type::pull);
  zmq::socket_t reports = make_socket(context, socket_type::push);
  pull.bind("inproc://load");
  reports.bind("inproc://reports");
  return beside([&] { pull_until_finished(pull, reports); },
                [&] {
                  zmq::socket_t push = make_socket(context, socket_type::push);
                  zmq::socket_t report = make_socket(context, socket_type::pull);
                  push.connect("inproc://load");
                  report.connect("inproc://reports");
                  return tell_over(push, report);
                });
}

outcome libzmq_req_rep_local_call() {
  zmq::context_t context;
  zmq::socket_t rep = make_socket(context, socket_type::rep);
  rep.bind("inproc://calls");
  return beside([&] { reply_until_finished(rep); },
                [&]() -> outcome {
                  zmq::socket_t req = make_socket(context, socket_type::req);
                  req.connect("inproc://calls");
                  const conversation held = call_over(req);
                  const std::uint64_t lost = lost_in(held);
                  return {{{"awaited", held.rate, lost, 0}, {"blocking", held.rate, lost, 0}}};
                });
}

outcome libzmq_push_pull_remote_tell() {
  child_process server({"serve", "libzmq-pull"});
  std::istringstream endpoints(server.read_line(server_start));
  std::string load;
  std::string reports;
  endpoints >> load >> reports;
  zmq::context_t context;
  zmq::socket_t push = make_socket(context, socket_type::push);
  zmq::socket_t report = make_socket(context, socket_type::pull);
  push.connect(load);
  report.connect(reports);
  return tell_over(push, report);
}

outcome libzmq_dealer_router_remote_tell() {
  child_process server({"serve", "libzmq-router-sink"});
  zmq::context_t context;
  zmq::socket_t dealer = make_socket(context, socket_type::dealer);
  dealer.connect(server.read_line(server_start));
  return tell_over(dealer, dealer);
}

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
  tally sent;
  tally answered;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    if (i >= window) answered.add(receive(dealer));
    const payload message = make_payload(i);
    sent.add(message);
    send(dealer, message);
  }
  while (answered.count < sent.count) answered.add(receive(dealer));
  const double rate = box.rate(answered.count);
  const tally received = report_over(dealer, dealer, true);
  const std::uint64_t lost = std::max(count_lost(sent, received), count_lost(sent, answered));
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

void serve_libzmq_pull() {
  zmq::context_t context;
  zmq::socket_t pull = make_socket(context, socket_type::pull);
  zmq::socket_t push = make_socket(context, socket_type::push);
  const std::string load = bind_free_port(pull);
  std::cout << load << ' ' << bind_free_port(push) << std::endl;
  pull_until_finished(pull, push);
}

void serve_libzmq_router_sink() { serve_router(false); }

void serve_libzmq_router_echo() { serve_router(true); }

void serve_libzmq_rep() {
  zmq::context_t context;
  zmq::socket_t rep = make_socket(context, socket_type::rep);
  std::cout << bind_free_port(rep) << std::endl;
  reply_until_finished(rep);
}

}  // namespace bench
