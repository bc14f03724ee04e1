// SPDX-License-Identifier: Apache-2.0
#include "turn.hpp"

#include <algorithm>

namespace zooid::detail {
namespace {

constexpr duration longest_gathering = std::chrono::microseconds(100);

// Of the current turn; here so that its memory is kept from turn to turn.
thread_local std::vector<intrusive_ptr<turn_listener>> listeners;

}  // namespace

constinit thread_local turn* turn::current_ = nullptr;

bool turn::at_end(turn_listener& listener) {
  const auto same = [&](const auto& known) { return known.get() == &listener; };
  if (std::any_of(listeners.begin(), listeners.end(), same)) return false;
  listeners.emplace_back(&listener);
  if (!has_listeners_) gathering_since_ = time_.now();
  has_listeners_ = true;
  return true;
}

bool turn::gathers_for_long() const noexcept { return time_.now() - gathering_since_ > longest_gathering; }

void turn::tell_listeners() noexcept {
  has_listeners_ = false;
  for (const auto& listener : listeners) listener->on_turn_end();
  listeners.clear();
}

}  // namespace zooid::detail
