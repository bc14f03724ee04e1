// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <cstdint>
#include <future>
#include <string>
#include <utility>

/// What a flood of messages consists of, and who is flooded.
struct Drop {
  std::uint64_t number = 0;
  std::string water{};
};
struct level {
  std::uint64_t drops = 0;
  std::uint64_t sum = 0;  ///< Of their numbers.
};
struct Level {
  using reply = level;
};
struct Lake : zooid::contract<"lake", Drop, Level> {};

/// Handles its first drop only when the dam is open, or has gone.
class DammedLake {
 public:
  using contract = Lake;
  explicit DammedLake(std::shared_future<void> dam) : dam_(std::move(dam)) {}
  void on(const Drop& drop) {
    dam_.wait();
    ++level_.drops;
    level_.sum += drop.number;
  }
  level on(const Level&) const { return level_; }

 private:
  std::shared_future<void> dam_;
  level level_;
};
