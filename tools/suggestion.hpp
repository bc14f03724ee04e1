// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// `; did you mean "WORD"?` with the one of `known` that `word` is most likely meant to be, or nothing when none is
/// near enough: at most every third letter may be wrong, missing, too much, or swapped with its neighbour.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& known);
