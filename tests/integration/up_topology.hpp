// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "process.hpp"
#include "scratch_folder.hpp"

#include "catch.hpp"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Who opens it to read waits for who opens it to write. Returns its path.
inline std::string make_fifo(const std::string& path) {
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  return path;
}

/// `zooid up` on a topology of that text, and the lines that it printed.
class up_topology {
 public:
  explicit up_topology(const std::string& text, const std::vector<std::string>& more = {})
      : process("zooid", arguments(folder.write("topology.toml", text), more)) {}

  /// Reads up to and with the first line that holds `part`; that line, or "" when none does.
  std::string read_to(const std::string& part) {
    for (;;) {
      const auto line = process.read_line();
      if (!line) return {};
      lines.push_back(*line);
      if (line->find(part) != std::string::npos) return *line;
    }
  }
  /// Reads until each of them was in a line.
  bool reads_all(const std::vector<std::string>& parts) {
    for (const std::string& each : parts) {
      if (count(each) == 0 && read_to(each).empty()) return false;
    }
    return true;
  }
  /// Reads to the end: "exit code 0".
  std::string end() {
    read_to("\n");
    return process.wait();
  }

  /// The number of the first line that holds `part`.
  [[nodiscard]] std::size_t at(const std::string& part) const {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find(part) != std::string::npos) return i;
    }
    FAIL("no line holds \"" << part << "\" in:\n" << all());
    return 0;
  }
  [[nodiscard]] std::size_t count(const std::string& part) const {
    std::size_t found = 0;
    for (const std::string& each : lines) found += each.find(part) != std::string::npos ? 1 : 0;
    return found;
  }
  [[nodiscard]] std::string all() const {
    std::string text;
    for (const std::string& each : lines) text += each + '\n';
    return text + process.errors();
  }
  /// Lines hold these, in this order.
  void check_order(const std::vector<std::string>& parts) const {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      INFO(parts[i - 1] << "\n... should stand before ...\n" << parts[i] << "\n... in:\n" << all());
      CHECK(at(parts[i - 1]) < at(parts[i]));
    }
  }
  /// Waits for a service's start; its process.
  pid_t pid_of_start(const std::string& service) {
    const std::string words = service + ": started, pid ";
    const std::string line = read_to(words);
    const std::size_t found = line.find(words);
    REQUIRE(found != std::string::npos);
    return std::stoi(line.substr(found + words.size()));
  }

  scratch_folder folder;
  child_process process;
  std::vector<std::string> lines;

 private:
  static std::vector<std::string> arguments(const std::string& file, const std::vector<std::string>& more) {
    std::vector<std::string> all{"up", file};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

/// Sees the end of any process, be it somebody else's child. It may be over already.
class process_end {
 public:
  explicit process_end(pid_t of) : file_(static_cast<int>(::syscall(SYS_pidfd_open, of, 0))) {
    REQUIRE((file_ >= 0 || errno == ESRCH));
  }
  process_end(process_end&&) = delete;
  ~process_end() {
    if (file_ >= 0) ::close(file_);
  }
  [[nodiscard]] bool comes() const {
    if (file_ < 0) return true;
    pollfd end{file_, POLLIN, 0};
    return ::poll(&end, 1, static_cast<int>(child_process::patience.count())) == 1;
  }

 private:
  int file_;
};
