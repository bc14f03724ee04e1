// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

/// The processes of one run: this same program, each with a role. Made before any thread, used by one.
class process_group {
 public:
  /// From here on Ctrl-C waits until `wait` looks for it.
  process_group();
  process_group(process_group&&) = delete;
  /// Ends those that still run.
  ~process_group();

  /// `name` is for people. Throws std::system_error.
  void start(std::string name, std::vector<std::string> arguments);
  /// Waits until all have ended well: 0. Otherwise says on standard error what happened, ends the others at once, and
  /// returns an exit code.
  [[nodiscard]] int wait();

  /// To be called first in a process that was started: it shall not outlive the one that started it.
  static void end_with_parent();

 private:
  struct process {
    std::string name;
    pid_t id;
  };

  /// Takes the processes that have ended off the list. False if one of them had failed.
  bool reap();

  std::vector<process> running_;
};
