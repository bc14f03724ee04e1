// SPDX-License-Identifier: Apache-2.0
#include <zooid/error.hpp>

#include <array>
#include <utility>

namespace zooid {

std::string_view to_string(errc code) noexcept {
  static constexpr std::array<std::string_view, errc_count> names{
      "unknown",         "timeout",        "unreachable",     "disconnected",      "overloaded",
      "no_such_service", "no_such_actor",  "no_such_message", "incompatible",      "malformed",
      "too_large",       "failed",         "cancelled",       "call_cycle",        "denied",
      "shutdown",        "address_in_use", "name_taken",      "malformed_address",
  };
  const auto index = static_cast<std::size_t>(code);
  return names[index < names.size() ? index : 0];
}

std::string error::to_string() const {
  std::string text(zooid::to_string(code));
  if (!detail.empty()) text.append(": ").append(detail);
  for (std::size_t i = 0; i < chain.size(); ++i) text.append(i == 0 ? " (via " : ", ").append(chain[i]);
  if (!chain.empty()) text.append(")");
  return text;
}

call_error::call_error(error why) : why_(std::move(why)), text_(why_.to_string()) {}

setup_error::setup_error(errc code, std::string detail) : code_(code), text_(to_string(code)) {
  text_.append(": ").append(detail);
}

}  // namespace zooid
