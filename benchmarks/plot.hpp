// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bench {

/// Draws what `run --json` or `scale --json` has written as an SVG that needs nothing else: no fonts, no scripts; it
/// has a background of its own. Throws std::runtime_error with words that say what to do when the one cannot be read
/// or understood, or the other cannot be written.
void plot(const std::string& json_path, const std::string& svg_path);

}  // namespace bench
