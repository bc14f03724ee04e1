// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector.hpp"

#include <cstddef>
#include <string>

/// The top words, the speed, and what each process did, on standard output.
void print_summary(const Summary& summary, std::size_t top);

/// Every word, as `sort | uniq -c` prints them. Throws std::runtime_error when the file cannot be written.
void write_counts(const Summary& summary, const std::string& file);

/// Says whether words sent, words counted and words collected are the same number.
[[nodiscard]] bool nothing_lost(const Summary& summary);
