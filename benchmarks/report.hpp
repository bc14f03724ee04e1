// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace bench {

/// A figure as people read it: 4.56, 123.4, 45.6 k, 7.89 M.
[[nodiscard]] std::string shorten(double value);

/// One line a row, columns aligned, and below them the reasons of what failed.
void print_table(std::ostream& out, const std::vector<row>& rows);

/// An array with one object a row; its members: README.md.
void print_json(std::ostream& out, const std::vector<row>& rows);

}  // namespace bench
