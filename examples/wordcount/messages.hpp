// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <cstdint>
#include <string>
#include <vector>

// What the processes of this program say to each other. Every process makes a node and one actor, and tells the
// coordinator the ref to it. The coordinator hands these refs to the splitter, the splitter hands the collector's to
// the counters: an address never stands anywhere but in a ref. As services of a topology they need no coordinator: the
// splitter makes the refs from the addresses that it is given.
//
//   splitter ── Words… End ──> counters ── Counts… Finished ──> collector
//          └── Progress… Finished ─────────────────────────────────┘

struct Counter;
struct Collector;
struct Splitter;

/// What a process did.
struct Report {
  std::string who{};
  std::int64_t pid{};
  std::uint64_t messages{};  ///< Sent by the splitter, taken by the others.
  std::uint64_t words{};
  std::uint64_t waits{};     ///< How often a message had to wait for room.
  std::uint64_t peak_kib{};  ///< Of memory.
};

// ---- To a counter ---------------------------------------------------------------------------------------------------

/// Words, of which each belongs to the counter that gets it.
struct Words {
  std::vector<std::string> words{};
};
/// There are no more words: the counts go to the collector.
struct End {
  zooid::ref<Collector> collector{};
};
struct Counter : zooid::contract<"counter", Words, End> {};

// ---- To the collector -----------------------------------------------------------------------------------------------

struct Progress {
  std::uint64_t bytes{};
  std::uint64_t total{};
};
struct WordCount {
  std::string word{};
  std::uint64_t count{};
};
/// A part of what a counter counted.
struct Counts {
  std::vector<WordCount> counts{};
};
/// The last message of every process; what it sent to the collector before has arrived before.
struct Finished {
  Report report{};
};
struct Collector : zooid::contract<"collector", Progress, Counts, Finished> {};

// ---- To the splitter ------------------------------------------------------------------------------------------------

/// Everybody is there: begin.
struct Split {
  std::vector<zooid::ref<Counter>> counters{};
  zooid::ref<Collector> collector{};
};
struct Splitter : zooid::contract<"splitter", Split> {};

// ---- To the coordinator ---------------------------------------------------------------------------------------------

struct CounterReady {
  using reply = void;
  std::uint32_t number{};  ///< From 1.
  zooid::ref<Counter> counter{};
};
struct CollectorReady {
  using reply = void;
  zooid::ref<Collector> collector{};
};
struct SplitterReady {
  using reply = void;
  zooid::ref<Splitter> splitter{};
};
struct Coordinator : zooid::contract<"coordinator", CounterReady, CollectorReady, SplitterReady> {};
