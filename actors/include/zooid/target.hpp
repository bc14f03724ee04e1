// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/clock.hpp>
#include <zooid/contract.hpp>
#include <zooid/error.hpp>
#include <zooid/intrusive_ptr.hpp>

#include <cstdint>
#include <string>

namespace zooid {

/// Who an actor is, everywhere and for ever: a node has a random id that is not zero, an actor a number that its node
/// never uses again. All zero: nobody (a plain thread).
struct actor_id {
  std::uint64_t node{};
  std::uint64_t actor{};
  friend bool operator==(const actor_id&, const actor_id&) = default;
};

namespace detail {

class call;
class core;

/// A message on its way into a target: how to make it there, rather than the message itself, so that it is moved (or
/// decoded, or encoded) exactly once, and not at all when it is refused.
struct request {
  const contract_type* contract;
  const message_type* type;
  std::size_t index;                           ///< In the contract's list.
  void (*construct)(void* at, void* message);  ///< Makes the message at uninitialised storage; may throw.
  void* message;                               ///< Where `construct` makes it from.
  const void* plain;                           ///< The message itself, for who encodes it; null when decoded.
  std::uint32_t bytes;                         ///< What it weighs in a bounded queue.
  actor_id sender;
  call* answer;          ///< The call to be answered; null for a tell.
  time_point made_at{};  ///< Of a call.
};

/// What waits for room in a full mailbox or session. `on_room` runs once, on any thread, and is brief.
class ZOOID_API room_waiter : public ref_counted {
 public:
  virtual void on_room() = 0;

  /// Its place among those who wait for room in a mailbox, given by `when_room`. Who was told of room and finds it
  /// taken by others keeps his place by handing it on to his next waiter.
  std::uint64_t ticket = 0;
};

/// What a ref points to: an actor of this node, a name, or something on another node. Any thread.
class ZOOID_API target : public ref_counted {
 public:
  /// Takes the message, or says why not; then nothing has been moved. errc{} means taken.
  [[nodiscard]] virtual errc accept(const request& what) = 0;

  /// Calls `waiter` once there may be room again; at once when there is. After `overloaded` only.
  virtual void when_room(intrusive_ptr<room_waiter> waiter) = 0;

  /// The caller has given up on a call that this target had taken; says how it stands with it: `timeout` or
  /// `unreachable`.
  virtual errc abandon(call& given_up) noexcept = 0;

  /// An answer for a call that this target made.
  virtual void completed(intrusive_ptr<call> answered) noexcept = 0;

  /// The node on whose behalf it works.
  [[nodiscard]] virtual core* home() const noexcept = 0;

  /// True when accepted messages are kept in the call's own block, as mailboxes do.
  [[nodiscard]] virtual bool stores_messages() const noexcept = 0;
  [[nodiscard]] virtual actor_id id() const noexcept = 0;
  /// "greeter", "tcp://…/greeter", "Counter#17": for errors and reports.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Same location: what `==` of refs means.
  [[nodiscard]] virtual bool same_as(const target& other) const noexcept { return this == &other; }
  [[nodiscard]] virtual std::size_t hash() const noexcept { return reinterpret_cast<std::size_t>(this) >> 6; }
};

}  // namespace detail
}  // namespace zooid
