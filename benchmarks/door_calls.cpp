// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "entrants.hpp"
#include "libzmq_sockets.hpp"
#include "payload.hpp"
#include "time_box.hpp"
#include "zooid_sink.hpp"

#include <zooid/json.hpp>
#include <zooid/zooid.hpp>

#include <zmq.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// A program that is no node calls by JSON; beside it the same bytes between REQ and REP.

namespace bench {

namespace {

constexpr std::string_view before_content = R"({"content":)";

std::string to_json(const payload& message) {
  std::string text = R"({"sequence":)" + std::to_string(message.sequence) + R"(,"producer":)" +
                     std::to_string(message.producer) + R"(,"bytes":[)";
  for (const std::uint8_t byte : message.bytes) text += std::to_string(byte) + ',';
  text.back() = ']';
  return text + '}';
}

std::string to_ask(const std::string& content) { return std::string(before_content) + content + '}'; }

std::string_view content_of(std::string_view ask) {
  return ask.substr(before_content.size(), ask.size() - before_content.size() - 1);
}

void send_text(zmq::socket_t& socket, std::string_view text, bool more) {
  if (!socket.send(zmq::buffer(text), more ? zmq::send_flags::sndmore : zmq::send_flags::none)) {
    throw std::runtime_error("send: no room for 10 s");
  }
}

std::string receive_text(zmq::socket_t& socket) {
  zmq::message_t frame;
  receive(socket, frame);
  return frame.to_string();
}

/// The answer to one message for the sink. Throws when it is no success.
std::string call(zmq::socket_t& socket, std::string_view message, std::string_view text) {
  send_text(socket, "sink", true);
  send_text(socket, message, true);
  send_text(socket, text, false);
  const std::string status = receive_text(socket);
  std::string answer = receive_text(socket);
  if (status != "ok") throw std::runtime_error("answered with " + status + ": " + answer);
  return answer;
}

/// One call after the other. Each answer is compared with what it must be, so none is lost. The time in which texts are
/// made and compared is not counted.
outcome measure_calls(const std::string& role) {
  child_process server({"serve", role});
  zmq::context_t context;
  zmq::socket_t socket = make_socket(context, zmq::socket_type::req);
  socket.connect(server.read_line(std::chrono::seconds(5)));
  call(socket, "Ask", to_ask(to_json(make_payload(0))));

  std::vector<double> microseconds;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const std::string content = to_json(make_payload(i));
    const std::string ask = to_ask(content);
    const auto before = steady::now();
    const std::string answer = call(socket, "Ask", ask);
    microseconds.push_back(std::chrono::duration<double, std::micro>(steady::now() - before).count());
    if (answer != content) throw std::runtime_error("the content was changed: " + answer);
  }
  call(socket, "Report", "{}");  // the end, for a REP

  outcome result{latency_figures(microseconds, 0)};
  const double sum = std::accumulate(microseconds.begin(), microseconds.end(), 0.0);
  result.figures.push_back({"from-thread", 1e6 * static_cast<double>(microseconds.size()) / sum, 0, 0});
  return result;
}

}  // namespace

outcome zooid_door_call() { return measure_calls("zooid-door"); }

outcome libzmq_req_rep_door_call() { return measure_calls("libzmq-rep-texts"); }

void serve_zooid_door() {
  zooid::node node({.listen = "tcp://127.0.0.1:0", .door = zooid::json()});
  node.spawn_as<CountingSink>("sink");
  std::cout << node.endpoint() << std::endl;
  wait_for_parent();
}

/// Answers as the sink does, without reading the JSON.
void serve_libzmq_rep_texts() {
  zmq::context_t context;
  zmq::socket_t rep = make_socket(context, zmq::socket_type::rep);
  std::cout << bind_free_port(rep) << std::endl;
  for (bool finished = false; !finished;) {
    receive_text(rep);
    const std::string message = receive_text(rep);
    const std::string text = receive_text(rep);
    finished = message == "Report";
    send_text(rep, "ok", true);
    send_text(rep, finished ? std::string_view("null") : content_of(text), false);
  }
}

}  // namespace bench
