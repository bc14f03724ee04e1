// SPDX-License-Identifier: Apache-2.0
#include "door_client.hpp"

#include "failure.hpp"
#include "json_text.hpp"
#include "print.hpp"

#include <sstream>
#include <utility>

namespace {

using state = watched_socket::state;

/// What its user can do about an error of the node.
std::string advice(const std::string& endpoint, std::string_view service, const std::string& code,
                   const std::string& detail) {
  const std::string describe = "\n  to see what it offers: zooid describe " + endpoint;
  if (code == "no_such_service" && detail.find("no service \"zooid\"") != std::string::npos) {
    return "\n  the node was started without it (node_options::service is false)";
  }
  if (code == "no_such_service") return describe;
  if (code == "no_such_message" || code == "malformed") {
    return service == "zooid" ? describe : describe + "/" + std::string(service);
  }
  if (code == "incompatible" && detail.find("node_options::door") != std::string::npos) {
    return "\n  start the node with one: zooid::node_options{.door = zooid::json()}, of the target zooid::door";
  }
  if (code == "overloaded") return "\n  it was not handled; try again later";
  return {};
}

}  // namespace

std::string within(std::chrono::milliseconds patience) {
  std::ostringstream words;
  words << "within " << std::chrono::duration<double>(patience).count() << " s";
  return words.str();
}

door_client::door_client(const std::string& endpoint, std::chrono::milliseconds patience, const tool_keys& keys)
    : door_client(endpoint, patience, keys_for(keys, endpoint)) {}

door_client::door_client(std::string endpoint, std::chrono::milliseconds patience, const connection_keys& keys)
    : endpoint_(std::move(endpoint)), patience_(patience), socket_(zmq::socket_type::req, endpoint_, keys) {}

void door_client::connect() {
  const auto until = steady::now() + patience_;
  while (socket_.now() != state::connected) {
    const bool can_come = socket_.now() == state::connecting || socket_.now() == state::silent;
    if (!can_come || steady::now() >= until) fail_to_reach();
    static_cast<void>(socket_.wait(until));
  }
}

std::string door_client::ask(std::string_view service, std::string_view message, std::string_view json) {
  connect();
  const auto until = steady::now() + patience_;
  const std::string what = std::string(message) + " to " + std::string(service) + " at " + endpoint_;
  socket_.socket().send(zmq::buffer(service), zmq::send_flags::sndmore);
  socket_.socket().send(zmq::buffer(message), zmq::send_flags::sndmore);
  socket_.socket().send(zmq::buffer(json), zmq::send_flags::none);
  while (!socket_.wait(until).message) {
    if (socket_.now() != state::connected) {
      // An answer may still be on its way out of ZeroMQ.
      if (socket_.wait(steady::now() + std::chrono::milliseconds(100)).message) break;
      throw failure(exit_code::not_reached, what +
                                                ": the connection was lost before an answer came; it may have been "
                                                "handled");
    }
    if (steady::now() >= until) {
      throw failure(exit_code::not_reached,
                    what + ": no answer " + within(patience_) + "; it may still be handled\n  --timeout waits longer");
    }
  }
  std::vector<std::string> answer = socket_.receive();
  if (answer.size() != 2) {
    throw failure(exit_code::broken, what + ": the answer has " + std::to_string(answer.size()) +
                                         " parts instead of status and JSON; is this the `listen` endpoint of a node?");
  }
  if (answer[0] != "ok") refused(service, message, answer[0], answer[1]);
  return std::move(answer[1]);
}

void door_client::fail_to_reach() const {
  const std::string who = "cannot reach a node at " + endpoint_ + ": ";
  switch (socket_.now()) {
    case state::refused:
      throw failure(exit_code::not_reached,
                    who + "nothing listens there\n  is the node running, and is the address right?");
    case state::silent:
      throw failure(exit_code::not_reached, who + "something listens there but said nothing " + within(patience_) +
                                                "\n  is this where a node listens?");
    case state::not_spoken:
    case state::lost:
      if (!socket_.refusal().empty()) throw failure(exit_code::not_reached, who + socket_.refusal());
      throw failure(exit_code::not_reached,
                    who +
                        "what listens there is no node, or refuses this program, perhaps because "
                        "it wants keys\n  a node is "
                        "reached at its `listen` endpoint, not where its events leave");
    default:
      throw failure(exit_code::not_reached, who + "no connection " + within(patience_) +
                                                "\n  are host and port right, and is there a firewall between?");
  }
}

void door_client::refused(std::string_view service, std::string_view message, const std::string& status,
                          const std::string& json) const {
  const ordered_json answer = parse_answer(json, endpoint_);
  const auto words = answer.is_object() ? answer.find("detail") : answer.end();
  const bool has_words = answer.is_object() && words != answer.end() && words->is_string();
  const std::string detail = has_words ? words->get<std::string>() : std::string();
  throw failure(exit_code::refused, std::string(message) + " to " + std::string(service) + " at " + endpoint_ + ": " +
                                        printable(status) + ": " + printable(detail) +
                                        advice(endpoint_, service, status, detail));
}
