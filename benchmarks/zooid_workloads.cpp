// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "entrants.hpp"
#include "load_result.hpp"
#include "payload.hpp"
#include "time_box.hpp"
#include "zooid_actors.hpp"
#include "zooid_sink.hpp"

#include <zooid/zooid.hpp>

#include <iostream>
#include <string>

namespace bench {

namespace {

constexpr std::chrono::seconds server_start{5};
constexpr std::chrono::seconds load_timeout{15};

// What the three actors do, on a plain thread.

template <class Payload>
load_result tell_from_thread(const sink_ref& sink) {
  sink.call<Report>().get();
  const time_box box;
  load_result done = produce_on_thread<Payload>(sink, 1, box);
  done.received = report_on_thread(sink);
  done.rate = box.rate(done.received.count);
  return done;
}

load_result call_from_thread(const sink_ref& sink) {
  sink.call<Report>().get();
  load_result done = call_one_by_one([&](const payload& message) { return sink.call<Ask>(message).get(); });
  done.received = sink.call<Report>().get();
  return done;
}

load_result pipeline_from_thread(const sink_ref& sink) {
  sink.call<Report>().get();
  load_result done = call_in_window([&](const payload& message) { return sink.call<Ask>(message); },
                                    [](zooid::pending<payload>& call) { return call.get(); });
  done.received = sink.call<Report>().get();
  return done;
}

void account_tells(outcome& into, const char* metric, const load_result& done) {
  into.figures.push_back({metric, done.rate, count_lost(done.sent, done.received), done.retried});
}

void account_calls(outcome& into, const char* metric, const load_result& done) {
  into.figures.push_back({metric, done.rate, done.lost_calls(), 0});
}

template <class Actor>
load_result run_actor(zooid::node& node, const sink_ref& sink) {
  return node.spawn<Actor>(sink).within(load_timeout).template call<Run>().get();
}

/// A node in this process, and the sink in another one. Ends both.
class remote_sink {
 public:
  [[nodiscard]] zooid::node& node() { return client_; }
  [[nodiscard]] const sink_ref& ref() const { return sink_; }

 private:
  child_process server_{{"serve", "zooid"}};
  zooid::node client_;
  sink_ref sink_ = client_.find<Sink>(server_.read_line(server_start) + "/sink");
};

template <class Payload>
outcome measure_remote_tell() {
  outcome result;
  {
    remote_sink remote;
    account_tells(result, "from-thread", tell_from_thread<Payload>(remote.ref()));
  }
  remote_sink remote;
  account_tells(result, "from-actor", run_actor<Teller<Payload>>(remote.node(), remote.ref()));
  return result;
}

}  // namespace

outcome zooid_local_tell() {
  outcome result;
  zooid::node node;
  account_tells(result, "from-thread", tell_from_thread<payload>(node.spawn<CountingSink>()));
  account_tells(result, "from-actor", run_actor<Teller<payload>>(node, node.spawn<CountingSink>()));
  return result;
}

outcome zooid_local_call() {
  outcome result;
  zooid::node node;
  account_calls(result, "awaited", run_actor<Caller>(node, node.spawn<CountingSink>()));
  account_calls(result, "blocking", call_from_thread(node.spawn<CountingSink>()));
  return result;
}

outcome zooid_remote_tell_64() { return measure_remote_tell<payload>(); }

outcome zooid_remote_tell_1k() { return measure_remote_tell<large_payload>(); }

outcome zooid_remote_call_latency() {
  remote_sink remote;
  const load_result done = call_from_thread(remote.ref());
  return {latency_figures(done.microseconds, done.lost_calls())};
}

outcome zooid_remote_call_pipelined() {
  outcome result;
  {
    remote_sink remote;
    account_calls(result, "from-thread", pipeline_from_thread(remote.ref()));
  }
  remote_sink remote;
  account_calls(result, "from-actor", run_actor<Pipeliner>(remote.node(), remote.ref()));
  return result;
}

void serve_zooid() {
  zooid::node node({.listen = "tcp://127.0.0.1:0"});
  node.spawn_as<CountingSink>("sink");
  std::cout << node.endpoint() << std::endl;
  wait_for_parent();
}

}  // namespace bench
