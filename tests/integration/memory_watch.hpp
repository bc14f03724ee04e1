// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catch.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include <sys/types.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool has_own_memory = false;  // The sanitizer keeps what was freed.
#else
inline constexpr bool has_own_memory = true;
#endif

/// How much memory a process uses from now on, beyond what it uses now.
class memory_watch {
 public:
  explicit memory_watch(pid_t of) : folder_("/proc/" + std::to_string(of) + "/") {
    std::ofstream(folder_ + "clear_refs") << "5";  // Forgets the most that it ever used.
    before_ = read("VmRSS:");
    CHECK(before_ > 0);
  }
  void check_growth(std::uint64_t bound) const {
    const std::uint64_t most = read("VmHWM:");
    INFO("from " << before_ << " to " << most);
    if (has_own_memory) CHECK(most < before_ + bound);
  }

 private:
  /// In bytes.
  [[nodiscard]] std::uint64_t read(std::string_view what) const {
    std::ifstream status(folder_ + "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with(what)) return std::stoull(line.substr(what.size())) * 1024;
    }
    return 0;
  }

  std::string folder_;
  std::uint64_t before_ = 0;
};
