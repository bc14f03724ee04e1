// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"
#include "options.hpp"
#include "progress_bar.hpp"
#include "report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// All that is known at the end.
struct Summary {
  std::map<std::string, std::uint64_t> counts{};  ///< Sorted as `LC_ALL=C sort` does.
  std::vector<Report> reports{};                  ///< The splitter's, the counters', the collector's.
  std::chrono::duration<double> seconds{};
  std::uint64_t bytes{};
};

/// Merges what the counters counted. When every process has finished, the summary is ready.
class MergingCollector {
 public:
  using contract = Collector;

  MergingCollector(const Options& options, std::promise<Summary> ended)
      : processes_(options.counters + 1), ended_(std::move(ended)) {}

  void on(const Progress& progress) {
    summary_.bytes = progress.bytes;
    bar_.show(progress.bytes, progress.total);
  }

  void on(const Counts& piece) {
    ++messages_;
    for (const auto& [word, count] : piece.counts) {
      summary_.counts[word] += count;
      words_ += count;
    }
  }

  void on(const Finished& finished) {
    summary_.reports.push_back(finished.report);
    if (summary_.reports.size() < processes_) return;
    bar_.end();
    summary_.seconds = std::chrono::steady_clock::now() - began_;
    std::sort(summary_.reports.begin(), summary_.reports.end(),
              [](const Report& a, const Report& b) { return std::pair(a.words, b.who) > std::pair(b.words, a.who); });
    Report own = report_of("collector");
    own.messages = messages_;
    own.words = words_;
    summary_.reports.push_back(std::move(own));
    ended_.set_value(std::move(summary_));
  }

 private:
  const std::size_t processes_;
  std::promise<Summary> ended_;
  Summary summary_;
  progress_bar bar_;
  std::uint64_t messages_ = 0;
  std::uint64_t words_ = 0;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};
