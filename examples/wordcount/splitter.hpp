// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "report.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Reads files and sends each word to the counter that it belongs to, no faster than the counters take them.
class FileSplitter {
 public:
  using contract = Splitter;

  FileSplitter(const Options& options, std::promise<void> ended)
      : reader_(list_files(options.paths), options.repeat), ended_(std::move(ended)) {}

  zooid::task<void> on(const Split& to) {
    try {
      batches_.resize(to.counters.size());
      co_await send_words(to);
      co_await end_all(to);
      ended_.set_value();
    } catch (...) {
      ended_.set_exception(std::current_exception());
      throw;
    }
  }

 private:
  static constexpr std::size_t batch_size = 512;
  static constexpr std::uint64_t progress_steps = 200;

  zooid::task<void> send_words(const Split& to) {
    const auto take = [this](std::string word) {
      const std::size_t owner = owner_of(word, batches_.size());
      batches_[owner].push_back(std::move(word));
    };
    for (bool more = true; more;) {
      more = reader_.read(take);
      report_progress(to.collector);
      for (std::size_t i = 0; i < batches_.size(); ++i) {
        if (more && batches_[i].size() < batch_size) continue;
        auto told = send_batch(i, to);
        require(co_await told, i);  // Goes on at once if there was room, otherwise when there is.
      }
    }
  }

  zooid::told<Words> send_batch(std::size_t owner, const Split& to) {
    ++messages_;
    words_ += batches_[owner].size();
    auto told = to.counters[owner].within(patience).tell<Words>(std::exchange(batches_[owner], {}));
    if (!told) ++waits_;
    return told;
  }

  zooid::task<void> end_all(const Split& to) {
    for (std::size_t i = 0; i < to.counters.size(); ++i) {
      auto told = to.counters[i].within(patience).tell<End>(to.collector);
      require(co_await told, i);
    }
    auto told = to.collector.within(patience).tell<Progress>(reader_.bytes(), reader_.bytes_in_all());
    (co_await told).value();

    Report report = report_of("splitter");
    report.messages = messages_;
    report.words = words_;
    report.waits = waits_;
    const Finished finished{std::move(report)};
    auto last = to.collector.within(patience).tell(finished);
    (co_await last).value();
  }

  void report_progress(const zooid::ref<Collector>& collector) {
    if (reader_.bytes() < next_progress_) return;
    next_progress_ = reader_.bytes() + reader_.bytes_in_all() / progress_steps + 1;
    collector.tell<Progress>(reader_.bytes(), reader_.bytes_in_all());  // If it is refused, another follows.
  }

  static void require(const zooid::result<void>& outcome, std::size_t counter) {
    if (outcome) return;
    throw std::runtime_error("counter " + std::to_string(counter + 1) + " is lost: " + outcome.error().to_string());
  }

  word_reader reader_;
  std::promise<void> ended_;
  std::vector<std::vector<std::string>> batches_;  // Words under way, a batch for each counter.
  std::uint64_t next_progress_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t words_ = 0;
  std::uint64_t waits_ = 0;
};
