// SPDX-License-Identifier: Apache-2.0
#include "mailbox.hpp"

#include <zooid/call.hpp>

#include "pool.hpp"

#include <new>

namespace zooid::detail {

void destroy_message(envelope& what) noexcept {
  if (what.holds_message && what.type->destroy != nullptr) what.type->destroy(what.message());
  what.holds_message = false;
}

envelope* make_envelope(envelope::kind kind, std::size_t message_size, std::size_t message_align) {
  const std::size_t offset = (sizeof(envelope) + message_align - 1) / message_align * message_align;
  const std::size_t size = offset + message_size;
  auto* const made = ::new (allocate(size)) envelope;
  made->what = kind;
  made->block_size = static_cast<std::uint32_t>(size);
  made->message_offset = static_cast<std::uint16_t>(offset);
  return made;
}

void free_envelope(envelope& what) noexcept {
  destroy_message(what);
  if (what.is_call) {
    static_cast<call&>(what).release();
  } else {
    deallocate(&what, what.block_size);
  }
}

mailbox::pushed mailbox::push(envelope& what, bool urgent) noexcept {
  std::uintptr_t head = head_.load(std::memory_order_relaxed);
  for (;;) {
    if (head == closed_mark) return pushed::closed;
    what.next = reinterpret_cast<envelope*>(head & ~marks);
    const std::uintptr_t stays_asleep = urgent ? 0 : head & waiting_mark;
    const std::uintptr_t pushed_head = reinterpret_cast<std::uintptr_t>(&what) | stays_asleep;
    if (head_.compare_exchange_weak(head, pushed_head, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      const bool slept = (head & (idle_mark | waiting_mark)) != 0;
      return slept && stays_asleep == 0 ? pushed::wake : pushed::quietly;
    }
  }
}

envelope* mailbox::reversed(std::uintptr_t head) noexcept {
  envelope* newest = reinterpret_cast<envelope*>(head & ~marks);
  envelope* oldest = nullptr;
  while (newest != nullptr) {
    envelope* const older = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = older;
  }
  return oldest;
}

envelope* mailbox::take_all() noexcept {
  if (head_.load(std::memory_order_relaxed) == 0) return nullptr;
  return reversed(head_.exchange(0, std::memory_order_acq_rel));
}

bool mailbox::sleep(bool only_for_urgent) noexcept {
  std::uintptr_t empty = 0;
  return head_.compare_exchange_strong(empty, only_for_urgent ? waiting_mark : idle_mark, std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

envelope* mailbox::close() noexcept { return reversed(head_.exchange(closed_mark, std::memory_order_acq_rel)); }

}  // namespace zooid::detail
