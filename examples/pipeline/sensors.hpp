// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <cstdint>
#include <random>

/// Thermometers that are read in turn. Now and then one is far off. The readings are the same in every run.
class sensor_field {
 public:
  Reading next() {
    Reading reading{.number = ++all_.readings};
    reading.sensor = static_cast<std::uint32_t>(reading.number % sensors);
    reading.raw = 960 + static_cast<std::int32_t>(random_() % 17) - 8;  // 19.5 to 20.5 °C; see `calibrate`.
    if (reading.number % 997 == 0) {
      reading.raw += 160;
      ++all_.outliers;
    }
    all_.sum += reading.raw;
    return reading;
  }

  [[nodiscard]] std::uint64_t readings() const { return all_.readings; }
  /// All of them together.
  [[nodiscard]] const End& end() const { return all_; }

 private:
  static constexpr std::uint32_t sensors = 16;

  std::minstd_rand random_;
  End all_;
};
