// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "measured.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bench {

/// Something done to messages, one thread. Nothing in it depends on the clock or on chance.
class operation {
 public:
  static constexpr std::uint64_t messages_a_round = 1000;

  virtual ~operation() = default;
  /// Does it once to each message of a round; `meter` runs what is to be counted.
  virtual void round(const meter& meter) = 0;
  /// What the receiver counted and added up; the numbers of each round's messages are 0, 1, 2…
  virtual std::uint64_t received() = 0;
  virtual std::uint64_t sum() = 0;
};

struct named_operation {
  std::string_view name;
  std::unique_ptr<operation> (*make)();
};

[[nodiscard]] const std::vector<named_operation>& operations();

}  // namespace bench
