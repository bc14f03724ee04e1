// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Counts numbers in buckets that grow with them, so that each is known to 3%, and however many there are take 15 KiB:
/// 32 buckets for each power of two. (The idea is that of HdrHistogram, http://hdrhistogram.org.)
class histogram {
 public:
  void add(std::uint64_t value) {
    ++counts_[bucket_of(value)];
    ++all_;
    if (value > largest_) largest_ = value;
  }

  /// What `share` of the numbers, between 0 and 1, do not exceed.
  [[nodiscard]] std::uint64_t quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(all_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted) return std::min(upper_end(i), largest_);
    }
    return largest_;
  }
  [[nodiscard]] std::uint64_t largest() const { return largest_; }

 private:
  static constexpr unsigned fine = 5;  // 2^5 buckets for each power of two.

  static std::size_t bucket_of(std::uint64_t value) {
    if (value >> fine == 0) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - fine - 1;
    return (std::size_t{shift} << fine) + (value >> shift);
  }
  static std::uint64_t upper_end(std::size_t bucket) {
    if (bucket >> (fine + 1) == 0) return bucket;
    const std::size_t shift = (bucket >> fine) - 1;
    return ((bucket - (shift << fine) + 1) << shift) - 1;
  }

  std::array<std::uint64_t, std::size_t{65 - fine} << fine> counts_{};
  std::uint64_t all_ = 0;
  std::uint64_t largest_ = 0;
};
