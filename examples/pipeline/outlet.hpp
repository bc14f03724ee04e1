// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"
#include "report.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Hands readings on to what is next, no faster than that takes them. If there are several, the readings of one sensor
/// always go to the same, and stay in order.
class outlet {
 public:
  outlet(zooid::node& node, const std::vector<std::string>& addresses) {
    for (const std::string& each : addresses) next_.push_back(node.find<Inlet>(each));
  }

  /// To be awaited: that goes on at once if there was room, otherwise when there is.
  zooid::told<Reading> pass(const Reading& reading) {
    ++readings_;
    auto told = next_[reading.sensor % next_.size()].within(patience).tell(reading);
    if (!told) ++waits_;
    return told;
  }

  /// Goes to all of them, with what this process did.
  zooid::task<zooid::result<void>> pass(const End& all, const std::string& name) {
    End end = all;
    end.reports[name] = report_of(readings_, waits_);
    for (const zooid::ref<Inlet>& each : next_) {
      auto told = each.within(patience).tell(end);
      if (const zooid::result<void> taken = co_await told; !taken) co_return taken;
    }
    co_return zooid::result<void>{};
  }

 private:
  std::vector<zooid::ref<Inlet>> next_;
  std::uint64_t readings_ = 0;
  std::uint64_t waits_ = 0;
};
