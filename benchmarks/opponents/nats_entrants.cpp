// SPDX-License-Identifier: Apache-2.0
#include "nats_connection.hpp"
#include "nats_server.hpp"

#include "child_process.hpp"
#include "event_load.hpp"
#include "load_result.hpp"
#include "opponents.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <list>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

// NATS between two processes or more, by a server between them, over tcp.

namespace bench {

namespace {

constexpr std::chrono::seconds server_start{5};
constexpr std::int64_t answer_timeout = 10'000;  ///< In milliseconds, as NATS takes them.

/// Asks what was received so far. It is told from a load by its size.
struct question {
  std::uint8_t unused{};
};

/// Counts what it gets, and answers with its content if an answer is wanted. One thread.
class counting_sink {
 public:
  void take(natsConnection* connection, natsMsg* message) {
    const char* reply_to = ::natsMsg_GetReply(message);
    if (holds<question>(message)) return publish(connection, reply_to, received_);
    if (holds<large_payload>(message)) return received_.add(value_of<large_payload>(message));
    const auto content = value_of<payload>(message);
    received_.add(content);
    if (reply_to != nullptr) publish(connection, reply_to, content);
  }

 private:
  tally received_;
};

/// A failure ends the process, and is shown.
template <class Taker>
void take_message(natsConnection* connection, natsSubscription*, natsMsg* received, void* taker) noexcept {
  const nats_message message(received);
  static_cast<Taker*>(taker)->take(connection, message.get());
}

/// Hands what comes to a `Taker`, until the parent wants this process to end.
template <class Taker>
void serve(const char* subject, nats_sends when) {
  Taker taker;
  const nats_connection connection = connect(when);
  const nats_subscription subscription = subscribe(connection, subject, take_message<Taker>, &taker);
  std::cout << "subscribed" << std::endl;
  wait_for_parent();
}

void serve_sink() { serve<counting_sink>("sink", nats_sends::buffered); }

void serve_prompt_sink() { serve<counting_sink>("sink", nats_sends::at_once); }

/// A connection of this process, and the sink in another one, which has answered once.
class remote_sink {
 public:
  explicit remote_sink(const char* role) : process_({"serve", role}) {
    std::ignore = process_.read_line(server_start);
    report();
  }
  [[nodiscard]] const nats_connection& connection() const { return connection_; }
  /// A question can be dropped, as a load can, and is asked again; the harness bounds the time.
  tally report() {
    for (;;) {
      const nats_message answer = request_within(100, connection_, "sink", question());
      if (answer) return value_of<tally>(answer.get());
    }
  }

 private:
  nats_server server_;
  child_process process_;
  nats_connection connection_ = connect(nats_sends::buffered);
};

template <class Payload>
outcome remote_tell() {
  remote_sink remote("nats-sink");
  tally sent;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i);
    sent.add(message);
    publish(remote.connection().get(), "sink", message);
  }
  const tally received = remote.report();
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(sent, received);
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

payload content_of(const nats_message& answer) {
  if (!answer) throw std::runtime_error("no answer for 10 s");
  return value_of<payload>(answer.get());
}

outcome remote_call_latency() {
  remote_sink remote("nats-prompt-sink");
  load_result done = call_one_by_one([&](const payload& message) {
    return content_of(request_within(answer_timeout, remote.connection(), "sink", message));
  });
  done.received = remote.report();
  return {latency_figures(done.microseconds, done.lost_calls())};
}

/// A request waits for its answer, so these are published with an inbox, to which all answers come in order.
outcome remote_call_pipelined() {
  remote_sink remote("nats-sink");
  natsConnection* connection = remote.connection().get();
  const nats_subscription answers = subscribe(remote.connection(), "answers");
  load_result done;
  const auto wait_for_oldest = [&] { done.answered.add(content_of(next_within(answer_timeout, answers))); };
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    if (i >= window) wait_for_oldest();
    const payload message = make_payload(i);
    done.sent.add(message);
    check(::natsConnection_PublishRequest(connection, "sink", "answers", &message, sizeof message));
  }
  while (done.answered.count < done.sent.count) wait_for_oldest();
  const double rate = box.rate(done.answered.count);
  done.received = remote.report();
  return {{{"from-thread", rate, done.lost_calls(), 0}, {"from-actor", rate, done.lost_calls(), 0}}};
}

/// Finds what is missing by the numbers of the events, and reports at the first marker.
class event_listener {
 public:
  void take(natsConnection* connection, natsMsg* message) {
    const auto event = value_of<payload>(message);
    if (event.sequence > listener_.expected()) listener_.miss(event.sequence - listener_.expected());
    if (listener_.take(event)) publish(connection, "hearings", listener_.account());
  }

 private:
  listener listener_;
};

void serve_listener() { serve<event_listener>("events", nats_sends::buffered); }

/// Publishes for the time of the box, until every subscriber has reported.
event_load publish_to(std::size_t subscribers) {
  const nats_server server;
  const nats_connection connection = connect(nats_sends::buffered);
  const nats_subscription hearings = subscribe(connection, "hearings");
  std::list<child_process> listeners;
  const std::vector<std::string> role{"serve", "nats-listener"};
  for (std::size_t i = 0; i < subscribers; ++i) listeners.emplace_back(role);
  for (child_process& one : listeners) std::ignore = one.read_line(server_start);

  event_load load;
  const time_box box;
  for (; box.open(load.published); ++load.published) publish(connection.get(), "events", make_payload(load.published));
  std::uint64_t next = load.published;
  while (load.hearings.size() < subscribers) {
    publish(connection.get(), "events", make_marker(next++));
    if (const nats_message heard = next_within(1, hearings)) load.hearings.push_back(value_of<hearing>(heard.get()));
  }
  load.seconds = box.seconds();
  check_accounts(load, losses::allowed);
  return load;
}

outcome measure_events(std::size_t subscribers) {
  const event_load load = publish_to(subscribers);
  return {{{"lossless", load.rate(), load.lost(), 0},
           {"default", load.rate(), load.lost(), 0},
           {"default-lost", load.percent_lost(), load.lost(), 0}}};
}

}  // namespace

contribution nats_contribution() {
  return {{{"remote-tell-64", remote_tell<payload>},
           {"remote-tell-1k", remote_tell<large_payload>},
           {"remote-call-latency", remote_call_latency},
           {"remote-call-pipelined", remote_call_pipelined},
           {"events-1", [] { return measure_events(1); }},
           {"events-4", [] { return measure_events(4); }}},
          {{"nats-sink", serve_sink}, {"nats-prompt-sink", serve_prompt_sink}, {"nats-listener", serve_listener}}};
}

}  // namespace bench
