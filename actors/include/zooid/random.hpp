// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>

#include <cstdint>
#include <memory>

namespace zooid {

/// Where random numbers come from: one of the four seams that a simulation replaces. Any thread.
class ZOOID_API random_source {
 public:
  virtual ~random_source() = default;
  [[nodiscard]] virtual std::uint64_t next() = 0;
};

/// Numbers from the operating system: for identities that must not collide or be guessed.
[[nodiscard]] ZOOID_API std::shared_ptr<random_source> system_random();

/// The same numbers for the same seed (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014).
[[nodiscard]] ZOOID_API std::shared_ptr<random_source> seeded_random(std::uint64_t seed);

}  // namespace zooid
