// SPDX-License-Identifier: Apache-2.0
#include "event_load.hpp"

#include <stdexcept>
#include <string>

namespace bench {

bool listener::take(const payload& event) noexcept {
  if (ended_) return false;
  if (event.producer == 0) {
    account_.marker = event.sequence;
    ended_ = true;
    return true;
  }
  const bool right = event.sequence == expected() && checksum(event) == checksum(make_payload(event.sequence));
  if (!right) ++account_.wrong;
  ++account_.heard;
  return false;
}

std::uint64_t event_load::heard() const noexcept {
  std::uint64_t sum = 0;
  for (const hearing& one : hearings) sum += one.heard;
  return sum;
}

void check_accounts(const event_load& load, losses allowed) {
  for (const hearing& one : load.hearings) {
    const std::string words = "heard " + std::to_string(one.heard) + ", missed " + std::to_string(one.missed) +
                              " by its gaps, of " + std::to_string(one.marker) + " that were published before";
    if (one.marker < load.published || one.heard > load.published || one.heard + one.missed != one.marker) {
      throw std::runtime_error("the accounts do not close: a subscriber " + words);
    }
    if (one.wrong != 0) {
      throw std::runtime_error(std::to_string(one.wrong) + " events were changed, or not in their place: " + words);
    }
    if (allowed == losses::none && one.missed != 0) {
      throw std::runtime_error("nothing may be lost, but a subscriber " + words);
    }
  }
}

}  // namespace bench
