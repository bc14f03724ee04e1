// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tool.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

// Keys as users make them: with `zooid keys`.

/// Makes FILE.key and FILE.pub.
inline void make_key(const std::string& file) { REQUIRE(run_tool({"keys", "new", file}).status == "exit code 0"); }

/// Adds FILE.pub to an allow-list, by that name and at those addresses.
[[nodiscard]] inline tool_run allow_key(const std::string& list, const std::string& file, const std::string& name,
                                        const std::vector<std::string>& addresses = {}) {
  std::vector<std::string> command{"keys", "allow", list, file + ".pub", name};
  command.insert(command.end(), addresses.begin(), addresses.end());
  return run_tool(command);
}
