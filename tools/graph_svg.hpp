// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "graph.hpp"

#include <string>

/// The picture as an SVG file. It has a ground of its own, so it can be read on any page, white or dark.
[[nodiscard]] std::string draw_svg(const graph& picture);
