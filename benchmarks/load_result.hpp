// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"
#include "time_box.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
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

}  // namespace bench
