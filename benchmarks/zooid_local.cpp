// SPDX-License-Identifier: Apache-2.0
#include "entrants.hpp"
#include "load_result.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"
#include "zooid_actors.hpp"
#include "zooid_sink.hpp"

#include <zooid/zooid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <latch>
#include <stdexcept>
#include <utility>
#include <vector>

// Several actors of one node: four that tell one, and pairs that tell each other.

namespace bench {

namespace {

constexpr std::chrono::seconds load_timeout{15};

// local-fan-in

/// One of several that tell; who runs them asks the sink what it got.
class Producer {
 public:
  using contract = Load;
  Producer(sink_ref sink, std::uint64_t number) : sink_(std::move(sink)), number_(number) {}

  zooid::task<load_result> on(const Run&) {
    const time_box box;
    co_return co_await produce<payload>(sink_, number_, box);
  }

 private:
  sink_ref sink_;
  std::uint64_t number_;
};

void add_up(load_result& all, const load_result& one) {
  all.sent.add(one.sent);
  all.retried += one.retried;
}

figure fan_in_figure(const char* metric, const load_result& sent, const sink_ref& sink, const time_box& box) {
  const tally received = report_on_thread(sink);
  return {metric, box.rate(received.count), count_lost(sent.sent, received), sent.retried};
}

figure fan_in_from_threads(zooid::node& node) {
  const sink_ref sink = node.spawn<CountingSink>();
  sink.call<Report>().get();
  const time_box box;
  std::vector<std::future<load_result>> producers;
  for (std::uint64_t i = 1; i <= fan_in_producers; ++i) {
    producers.push_back(std::async(std::launch::async, produce_on_thread<payload>, std::cref(sink), i, std::cref(box)));
  }
  load_result all;
  for (std::future<load_result>& producer : producers) add_up(all, producer.get());
  return fan_in_figure("from-threads", all, sink, box);
}

figure fan_in_from_actors(zooid::node& node) {
  const sink_ref sink = node.spawn<CountingSink>();
  sink.call<Report>().get();
  std::vector<zooid::ref<Load>> actors;
  for (std::uint64_t i = 1; i <= fan_in_producers; ++i) actors.push_back(node.spawn<Producer>(sink, i));
  const time_box box;
  std::vector<zooid::pending<load_result>> producers;
  for (const zooid::ref<Load>& actor : actors) producers.push_back(actor.within(load_timeout).call<Run>());
  load_result all;
  for (zooid::pending<load_result>& producer : producers) add_up(all, producer.get());
  return fan_in_figure("from-actors", all, sink, box);
}

// local-ping-pong

struct Begin;
struct Result {
  using reply = load_result;
};
struct Pings : zooid::local_contract<Begin, payload, Result> {};
struct Pongs : zooid::local_contract<payload, Report> {};
struct Begin {
  zooid::ref<Pongs> other{};
  const time_box* box{};
  std::latch* ended{};
};

void tell_the_only(const auto& to, const payload& message) {
  if (!to.tell(message)) throw std::logic_error("a mailbox without a message had no room");
}

/// Tells a payload, and another whenever the last one comes back, for the time of the box.
class Pinger {
 public:
  using contract = Pings;
  explicit Pinger(std::uint64_t number) : number_(number) {}

  void on(const Begin& begin) {
    game_ = begin;
    serve();
  }
  void on(const payload& returned) {
    done_.answered.add(returned);
    serve();
  }
  load_result on(const Result&) const { return done_; }

 private:
  void serve() {
    if (!game_.box->open(done_.sent.count)) return game_.ended->count_down();
    const payload message = make_payload(done_.sent.count, number_);
    done_.sent.add(message);
    tell_the_only(game_.other, message);
  }

  std::uint64_t number_;
  Begin game_;
  load_result done_;
};

/// Tells each payload back.
class Ponger {
 public:
  using contract = Pongs;
  explicit Ponger(zooid::ref<Pings> other) : other_(std::move(other)) {}

  void on(const payload& message) {
    received_.add(message);
    tell_the_only(other_, message);
  }
  tally on(const Report&) const { return received_; }

 private:
  zooid::ref<Pings> other_;
  tally received_;
};

/// What all pairs did together; the rate is that of round trips.
load_result ping_pong(std::size_t pairs) {
  std::latch ended(static_cast<std::ptrdiff_t>(pairs));
  zooid::node node;
  std::vector<zooid::ref<Pings>> pingers;
  std::vector<zooid::ref<Pongs>> pongers;
  for (std::size_t i = 0; i < pairs; ++i) {
    pingers.push_back(node.spawn<Pinger>(i + 1));
    pongers.push_back(node.spawn<Ponger>(pingers.back()));
  }
  const time_box box;
  for (std::size_t i = 0; i < pairs; ++i) pingers[i].tell(Begin{pongers[i], &box, &ended});
  ended.wait();
  const double seconds = box.seconds();

  load_result all;
  for (std::size_t i = 0; i < pairs; ++i) {
    const load_result done = pingers[i].call(Result{}).get();
    add_up(all, done);
    all.answered.add(done.answered);
    all.received.add(pongers[i].call(Report{}).get());
  }
  all.rate = static_cast<double>(all.answered.count) / seconds;
  return all;
}

}  // namespace

outcome zooid_local_fan_in() {
  zooid::node node;
  const figure from_threads = fan_in_from_threads(node);
  return {{from_threads, fan_in_from_actors(node)}};
}

outcome zooid_local_ping_pong() {
  const load_result done = ping_pong(1);
  return {{{"rate", done.rate, done.lost_calls(), 0}}};
}

outcome zooid_local_ping_pong_100() {
  const load_result done = ping_pong(many_pairs);
  return {{{"rate", 2 * done.rate, done.lost_calls(), 0}}};
}

}  // namespace bench
