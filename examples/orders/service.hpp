// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <functional>
#include <string>

/// What the programs of this topology have in common: a node with a door, and how they end.
class service_program {
 public:
  /// Made first in main, since the node's threads must leave Ctrl-C and SIGTERM to `wait`.
  service_program(const std::string& name, const std::string& what_it_does);

  [[nodiscard]] CLI::App& options() { return options_; }

  /// Reads the command line, makes the node, and calls `body`, whose result is the exit code; then the node is stopped.
  /// What is thrown becomes words and exit code 1.
  int run(int argc, char** argv, const std::function<int(zooid::node&)>& body);

  /// Waits until the program is to end: by Ctrl-C, SIGTERM, or `end`.
  static void wait();
  /// The same for so long. False: it is not to end yet.
  [[nodiscard]] static bool wait(std::chrono::milliseconds at_most);
  /// Any thread.
  static void end();

 private:
  std::string name_;
  CLI::App options_;
  zooid::node_options node_;
};
