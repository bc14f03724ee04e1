// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"
#include "options.hpp"
#include "report.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

/// Counts the words that belong to it. What it holds grows with the different words, not with the text.
class MapCounter {
 public:
  using contract = Counter;
  /// A short mailbox: whoever sends more waits, and memory stays small.
  static constexpr zooid::mailbox_limits mailbox{.messages = 64};

  MapCounter(const Options& options, std::promise<void> ended)
      : number_(options.number), slow_(options.slow_counters), ended_(std::move(ended)) {}

  void on(const Words& batch) {
    ++messages_;
    words_ += batch.words.size();
    for (const std::string& word : batch.words) ++counts_[word];
    using clock = std::chrono::steady_clock;
    for (const auto until = clock::now() + slow_; clock::now() < until;) {  // Work, for the option --slow-counters.
    }
  }

  zooid::task<void> on(const End& end) {
    try {
      co_await hand_over(end.collector);
      ended_.set_value();
    } catch (...) {
      ended_.set_exception(std::current_exception());
      throw;
    }
  }

 private:
  /// Gives all counts away, a piece at a time, no faster than the collector takes them.
  zooid::task<void> hand_over(const zooid::ref<Collector>& collector) {
    std::vector<WordCount> piece;
    for (const auto& [word, count] : counts_) {
      piece.push_back({word, count});
      if (piece.size() < 1024) continue;
      auto told = send(piece, collector);
      (co_await told).value();
    }
    auto told = send(piece, collector);
    (co_await told).value();

    Report report = report_of("counter " + std::to_string(number_));
    report.messages = messages_;
    report.words = words_;
    report.waits = waits_;
    const Finished finished{std::move(report)};
    auto last = collector.within(patience).tell(finished);
    (co_await last).value();
  }

  zooid::told<Counts> send(std::vector<WordCount>& piece, const zooid::ref<Collector>& collector) {
    auto told = collector.within(patience).tell<Counts>(std::exchange(piece, {}));
    if (!told) ++waits_;
    return told;
  }

  const unsigned number_;
  const std::chrono::microseconds slow_;
  std::promise<void> ended_;
  std::unordered_map<std::string, std::uint64_t> counts_;
  std::uint64_t messages_ = 0;
  std::uint64_t words_ = 0;
  std::uint64_t waits_ = 0;
};
