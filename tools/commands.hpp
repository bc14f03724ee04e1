// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tool_keys.hpp"

#include <CLI/CLI.hpp>

#include <chrono>

/// Each adds its commands to the program. They run while the command line is parsed, and throw `failure`.
void add_node_commands(CLI::App& program);     ///< ping, describe, stats
void add_message_commands(CLI::App& program);  ///< call, tell, pub
void add_sub_command(CLI::App& program);
void add_keys_command(CLI::App& program);
void add_topology_commands(CLI::App& program);  ///< check, graph
void add_up_command(CLI::App& program);

/// Adds `--timeout S`, by default a little longer than a node takes to give up a call.
void add_timeout(CLI::App& command, double& seconds);

/// Adds `--key FILE` and `--allowed FILE`, to the program, too. To be called last: a command may have a --key of its
/// own, and then the file has to stand before the command's name. `keys` has to live as long as the program.
void add_keys(CLI::App& command, tool_keys& keys);

/// For options that are a time in seconds: 0 up to a week.
[[nodiscard]] CLI::Validator is_time();

/// Of a number that `is_time` has checked.
[[nodiscard]] inline std::chrono::milliseconds as_duration(double seconds) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

/// Seconds.
inline constexpr double usual_timeout = 6;
