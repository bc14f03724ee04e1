// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"

#include <zooid/zooid.hpp>

namespace bench {

struct Ask {
  using reply = payload;  ///< The same again.
  payload content{};
};

struct Report {
  using reply = tally;  ///< Of all that was received so far.
};

struct Sink : zooid::contract<"sink", payload, large_payload, Ask, Report> {};

/// Counts what it gets, and answers a call with its content.
class CountingSink {
 public:
  using contract = Sink;

  void on(const payload& message) { received_.add(message); }
  void on(const large_payload& message) { received_.add(message); }
  payload on(const Ask& ask) {
    received_.add(ask.content);
    return ask.content;
  }
  tally on(const Report&) const { return received_; }

 private:
  tally received_;
};

using sink_ref = zooid::ref<Sink>;

/// What the sink received. A call is refused at once while the mailbox is still full of what was told before it, so it
/// is repeated until it is taken; the harness bounds the time.
inline zooid::task<tally> report(const sink_ref& sink) {
  for (;;) {
    const zooid::result<tally> received = co_await sink.call<Report>();
    if (received || received.error().code != zooid::errc::overloaded) co_return received.value();
  }
}

/// The same on a plain thread.
inline tally report_on_thread(const sink_ref& sink) {
  for (;;) {
    const zooid::result<tally> received = sink.call<Report>().result();
    if (received || received.error().code != zooid::errc::overloaded) return received.value();
  }
}

}  // namespace bench
