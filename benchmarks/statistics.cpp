// SPDX-License-Identifier: Apache-2.0
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>

namespace bench {

double quantile(std::vector<double> samples, double share) {
  std::sort(samples.begin(), samples.end());
  const double position = share * static_cast<double>(samples.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, samples.size() - 1);
  return std::lerp(samples[below], samples[above], position - static_cast<double>(below));
}

double ratio_bound(const std::vector<double>& ours, const std::vector<double>& theirs, better direction) {
  constexpr int resamples = 2000;
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::size_t> any_round(0, ours.size() - 1);
  std::vector<double> ratios;
  std::vector<double> drawn_ours(ours.size());
  std::vector<double> drawn_theirs(ours.size());
  for (int i = 0; i < resamples; ++i) {
    for (std::size_t k = 0; k < ours.size(); ++k) {
      const std::size_t round = any_round(random);
      drawn_ours[k] = ours[round];
      drawn_theirs[k] = theirs[round];
    }
    ratios.push_back(median(drawn_ours) / median(drawn_theirs));
  }
  return quantile(std::move(ratios), direction == better::more ? 0.1 : 0.9);
}

}  // namespace bench
