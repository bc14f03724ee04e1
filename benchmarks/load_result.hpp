// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace bench {

/// What one who tells or calls did, and what became of it.
struct load_result {
  tally sent{};
  tally answered{};
  tally received{};  ///< As the other side has counted.
  std::uint64_t retried{};
  double rate{};
  std::vector<double> microseconds{};  ///< What each call took, where one was made after the other.

  [[nodiscard]] std::uint64_t lost_calls() const {
    return std::max(count_lost(sent, received), count_lost(sent, answered));
  }
};

/// One call after the other for the time of the box: `call` returns the answer to a payload.
template <class Call>
[[nodiscard]] load_result call_one_by_one(Call call) {
  load_result done;
  const time_box box;
  auto before = steady::now();
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i);
    done.sent.add(message);
    done.answered.add(call(message));
    const auto after = steady::now();
    done.microseconds.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
  done.rate = box.rate(done.answered.count);
  return done;
}

/// A window of calls under way for the time of the box: `call` makes one with a payload, `wait_for` returns its answer;
/// the oldest is waited for before another one is made.
template <class Call, class WaitFor>
[[nodiscard]] load_result call_in_window(Call call, WaitFor wait_for) {
  load_result done;
  std::vector<std::invoke_result_t<Call&, const payload&>> calls;
  calls.reserve(window);
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i);
    done.sent.add(message);
    if (i < window) {
      calls.push_back(call(message));
      continue;
    }
    auto& oldest = calls[i % window];
    done.answered.add(wait_for(oldest));
    oldest = call(message);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    done.answered.add(wait_for(calls[(done.sent.count + i) % calls.size()]));
  }
  done.rate = box.rate(done.answered.count);
  return done;
}

}  // namespace bench
