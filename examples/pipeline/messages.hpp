// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

// What flows through the pipeline. Stages and the sink have the same contract, so each passes on to whatever is next.
//
//                           ┌─> average1 ─┐
//   source ──> calibrate ───┼─> average2 ─┼──> alarm ──> sink
//                           └─> average3 ─┘

/// One reading of one sensor.
struct Reading {
  std::uint64_t number{};  ///< Of the feed, from 1.
  std::uint32_t sensor{};
  std::int32_t raw{};  ///< As the sensor gives it.
  std::int64_t due{};  ///< When it was due, in nanoseconds of the machine's steady clock.
  // What the stages find out:
  double celsius{};
  double usual{};  ///< Of this sensor, lately.
  bool alarm{};
};

/// What a process did.
struct Report {
  std::uint64_t readings{};
  std::uint64_t waits{};     ///< How often a reading had to wait for room.
  std::uint64_t peak_kib{};  ///< Of memory.
};

/// Behind the last reading: what must have arrived, and what each process did on the way.
struct End {
  std::uint64_t readings{};
  std::int64_t sum{};        ///< Of all `raw`.
  std::uint64_t outliers{};  ///< For each of which there must have been an alarm.
  std::map<std::string, Report> reports{};
};

/// Where readings go in: a stage, or the sink.
struct Inlet : zooid::contract<"inlet", Reading, End> {};

/// A short mailbox: who sends more waits, and so does who sends to him, up to the source.
inline constexpr zooid::mailbox_limits short_mailbox{.messages = 256};

/// Nobody is waited for longer than this, however slow he is. Who is dead is found out about in seconds.
inline constexpr auto patience = std::chrono::minutes(1);
