// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "complaints.hpp"

#include <map>
#include <string>
#include <string_view>

/// What `{NAME}` stands for, by name. A name that is known but may not be used has its reason instead.
struct placeholder {
  std::string value{};
  std::string refused{};  ///< Empty: it may be used.
};
using placeholders = std::map<std::string, placeholder>;

/// The text with each {NAME} replaced, and {{ by a brace. What is wrong is added to the complaints, with the text's
/// position, and left out.
[[nodiscard]] std::string replace_placeholders(const placed<std::string>& text, const placeholders& known,
                                               complaints& wrong);
