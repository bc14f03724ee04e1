// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "load_result.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"
#include "zooid_sink.hpp"

#include <zooid/zooid.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bench {

struct Run {
  using reply = load_result;
};

struct Load : zooid::local_contract<Run> {};

/// Tells for the time of the box.
template <class Payload>
zooid::task<load_result> produce(const sink_ref& sink, std::uint64_t producer, const time_box& box) {
  load_result done;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i, producer);
    done.sent.add(message);
    auto told = sink.tell(message);
    if (!told) {
      ++done.retried;
      const zooid::result<void> taken = co_await told;  // with a name: g++ 12 finds no type for it in a template
      taken.value();
    }
  }
  co_return done;
}

/// The same on a plain thread.
template <class Payload>
load_result produce_on_thread(const sink_ref& sink, std::uint64_t producer, const time_box& box) {
  load_result done;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i, producer);
    done.sent.add(message);
    auto told = sink.tell(message);
    if (!told) {
      ++done.retried;
      told.get();
    }
  }
  return done;
}

/// An actor that tells.
template <class Payload>
class Teller {
 public:
  using contract = Load;
  explicit Teller(sink_ref sink) : sink_(std::move(sink)) {}

  zooid::task<load_result> on(const Run&) {
    const zooid::result<tally> reached = co_await sink_.call<Report>();
    reached.value();
    const time_box box;
    load_result done = co_await produce<Payload>(sink_, 1, box);
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
