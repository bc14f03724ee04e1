// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/envelope.hpp>

#include "pool.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace zooid::detail {

/// Envelopes for one actor. Any thread pushes; only the cell's turn takes. Lock-free: producers push onto a stack, the
/// consumer takes it whole by one exchange and reverses it (Treiber, "Systems programming: coping with parallelism",
/// IBM RJ 5118, 1986), so the order of each producer is kept. The head also says whether somebody has to be woken.
class mailbox {
 public:
  enum class pushed : std::uint8_t { quietly, wake, closed };

  /// `urgent` wakes a consumer that waits for an answer, too.
  [[nodiscard]] pushed push(envelope& what, bool urgent) noexcept { return push(what, what, urgent); }
  /// Several at once: `newest` leads by `next` to `oldest`.
  [[nodiscard]] pushed push(envelope& newest, envelope& oldest, bool urgent) noexcept;
  /// Everything, oldest first; null when empty.
  [[nodiscard]] envelope* take_all() noexcept {
    if (head_.load(std::memory_order_relaxed) == 0) return nullptr;
    return reversed(head_.exchange(0, std::memory_order_acq_rel));
  }
  /// The consumer goes to sleep; false: something has come, go on.
  [[nodiscard]] bool sleep(bool only_for_urgent) noexcept;
  /// Nothing can be pushed any more; yields what was there.
  [[nodiscard]] envelope* close() noexcept;
  [[nodiscard]] bool closed() const noexcept { return head_.load(std::memory_order_acquire) == closed_mark; }

 private:
  static constexpr std::uintptr_t idle_mark = 1;     // Nobody runs the consumer: any push wakes it.
  static constexpr std::uintptr_t waiting_mark = 2;  // Only an urgent push wakes it.
  static constexpr std::uintptr_t closed_mark = 4;
  static constexpr std::uintptr_t marks = 7;

  [[nodiscard]] static envelope* reversed(std::uintptr_t head) noexcept;

  std::atomic<std::uintptr_t> head_{idle_mark};
};

/// A block for one envelope with room for a message behind it.
[[nodiscard]] inline envelope* make_envelope(envelope::kind kind, std::size_t message_size, std::size_t message_align) {
  const std::size_t offset = (sizeof(envelope) + message_align - 1) & ~(message_align - 1);
  const std::size_t size = offset + message_size;
  auto* const made = ::new (take_block(size)) envelope;
  made->what = kind;
  made->block_size = static_cast<std::uint32_t>(size);
  made->message_offset = static_cast<std::uint32_t>(offset);
  return made;
}

/// What the calling thread has put into mailboxes recently.
class recently_sent {
 public:
  /// For `envelope::sent_before`; null when it was not for the same mailbox.
  [[nodiscard]] static const void* note(const envelope& what, const void* mailbox) noexcept {
    entry& oldest = own_[count_++ % depth];
    const entry before = std::exchange(oldest, {&what, mailbox});
    return before.mailbox == mailbox ? before.what : nullptr;
  }

 private:
  struct entry {
    const void* what;
    const void* mailbox;
  };
  static constexpr std::size_t depth = 8;

  static constinit thread_local std::array<entry, depth> own_;
  static constinit thread_local std::size_t count_;
};

/// Destroys the message, if it is still there.
inline void destroy_message(envelope& what) noexcept {
  if (what.holds_message && what.type->destroy != nullptr) what.type->destroy(what.message());
  what.holds_message = false;
}
/// The same, and frees the block; of a call, gives up the hold that travelled with the envelope.
ZOOID_API void free_envelope(envelope& what) noexcept;

/// First in, first out; one thread.
struct envelope_list {
  envelope* first = nullptr;
  envelope* last = nullptr;

  void append(envelope& what) noexcept {
    what.next = nullptr;
    (first == nullptr ? first : last->next) = &what;
    last = &what;
  }
  [[nodiscard]] envelope* pop() noexcept {
    envelope* const popped = first;
    if (popped != nullptr) first = popped->next;
    return popped;
  }
};

}  // namespace zooid::detail
