// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/byte_buffer.hpp>

#include <cstddef>

namespace zooid {

/// A session's batch leaves when it is so long; what is added to it then fits into the room, too.
inline constexpr std::size_t longest_batch = std::size_t{32} << 10;
inline constexpr std::size_t room_of_batch = longest_batch + 1024;

/// An empty buffer of `room_of_batch` bytes. A batch is written by one thread and freed by one of ZeroMQ's: malloc
/// makes them wait for each other, gives the pages back to the system, and asks for them again. So up to 64 are kept,
/// in each process. Any thread.
[[nodiscard]] byte_buffer take_batch_room();
/// In place of std::free: for the bytes of a buffer of this capacity.
void give_batch_room(void* bytes) noexcept;

}  // namespace zooid
