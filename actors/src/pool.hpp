// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace zooid::detail {

/// Blocks for messages, calls and coroutine frames, aligned to 64 bytes. Any thread allocates, any thread frees: each
/// keeps free blocks of its own, and whole batches of them travel between threads through a shared depot (after the
/// magazines of Bonwick and Adams, "Magazines and Vmem", USENIX 2001). Sizes above `largest_pooled` go to the heap.
inline constexpr std::size_t largest_pooled = 1024;

[[nodiscard]] void* allocate(std::size_t bytes);
void deallocate(void* block, std::size_t bytes) noexcept;

}  // namespace zooid::detail
