// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bench {

struct Ask {
  using reply = payload;  ///< The same again.
  payload content{};
};

struct Report {
  using reply = tally;  ///< Of all that was received so far.
};

struct Sink : zooid::contract<"sink", payload, Ask, Report> {};

/// Counts what it gets, and answers a call with its content.
class CountingSink {
 public:
  using contract = Sink;

  void on(const payload& message) { received_.add(message); }
  payload on(const Ask& ask) {
    received_.add(ask.content);
    return ask.content;
  }
  tally on(const Report&) const { return received_; }

 private:
  tally received_;
};

/// What one producer did.
struct load_result {
  tally sent;
  tally answered;
  tally received;
  std::uint64_t retried{};
  double rate{};
};

struct Run {
  using reply = load_result;
};

struct Load : zooid::local_contract<Run> {};

using sink_ref = zooid::ref<Sink>;

inline constexpr std::size_t window = 256;  ///< Calls under way in remote-call-pipelined.

/// What the sink received. A call is refused at once while the mailbox is still full of what was told before it, so it
/// is repeated until it is taken; the harness bounds the time.
inline zooid::task<tally> report(const sink_ref& sink) {
  for (;;) {
    const zooid::result<tally> received = co_await sink.call<Report>();
    if (received || received.error().code != zooid::errc::overloaded) co_return received.value();
  }
}

/// An actor that tells.
class Teller {
 public:
  using contract = Load;
  explicit Teller(sink_ref sink) : sink_(std::move(sink)) {}

  zooid::task<load_result> on(const Run&) {
    load_result done;
    (co_await sink_.call<Report>()).value();
    const time_box box;
    for (std::uint64_t i = 0; box.open(i); ++i) {
      const payload message = make_payload(i);
      done.sent.add(message);
      auto told = sink_.tell(message);
      if (!told) {
        ++done.retried;
        (co_await told).value();
      }
    }
    done.received = co_await report(sink_);
    done.rate = box.rate(done.received.count);
    co_return done;
  }

 private:
  sink_ref sink_;
};

/// An actor that calls, and awaits each answer before the next call.
class Caller {
 public:
  using contract = Load;
  explicit Caller(sink_ref sink) : sink_(std::move(sink)) {}

  zooid::task<load_result> on(const Run&) {
    load_result done;
    (co_await sink_.call<Report>()).value();
    const time_box box;
    for (std::uint64_t i = 0; box.open(i); ++i) {
      const payload message = make_payload(i);
      done.sent.add(message);
      const zooid::result<payload> answer = co_await sink_.call<Ask>(message);
      done.answered.add(answer.value());
    }
    done.rate = box.rate(done.answered.count);
    done.received = (co_await sink_.call<Report>()).value();
    co_return done;
  }

 private:
  sink_ref sink_;
};

/// An actor that keeps a window of calls under way, and awaits the oldest before it makes another.
class Pipeliner {
 public:
  using contract = Load;
  explicit Pipeliner(sink_ref sink) : sink_(std::move(sink)) {}

  zooid::task<load_result> on(const Run&) {
    load_result done;
    (co_await sink_.call<Report>()).value();
    std::vector<zooid::pending<payload>> calls;
    calls.reserve(window);
    const time_box box;
    for (std::uint64_t i = 0; box.open(i); ++i) {
      const payload message = make_payload(i);
      done.sent.add(message);
      if (i < window) {
        calls.push_back(sink_.call<Ask>(message));
        continue;
      }
      zooid::pending<payload>& oldest = calls[i % window];
      const zooid::result<payload> answer = co_await oldest;
      done.answered.add(answer.value());
      oldest = sink_.call<Ask>(message);
    }
    for (zooid::pending<payload>& last : calls) {
      const zooid::result<payload> answer = co_await last;
      done.answered.add(answer.value());
    }
    done.rate = box.rate(done.answered.count);
    done.received = (co_await sink_.call<Report>()).value();
    co_return done;
  }

 private:
  sink_ref sink_;
};

}  // namespace bench
