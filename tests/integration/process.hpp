// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

/// A program that a test starts, with pipes to its standard streams. One thread at a time; that thread must outlive it,
/// since the kernel kills the child when the thread that started it ends.
///
/// Nothing here waits longer than it is told to, and only the process started here is ever killed: the destructor does
/// it with SIGKILL, unless the process was seen to end.
class child_process {
 public:
  using duration = std::chrono::milliseconds;
  /// Far more than anything should take, on a busy machine and with sanitizers.
  static constexpr duration patience = std::chrono::seconds(60);

  /// Starts `program`: the name of one that this project builds, or an absolute path. Throws std::system_error.
  explicit child_process(std::string_view program, std::vector<std::string> arguments = {});
  child_process(child_process&&) = delete;
  ~child_process();

  /// The next line of its standard output, without the line end; nothing at the output's end or when time is over.
  [[nodiscard]] std::optional<std::string> read_line(duration within = patience);
  /// Lines up to and with the first one that holds `part`: that one, or nothing as above.
  [[nodiscard]] std::optional<std::string> read_line_with(std::string_view part, duration within = patience);
  /// Writes to its standard input. False when it does not read any more.
  bool write(std::string_view text);
  /// Ends its standard input.
  void close_input();

  /// Waits for its end, and reads what it writes: "exit code 0", "signal 9", or "still running" when time is over.
  [[nodiscard]] std::string wait(duration within = patience);
  /// Sends a signal, if it was not seen to end.
  void kill(int signal);

  /// What it wrote so far and `read_line` did not take, as far as it was read.
  [[nodiscard]] const std::string& output() const noexcept { return output_.text; }
  /// What it wrote to its standard error so far, as far as it was read; everything after `wait`.
  [[nodiscard]] const std::string& errors() const noexcept { return errors_.text; }
  [[nodiscard]] pid_t pid() const noexcept { return id_; }

 private:
  struct stream {
    int fd = -1;
    std::string text{};
  };

  /// Reads what there is, waits for more until `until`. False when time is over or both streams have ended and so, if
  /// `for_end`, has the process.
  bool read_more(std::chrono::steady_clock::time_point until, bool for_end);
  void reap();

  pid_t id_ = -1;
  int process_ = -1;  // A file descriptor that is readable when the process has ended.
  int input_ = -1;
  stream output_;
  stream errors_;
  std::string status_;  // Empty until it was seen to end.
};
