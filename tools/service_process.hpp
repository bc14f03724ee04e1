// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

/// One run of a service's program: a process with a group of its own, so that the terminal's Ctrl-C does not reach it,
/// its output in two pipes, and an input that stays open and empty. It is killed when this program dies, however that
/// happens. One thread, which must live as long as the process: the kernel takes that thread for the parent.
class service_process {
 public:
  /// Throws `failure` when the program cannot be executed, with words why.
  explicit service_process(const service_plan& plan);
  service_process(service_process&&) = delete;
  /// Kills what still runs.
  ~service_process();

  [[nodiscard]] pid_t pid() const noexcept { return id_; }
  /// Descriptors that do not block: the process's end makes this one readable,
  [[nodiscard]] int process() const noexcept { return process_; }
  /// and here is what it writes.
  [[nodiscard]] int output() const noexcept { return output_; }
  [[nodiscard]] int errors() const noexcept { return errors_; }

  [[nodiscard]] bool has_ended() const;
  /// To the process and what it started in its group.
  void signal(int number) const;
  /// The process has ended: kills what it left in its group, and returns how it ended, as waitpid says it.
  [[nodiscard]] int reap();

 private:
  pid_t id_ = -1;
  bool reaped_ = false;
  int process_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
};
