// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>

/// Keeps the fields in the order in which a struct has them.
using ordered_json = nlohmann::ordered_json;

/// JSON that the user wrote: the argument itself, or standard input for "-". Returned as it is, checked. Throws
/// `failure` with the place of what is wrong.
[[nodiscard]] std::string read_json(const std::string& argument);

/// What a node answered, or published. Throws `failure` when it is no JSON.
[[nodiscard]] ordered_json parse_answer(const std::string& text, const std::string& endpoint);
