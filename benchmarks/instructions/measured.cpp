// SPDX-License-Identifier: Apache-2.0
#include "measured.hpp"

#include <atomic>

extern "C" void zooid_measured(void (*what)(void*), void* with) {
  what(with);
  std::atomic_signal_fence(
      std::memory_order_seq_cst);  // Or the call would be a jump, and this function over before it.
}
