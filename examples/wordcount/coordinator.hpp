// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <cstddef>

/// Introduces the processes to each other: once all are there, the splitter learns who the others are.
class Introducer {
 public:
  using contract = Coordinator;

  explicit Introducer(unsigned counters) { everybody_.counters.resize(counters); }

  void on(const CounterReady& ready) {
    everybody_.counters.at(ready.number - 1) = ready.counter;
    begin_if_complete();
  }
  void on(const CollectorReady& ready) {
    everybody_.collector = ready.collector;
    begin_if_complete();
  }
  void on(const SplitterReady& ready) {
    splitter_ = ready.splitter;
    begin_if_complete();
  }

 private:
  void begin_if_complete() {
    if (++ready_ == everybody_.counters.size() + 2) splitter_.tell(everybody_);
  }

  Split everybody_;
  zooid::ref<Splitter> splitter_;
  std::size_t ready_ = 0;
};
