// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zooid::detail {

/// Fetches the first two cache lines of a block that will be written, header and message, if it is not null. They are
/// taken from the core that has them at once, where reading first and writing later would take two exchanges between
/// the cores. With a compiler that may not assume PREFETCHW the builtin fetches for reading, so it is written out:
/// 64-bit x86 made since 2006 decodes it.
inline void prefetch_for_write(const void* block) noexcept {
  if (block == nullptr) return;
  const auto* const lines = static_cast<const char*>(block);
#if defined(__x86_64__)
  asm volatile("prefetchw %0\n\tprefetchw %1" : : "m"(lines[0]), "m"(lines[64]));
#else
  __builtin_prefetch(lines, 1);
  __builtin_prefetch(lines + 64, 1);
#endif
}

}  // namespace zooid::detail
