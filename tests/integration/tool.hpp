// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "process.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

/// What one run of the program zooid came to.
struct tool_run {
  std::string status;
  std::string output;
  std::string errors;
};

inline tool_run run_tool(std::vector<std::string> arguments, const std::string& input = {}) {
  child_process tool("zooid", std::move(arguments));
  tool.write(input);
  tool.close_input();
  tool_run done{tool.wait(), {}, {}};
  done.output = tool.output();
  done.errors = tool.errors();
  return done;
}

/// Reads a process's standard error up to `part`.
inline bool says(child_process& who, const std::string& part) {
  const auto until = std::chrono::steady_clock::now() + child_process::patience;
  while (who.errors().find(part) == std::string::npos) {
    if (std::chrono::steady_clock::now() > until) return false;
    if (who.wait(std::chrono::milliseconds(20)) != "still running") return who.errors().find(part) != std::string::npos;
  }
  return true;
}

inline auto has(const std::string& part) { return Catch::Matchers::Contains(part); }
