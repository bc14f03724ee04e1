// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>

#include "prefetch.hpp"

#include <array>
#include <cstddef>
#include <new>

#if !defined(__SANITIZE_ADDRESS__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

namespace zooid::detail {

/// Blocks for messages, calls and coroutine frames, aligned to 64 bytes. Any thread allocates, any thread frees: each
/// keeps free blocks of its own, and whole batches of them travel between threads through a shared depot (after the
/// magazines of Bonwick and Adams, "Magazines and Vmem", USENIX 2001). Sizes above `largest_pooled` go to the heap.
inline constexpr std::size_t largest_pooled = 4096;

[[nodiscard]] ZOOID_API void* allocate(std::size_t bytes);
ZOOID_API void deallocate(void* block, std::size_t bytes) noexcept;

// The same for where a call would cost as much.

#ifdef __SANITIZE_ADDRESS__
inline constexpr bool pooled = false;  // So that the sanitizer sees each block's life.
#else
inline constexpr bool pooled = true;
#endif
inline constexpr std::size_t granule = 64;
inline constexpr std::size_t largest_inlined = 1024;  // Beyond, a call costs little beside the bytes …
inline constexpr std::size_t coarse_granule = 256;    // … and finer classes would keep too many free blocks.
inline constexpr std::size_t fine_classes = largest_inlined / granule;
inline constexpr std::size_t size_classes = fine_classes + (largest_pooled - largest_inlined) / coarse_granule;
inline constexpr std::size_t magazine_size = 64;  // Of the fine classes; those of the coarse ones hold 64 KiB at most.

/// In a chain, the last freed first. Each knows the four below it, so that the last of these is fetched without a look
/// at the others.
struct free_block {
  explicit free_block(free_block* below) noexcept : next(below) {
    if (below == nullptr) return;
    second = below->next;
    third = below->second;
    fourth = below->third;
  }

  free_block* next;
  free_block* second = nullptr;
  free_block* third = nullptr;
  free_block* fourth = nullptr;
};
struct block_chain {
  free_block* first = nullptr;
  std::size_t length = 0;
};
/// One thread's free blocks of one size: what is in use, and a full batch in reserve.
struct magazine {
  static constexpr std::size_t unknown = ~std::size_t{0};     // As loaded.length: the thread has none yet.
  static constexpr std::size_t closed = ~std::size_t{0} - 1;  // It is ending.

  block_chain loaded{nullptr, unknown};
  block_chain spare{};
};
ZOOID_API extern constinit thread_local std::array<magazine, size_classes> own_magazines;

/// Of at most `largest_inlined` bytes.
[[nodiscard]] constexpr std::size_t class_of(std::size_t bytes) noexcept { return (bytes + granule - 1) / granule - 1; }
[[nodiscard]] ZOOID_API void* allocate_slowly(std::size_t bytes);
ZOOID_API void deallocate_slowly(void* block, std::size_t bytes) noexcept;

[[nodiscard]] inline void* take_block(std::size_t bytes) {
  if (!pooled || bytes > largest_inlined) return allocate_slowly(bytes);
  block_chain& own = own_magazines[class_of(bytes)].loaded;
  free_block* const taken = own.first;
  if (taken == nullptr) return allocate_slowly(bytes);
  own.first = taken->next;
  --own.length;
  prefetch_for_write(taken->fourth);  // Another core may have written it last.
  return taken;
}

inline void give_block(void* block, std::size_t bytes) noexcept {
  if (!pooled || bytes > largest_inlined) return deallocate_slowly(block, bytes);
  block_chain& own = own_magazines[class_of(bytes)].loaded;
  if (own.length >= magazine_size) return deallocate_slowly(block, bytes);
  own.first = ::new (block) free_block{own.first};
  ++own.length;
}

}  // namespace zooid::detail
