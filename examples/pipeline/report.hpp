// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <cstdint>

#include <sys/resource.h>

/// What this process did.
inline Report report_of(std::uint64_t readings, std::uint64_t waits) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {.readings = readings, .waits = waits, .peak_kib = static_cast<std::uint64_t>(used.ru_maxrss)};
}
