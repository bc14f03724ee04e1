// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

/// What a stage does with a reading.
using work = std::function<void(Reading&)>;

/// A sensor gives 16 units for each degree above -40.
inline void calibrate(Reading& reading) { reading.celsius = reading.raw / 16.0 - 40; }

/// Knows what is usual of each sensor: a moving average, of what came before the reading.
class average {
 public:
  void operator()(Reading& reading) {
    double& usual = usual_.try_emplace(reading.sensor, reading.celsius).first->second;
    reading.usual = usual;
    usual += (reading.celsius - usual) / 8;
  }

 private:
  std::unordered_map<std::uint32_t, double> usual_;
};

inline void alarm_if_unusual(Reading& reading) { reading.alarm = std::abs(reading.celsius - reading.usual) > 5; }

inline work work_named(const std::string& name) {
  if (name == "calibrate") return calibrate;
  if (name == "average") return average();
  return alarm_if_unusual;
}
