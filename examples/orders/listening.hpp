// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <vector>

/// A part of a handler: ends when all the publishers have confirmed, or with the first error.
inline zooid::task<zooid::result<void>> all_confirmed(const std::vector<zooid::subscription>& subscriptions) {
  for (const zooid::subscription& each : subscriptions) {
    auto confirmed = each.confirmed();
    const zooid::result<void> outcome = co_await confirmed;
    if (!outcome) co_return outcome;
  }
  co_return zooid::result<void>{};
}
