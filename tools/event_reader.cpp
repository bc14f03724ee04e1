// SPDX-License-Identifier: Apache-2.0
#include "event_reader.hpp"

#include "door_client.hpp"
#include "failure.hpp"
#include "print.hpp"

#include <algorithm>
#include <iostream>
#include <random>
#include <utility>

namespace {

using state = watched_socket::state;

constexpr std::chrono::milliseconds renewal_interval(250);

std::string random_text() {
  std::random_device source;
  return std::to_string(source()) + '-' + std::to_string(source());
}

}  // namespace

event_reader::event_reader(std::string endpoint, choice which, std::chrono::milliseconds patience, int stop,
                           const connection_keys& keys)
    : endpoint_(std::move(endpoint)),
      which_(std::move(which)),
      patience_(patience),
      stop_(stop),
      socket_(zmq::socket_type::sub, endpoint_, keys),
      begins_(which_.event + '/' + which_.key),
      own_(random_text()) {
  if (which_.whole_key && !which_.key.empty()) begins_ += '/';
  socket_.socket().set(zmq::sockopt::subscribe, begins_);
}

bool event_reader::confirm() {
  const auto until = steady::now() + patience_;
  while (!holds_) {
    if (!wait(until)) return false;
    const std::vector<std::string> parts = socket_.receive();  // Events until then are not ours yet.
    if (is_confirmation(parts)) confirmed(parts[1]);
    const bool can_come = socket_.now() != state::refused && socket_.now() != state::not_spoken;
    if (!holds_ && (!can_come || steady::now() >= until)) {
      throw failure(exit_code::not_reached,
                    "cannot subscribe at " + endpoint_ + ", where the node says that its events leave: " +
                        (socket_.now() == state::connected ? "not confirmed " : "no connection ") + within(patience_) +
                        "\n  is that endpoint reached from here? see node_options::events and ::advertise");
    }
  }
  return true;
}

std::optional<ordered_json> event_reader::next(steady::time_point until) {
  while (steady::now() < until && wait(until)) {
    const std::vector<std::string> parts = socket_.receive();
    if (is_confirmation(parts)) {
      confirmed(parts[1]);
    } else if (auto event = read(parts)) {
      return event;
    }
  }
  return {};
}

/// Until there is perhaps a message. False when it was interrupted.
bool event_reader::wait(steady::time_point until) {
  if (!holds_ && socket_.now() == state::connected) {
    if (steady::now() >= renewal_) renew_token();
    until = std::min(until, renewal_);
  }
  if (socket_.wait(until, stop_).other) {
    interrupted_ = true;
    return false;
  }
  const bool is_new = socket_.connections() != connections_;
  const bool was_lost = socket_.now() == state::lost || (is_new && connections_ != 0);
  if (is_new) {
    connections_ = socket_.connections();
    holds_ = false;
    renewal_ = {};
  }
  if (was_lost && !said_lost_) {
    said_lost_ = true;
    std::cerr << "zooid: the connection to " << endpoint_ << " was lost; trying again" << std::endl;
  }
  return true;
}

/// Asks whether the subscription holds, behind it. One that came too early for the publisher's answer is never
/// answered.
void event_reader::renew_token() {
  if (!token_.empty()) socket_.socket().set(zmq::sockopt::unsubscribe, token_);
  token_ =
      "\xff"
      "zooid sub " +
      own_ + '-' + std::to_string(++tokens_);
  socket_.socket().set(zmq::sockopt::subscribe, token_);
  renewal_ = steady::now() + renewal_interval;
}

bool event_reader::is_confirmation(const std::vector<std::string>& parts) const {
  return parts.size() == 2 && !token_.empty() && parts[0] == token_;
}

void event_reader::confirmed(const std::string& json) {
  static_cast<void>(parse_answer(json, endpoint_));
  socket_.socket().set(zmq::sockopt::unsubscribe, token_);
  token_.clear();
  holds_ = true;
  std::cerr << "zooid: subscribed " << (said_lost_ ? "again " : "") << "to " << which_.event << " at " << endpoint_
            << (said_lost_ ? "; what was published meanwhile is missing" : "") << std::endl;
  said_lost_ = false;
}

std::optional<ordered_json> event_reader::read(const std::vector<std::string>& parts) {
  if (parts.size() != 3 || !parts[0].starts_with(begins_)) return {};
  if (which_.whole_key && parts[0].size() != begins_.size()) return {};  // "a/b" is another key than "a".
  const ordered_json about = parse_answer(parts[2], endpoint_);
  const std::uint64_t sequence = about.at("sequence").get<std::uint64_t>();
  const std::string node = about.at("node").get<std::string>();
  if (which_.key.empty() && !which_.whole_key) follow(sequence, node);
  std::string key = parts[0].substr(which_.event.size() + 1);
  if (key.ends_with('/')) key.pop_back();
  return ordered_json{{"topic", which_.event},
                      {"key", key},
                      {"event", parse_answer(parts[1], endpoint_)},
                      {"sequence", sequence},
                      {"node", node}};
}

/// Says where numbers are missing: each event of this type has the next one.
void event_reader::follow(std::uint64_t sequence, const std::string& node) {
  if (!node_.empty() && node != node_) {
    std::cerr << "zooid: the publisher was started anew; nobody knows how many events are missing" << std::endl;
  } else if (!node_.empty() && sequence > sequence_ + 1) {
    std::cerr << "zooid: " << sequence - sequence_ - 1 << " events are missing before sequence " << sequence
              << std::endl;
  }
  node_ = node;
  sequence_ = sequence;
}
