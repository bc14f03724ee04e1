// SPDX-License-Identifier: Apache-2.0
#include "mailbox.hpp"

#include <zooid/call.hpp>

#include "prefetch.hpp"

namespace zooid::detail {

constinit thread_local std::array<recently_sent::entry, recently_sent::depth> recently_sent::own_{};
constinit thread_local std::size_t recently_sent::count_ = 0;

void free_envelope(envelope& what) noexcept {
  destroy_message(what);
  if (what.is_call) {
    static_cast<call&>(what).release();
  } else {
    give_block(&what, what.block_size);
  }
}

mailbox::pushed mailbox::push(envelope& newest, envelope& oldest, bool urgent) noexcept {
  std::uintptr_t head = head_.load(std::memory_order_relaxed);
  for (;;) {
    if (head == closed_mark) return pushed::closed;
    oldest.next = reinterpret_cast<envelope*>(head & ~marks);
    const std::uintptr_t stays_asleep = urgent ? 0 : head & waiting_mark;
    const std::uintptr_t pushed_head = reinterpret_cast<std::uintptr_t>(&newest) | stays_asleep;
    if (head_.compare_exchange_weak(head, pushed_head, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      const bool slept = (head & (idle_mark | waiting_mark)) != 0;
      return slept && stays_asleep == 0 ? pushed::wake : pushed::quietly;
    }
  }
}

/// Each envelope was last written by another core, and only leads to the one before: fetched one after the other, they
/// would cost a cache miss each.
envelope* mailbox::reversed(std::uintptr_t head) noexcept {
  envelope* newest = reinterpret_cast<envelope*>(head & ~marks);
  envelope* oldest = nullptr;
  while (newest != nullptr) {
    envelope* const older = newest->next;
    if (newest->what == envelope::kind::message && !newest->is_call) {
      prefetch_for_write(newest->sent_before);
    }
    newest->next = oldest;
    oldest = newest;
    newest = older;
  }
  return oldest;
}

bool mailbox::sleep(bool only_for_urgent) noexcept {
  std::uintptr_t empty = 0;
  return head_.compare_exchange_strong(empty, only_for_urgent ? waiting_mark : idle_mark, std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

envelope* mailbox::close() noexcept { return reversed(head_.exchange(closed_mark, std::memory_order_acq_rel)); }

}  // namespace zooid::detail
