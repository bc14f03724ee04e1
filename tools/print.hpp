// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_text.hpp"

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

/// Without control characters: what a node says must not command the terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// "834 ns", "12.3 us", "4.56 ms", "7.89 s".
[[nodiscard]] std::string in_words(std::chrono::nanoseconds time);

/// A rate: "0", "9.5", "1234".
[[nodiscard]] std::string with_digits(double value);

/// Each column as wide as its widest cell; numbers are flush right.
void print_table(std::ostream& to, const std::vector<std::vector<std::string>>& rows, std::string_view indent);

/// The replies of the service "zooid", for a person. Throw nlohmann::json::exception when they are none.
void print_description(std::ostream& to, const ordered_json& node);
void print_stats(std::ostream& to, const ordered_json& node, const std::string& endpoint);
