// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/contract.hpp>
#include <zooid/target.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>

namespace zooid {

class context;

namespace detail {

class call;

/// What a handler left behind: nothing, or a coroutine that has not ended yet.
struct running {
  std::coroutine_handle<> coroutine{};
  /// Takes the ended coroutine's result, gives it to `answer` (which may be null), and destroys the coroutine.
  /// Rethrows what escaped it.
  void (*finish)(std::coroutine_handle<> ended, call* answer) = nullptr;
};
using handler = running (*)(void* actor, context& in, void* message, call* answer);

/// One thing in a mailbox, in a block of its own: this header, at most one cache line, and behind it the message.
struct envelope {
  enum class kind : std::uint8_t {
    message,   ///< For the handler at `index`.
    own,       ///< For `run`: a timer's message, which no contract lists.
    answer,    ///< A call that this actor made has ended.
    deadline,  ///< A call that this actor made may have passed its deadline.
    room,      ///< A coroutine may go on: a full target has room, or it had given way.
    stop,
  };

  envelope* next = nullptr;
  const message_type* type = nullptr;
  union {
    handler run = nullptr;
    /// Of a message: an envelope that was perhaps put into the same mailbox some time before.
    const void* sent_before;
  };
  actor_id sender{};
  std::uint32_t block_size = 0;
  std::uint32_t bytes = 0;  ///< Counted against the mailbox's bound.
  std::uint16_t index = 0;
  std::uint32_t message_offset = 0;
  kind what = kind::message;
  bool is_call = false;  ///< Then it is a `call`.
  bool holds_message = false;

  [[nodiscard]] void* message() noexcept { return reinterpret_cast<std::byte*>(this) + message_offset; }
};
static_assert(sizeof(envelope) <= 64);

}  // namespace detail
}  // namespace zooid
