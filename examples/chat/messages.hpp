// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <cstdint>
#include <string>
#include <vector>

// What is said between a room and its guests.
//
//   guest ── Join, Say, Leave ──> room ── Presence, Said ──> whoever subscribed
//
// The first three are calls, so a guest knows that it was heard. The other two are events, so the room need not know
// who listens, and nobody waits for a slow terminal.

// ---- To the room ----------------------------------------------------------------------------------------------------

/// What a guest gets to know of the room.
struct Welcome {
  std::vector<std::string> guests{};  ///< Who is there, the new one included.
  std::uint64_t line{};               ///< The number of the last event. Those behind it are news.
  bool entered{};                     ///< False: the guest had been there before.
};

/// "I am here", repeated every second: whom the room does not hear for three seconds is gone, as if killed.
struct Join {
  using reply = Welcome;
  std::string name{};
};
struct Say {
  using reply = void;
  std::string name{};
  std::string text{};
};
struct Leave {
  using reply = void;
  std::string name{};
};
struct Room : zooid::contract<"room", Join, Say, Leave> {};

// ---- Its events -----------------------------------------------------------------------------------------------------

/// Somebody has come or gone.
struct Presence {
  std::uint64_t line{};
  std::string name{};
  bool here{};
  std::string how{};  ///< For people: "joined", "left", "is gone".
};
struct Said {
  std::uint64_t line{};
  std::string name{};
  std::string text{};
};

/// Where a room is, if nobody says otherwise.
inline constexpr auto usual_endpoint = "tcp://127.0.0.1:10001";
