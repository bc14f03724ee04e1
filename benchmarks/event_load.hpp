// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "payload.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// What one subscriber heard of a load. Events are numbered from 0; behind the load come markers, numbered on, until
/// every subscriber has heard one.
struct hearing {
  std::uint64_t heard{};   ///< Events of the load.
  std::uint64_t missed{};  ///< What stood in the gaps.
  std::uint64_t wrong{};   ///< Events that stood elsewhere than behind all that was heard or missed, or were changed.
  std::uint64_t marker{};  ///< The number of the first marker that was heard.
};

/// A marker is an event of producer 0.
constexpr payload make_marker(std::uint64_t sequence) { return {sequence, 0, {}}; }

/// Counts and checks what one subscriber hears. One thread.
class listener {
 public:
  /// True for the first marker; what comes behind it is not counted.
  bool take(const payload& event) noexcept;
  void miss(std::uint64_t count) noexcept {
    if (!ended_) account_.missed += count;
  }
  /// For who is not told of gaps: the number that the next event has when nothing is missing.
  [[nodiscard]] std::uint64_t expected() const noexcept { return account_.heard + account_.missed; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] const hearing& account() const noexcept { return account_; }

 private:
  hearing account_;
  bool ended_ = false;
};

/// One load that several subscribers heard.
struct event_load {
  std::uint64_t published{};  ///< Without markers.
  std::uint64_t retried{};
  std::vector<hearing> hearings{};
  double seconds{};  ///< Until the last subscriber had heard a marker.

  [[nodiscard]] std::uint64_t to_be_heard() const noexcept { return published * hearings.size(); }
  [[nodiscard]] std::uint64_t heard() const noexcept;
  [[nodiscard]] double rate() const noexcept { return static_cast<double>(heard()) / seconds; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return to_be_heard() - heard(); }
  [[nodiscard]] double percent_lost() const noexcept {
    return to_be_heard() == 0 ? 0 : 100 * static_cast<double>(lost()) / static_cast<double>(to_be_heard());
  }
};

enum class losses { allowed, none };

/// Throws std::runtime_error unless each subscriber's accounts close: heard + missed = published, each event in its
/// place, and nothing lost where nothing may be.
void check_accounts(const event_load& load, losses allowed);

}  // namespace bench
