// SPDX-License-Identifier: Apache-2.0
#include "suggestion.hpp"

#include <algorithm>

namespace {

/// The optimal string alignment distance: letters changed, inserted, removed, or swapped with their neighbour.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> above(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({changed, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[to.size()];
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t longest = 64;  // Nobody means a name of ours by more.
  if (word.size() > longest) return {};
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string_view best;
  for (const std::string& each : known) {
    const std::size_t far = distance(word, each);
    if (far >= least || far >= each.size()) continue;  // Not one with every letter replaced.
    least = far;
    best = each;
  }
  return best.empty() ? std::string() : "; did you mean \"" + std::string(best) + "\"?";
}
