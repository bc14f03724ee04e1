// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "time_box.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace bench {

/// This same program, run again with other arguments. Its standard error is ours. One thread.
/// The destructor closes its standard input, which asks it to end, gives it two seconds, and kills it.
class child_process {
 public:
  explicit child_process(std::vector<std::string> arguments);
  ~child_process();
  child_process(child_process&&) = delete;

  /// The next line of its standard output, without the line end. Throws std::runtime_error when it ended, or when
  /// `at_most` has passed.
  [[nodiscard]] std::string read_line(steady::duration at_most);

 private:
  /// Appends to text_. False at the end of the output or when the time has passed.
  bool read_more(steady::time_point deadline);
  /// Waits for the process; "exit code 1" and the like.
  std::string reap();

  pid_t id_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string text_;
};

/// To be called first in a child: it shall not outlive the process that started it.
void end_with_parent();
/// Blocks a child until the process that started it wants it to end.
void wait_for_parent();

}  // namespace bench
