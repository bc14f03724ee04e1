// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// What the commands that take a topology's file are told about it.
struct topology_options {
  std::string file{};
  std::vector<std::string> settings{};  ///< For parse_settings.
};

/// Adds FILE and `--set NAME=VALUE`.
void add_topology_options(CLI::App& command, topology_options& to);
