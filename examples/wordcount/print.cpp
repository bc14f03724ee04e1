// SPDX-License-Identifier: Apache-2.0
#include "print.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace {

unsigned long long number(std::uint64_t value) { return value; }

std::uint64_t words_of(const Summary& summary, std::string_view role) {
  std::uint64_t words = 0;
  for (const Report& report : summary.reports) {
    if (report.who.starts_with(role)) words += report.words;
  }
  return words;
}

}  // namespace

void print_summary(const Summary& summary, std::size_t top) {
  std::vector<std::pair<std::uint64_t, std::string_view>> words;
  for (const auto& [word, count] : summary.counts) words.emplace_back(count, word);
  const std::size_t shown = std::min(top, words.size());
  std::partial_sort(
      words.begin(), words.begin() + static_cast<std::ptrdiff_t>(shown), words.end(),
      [](const auto& a, const auto& b) { return std::pair(a.first, b.second) > std::pair(b.first, a.second); });
  for (const auto& [count, word] : std::vector(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(shown))) {
    std::printf("%10llu  %.*s\n", number(count), static_cast<int>(word.size()), word.data());
  }

  const auto sent = static_cast<double>(words_of(summary, "splitter"));
  std::printf("\n%zu different words; %.0f words, %.1f MB in %.2f s: %.0f words/s\n\n", summary.counts.size(), sent,
              static_cast<double>(summary.bytes) / 1e6, summary.seconds.count(), sent / summary.seconds.count());

  std::printf("%-12s %8s %10s %12s %10s %12s\n", "process", "pid", "messages", "words", "waits", "peak MiB");
  for (const Report& report : summary.reports) {
    std::printf("%-12s %8lld %10llu %12llu %10llu %12.1f\n", report.who.c_str(), static_cast<long long>(report.pid),
                number(report.messages), number(report.words), number(report.waits),
                static_cast<double>(report.peak_kib) / 1024);
  }
}

void write_counts(const Summary& summary, const std::string& file) {
  std::FILE* out = std::fopen(file.c_str(), "w");
  if (out == nullptr) throw std::runtime_error("cannot write " + file);
  for (const auto& [word, count] : summary.counts) std::fprintf(out, "%7llu %s\n", number(count), word.c_str());
  const bool failed = std::ferror(out) != 0;
  if (std::fclose(out) != 0 || failed) throw std::runtime_error("cannot write " + file);
}

bool nothing_lost(const Summary& summary) {
  const std::uint64_t sent = words_of(summary, "splitter");
  const std::uint64_t counted = words_of(summary, "counter");
  const std::uint64_t collected = words_of(summary, "collector");
  const bool all = sent == counted && counted == collected;
  std::printf("\n%llu words sent, %llu counted, %llu collected: %s\n", number(sent), number(counted), number(collected),
              all ? "nothing lost" : "they differ");
  return all;
}
