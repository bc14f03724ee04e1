// SPDX-License-Identifier: Apache-2.0
#include "door_probe.hpp"

#include "json_text.hpp"
#include "print.hpp"

#include <utility>
#include <vector>

#include <poll.h>

namespace {

using state = watched_socket::state;

/// The node's error in words: "incompatible: this node has no door".
std::string words_of(const std::string& status, const std::string& json) {
  const ordered_json answer = ordered_json::parse(json, nullptr, false);
  const bool has_words = answer.is_object() && answer.contains("detail") && answer["detail"].is_string();
  return printable(status) + (has_words ? ": " + printable(answer["detail"].get<std::string>()) : std::string());
}

}  // namespace

door_probe::door_probe(poll_loop& loop, std::string endpoint, const connection_keys& keys,
                       std::function<void(const outcome&)> on_outcome)
    : loop_(loop), endpoint_(std::move(endpoint)), keys_(keys), on_outcome_(std::move(on_outcome)) {}

door_probe::~door_probe() { close(); }

void door_probe::open() {
  socket_.emplace(zmq::socket_type::req, endpoint_, keys_);
  watched_ = socket_->files();
  for (const int each : watched_) loop_.watch(each, POLLIN, [this] { look(); });
}

void door_probe::close() {
  if (!socket_) return;
  for (const int each : watched_) loop_.forget(each);
  socket_.reset();
  sent_ = false;
}

void door_probe::ask(std::string_view message, steady::time_point until) {
  if (is_asking()) return;
  question_ = message;
  until_ = until;
  // ZeroMQ does not try again where something else answered.
  if (socket_ && socket_->now() == state::not_spoken) close();
  if (!socket_) open();
  look();
}

steady::time_point door_probe::due() const noexcept { return is_asking() ? until_ : steady::time_point::max(); }

void door_probe::step(steady::time_point now) {
  if (!is_asking() || now < until_) return;
  look();
  if (!is_asking() || now < until_) return;
  outcome late{false, false, silence()};
  if (sent_) close();  // A late answer would be taken for that of the next question.
  end(std::move(late));
}

/// The descriptors tell of changes only, so everything that there is has to be taken, each time.
void door_probe::look() {
  while (socket_) {
    const watched_socket::ready found = socket_->wait(steady::now());
    if (found.message) {
      receive();
    } else if (is_asking() && !sent_ && socket_->now() == state::connected) {
      send();
    } else if (sent_ && socket_->now() != state::connected) {
      close();
      end({false, false, "the connection was lost before an answer came"});
    } else if (!found.change) {
      return;
    }
  }
}

void door_probe::send() {
  socket_->socket().send(zmq::str_buffer("zooid"), zmq::send_flags::sndmore);
  socket_->socket().send(zmq::buffer(question_), zmq::send_flags::sndmore);
  socket_->socket().send(zmq::str_buffer("{}"), zmq::send_flags::none);
  sent_ = true;
}

void door_probe::receive() {
  const std::vector<std::string> answer = socket_->receive();
  if (!sent_) return;
  sent_ = false;
  if (answer.size() != 2) {
    end({true, true, "what answers there is no node"});
  } else if (answer[0] == "ok") {
    end({true, false, answer[1]});
  } else {
    end({true, true, words_of(answer[0], answer[1])});
  }
}

void door_probe::end(outcome how) {
  question_.clear();
  on_outcome_(how);
}

std::string door_probe::silence() const {
  if (!socket_->refusal().empty()) return socket_->refusal();
  if (sent_) return "it took the question and did not answer";
  switch (socket_->now()) {
    case state::silent:
      return "something listens at " + endpoint_ + " but says nothing";
    case state::not_spoken:
      return "what listens at " + endpoint_ + " is no node, or refuses this program";
    default:
      return "nothing listens at " + endpoint_;
  }
}
