// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

using steady = std::chrono::steady_clock;

/// The span in which a system may send; starts at construction. One thread.
class time_box {
 public:
  static constexpr std::chrono::milliseconds length{500};
  static constexpr std::uint64_t most_steps = 100'000'000;

  /// Whether step number `done` may still begin. Reads the clock at every 64th only.
  [[nodiscard]] bool open(std::uint64_t done) const noexcept {
    return done < most_steps && ((done & 63U) != 0 || steady::now() - start_ < length);
  }

  /// Since the construction.
  [[nodiscard]] double seconds() const noexcept {
    return std::chrono::duration<double>(steady::now() - start_).count();
  }

  [[nodiscard]] double rate(std::uint64_t count) const noexcept { return static_cast<double>(count) / seconds(); }

 private:
  steady::time_point start_ = steady::now();
};

}  // namespace bench
