// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include <unistd.h>

/// How far the reading is, on standard error: a bar on a terminal, otherwise a line every tenth.
class progress_bar {
 public:
  void show(std::uint64_t done, std::uint64_t total) {
    const auto percent = static_cast<unsigned>(total == 0 ? 100 : done * 100 / total);
    if (terminal_) {
      const std::string filled(percent * width / 100, '#');
      std::fprintf(stderr, "\r[%-*s] %3u%%  %.1f of %.1f MB ", static_cast<int>(width), filled.c_str(), percent,
                   mega(done), mega(total));
    } else if (percent / 10 != tenth_) {
      tenth_ = percent / 10;
      std::fprintf(stderr, "%3u%%  %.1f of %.1f MB\n", percent, mega(done), mega(total));
    }
  }
  void end() const {
    if (terminal_) std::fputc('\n', stderr);
  }

 private:
  static constexpr unsigned width = 40;
  static double mega(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  unsigned tenth_ = 0;
};
