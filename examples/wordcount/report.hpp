// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

/// A report of this process; what its actor counted is for the actor to add.
inline Report report_of(std::string who) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {.who = std::move(who), .pid = ::getpid(), .peak_kib = static_cast<std::uint64_t>(used.ru_maxrss)};
}
