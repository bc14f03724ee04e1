// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness.hpp"

#include <iosfwd>
#include <vector>

namespace bench {

/// One line a row, columns aligned, and below them the reasons of what failed.
void print_table(std::ostream& out, const std::vector<row>& rows);

/// An array with one object a row; its members: README.md.
void print_json(std::ostream& out, const std::vector<row>& rows);

}  // namespace bench
