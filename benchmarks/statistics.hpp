// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace bench {

/// The value below which the given share (0 to 1) of the samples lies, interpolated between neighbours (type 7 of
/// Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996). Not for an empty vector.
[[nodiscard]] double quantile(std::vector<double> samples, double share);

[[nodiscard]] inline double median(std::vector<double> samples) { return quantile(std::move(samples), 0.5); }

/// Which direction is an improvement.
enum class better { more, less };

/// The unfavourable end of median(ours) / median(theirs) with a confidence of 90%: a lower bound where more is better,
/// an upper one where less is. Entry i of both stems from round i, and rounds are drawn as pairs, so what disturbed
/// both systems alike cancels out (percentile bootstrap: Efron and Tibshirani, "An Introduction to the Bootstrap",
/// chapter 13). The same input gives the same answer. Not for empty vectors.
[[nodiscard]] double ratio_bound(const std::vector<double>& ours, const std::vector<double>& theirs, better direction);

}  // namespace bench
