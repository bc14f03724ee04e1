// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/clock.hpp>
#include <zooid/envelope.hpp>
#include <zooid/result.hpp>
#include <zooid/target.hpp>

#include <atomic>
#include <coroutine>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zooid::detail {

class cell;
class core;

/// One call among all nodes: the node that made it, and a number that is its own while it is under way.
struct call_id {
  std::uint64_t node;
  std::uint64_t number;
  friend bool operator==(const call_id&, const call_id&) = default;
};

/// A call from its making to its end: the envelope that carries the request to the callee comes back with the answer,
/// so a local call costs one allocation. Two parties hold it, the caller and whoever has it on the road.
///
/// `state_` decides who ends it: the callee by `complete`, or the caller by `abandon`, whichever is first.
class ZOOID_API call final : public envelope {
 public:
  /// Space for a reply, and, `with_message`, for the request too. Starts with one holder.
  static intrusive_ptr<call> make(const message_type& type, const message_type& reply, bool with_message);

  void retain() const noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

  // Callee's side. The thread that handles the request.
  [[nodiscard]] void* reply_storage() noexcept;
  void set_replied() noexcept { replied_ = true; }
  void fail(error why);
  /// Hands the answer to the caller, by the road it came; the callee's hold goes with it.
  static void complete(intrusive_ptr<call> done) noexcept;
  [[nodiscard]] bool abandoned() const noexcept { return state_.load(std::memory_order_acquire) == state::abandoned; }

  // Caller's side.
  /// True: from now on no answer comes. False: it is already on its way.
  [[nodiscard]] bool abandon() noexcept;

  static constexpr std::uint32_t longest_chain = 64;

  /// Its number in a call_id.
  [[nodiscard]] std::uint64_t number() const noexcept { return reinterpret_cast<std::uintptr_t>(this); }

  enum class state : std::uint8_t { open, completed, abandoned };

  intrusive_ptr<target> caller;  ///< Hears of the answer.
  intrusive_ptr<target> road;    ///< A remote target that took the call and wants to know when it is given up.
  /// The call that the caller was handling when it made this one; null beyond a depth of `longest_chain`.
  intrusive_ptr<call> parent;
  std::uint32_t depth = 0;  ///< How many parents there are.
  /// Of a call from another node: the calls that wait for it, there and before.
  std::unique_ptr<const std::vector<call_id>> ancestry;
  std::string_view callee_class{};  ///< Of a local callee, to name it: its class and number.
  std::uint64_t callee_number = 0;
  time_point deadline{};
  const message_type* reply_type = nullptr;
  std::uint64_t correlation = 0;  ///< The transport's number for it.
  const void* codec = nullptr;    ///< The transport's: how its reply travels.

  // Guarded by being the caller's turn, or its thread:
  std::unique_ptr<error> failure;                ///< Why no answer comes.
  std::coroutine_handle<> awaiting;              ///< Resumed with the answer.
  void (*continuation)(call&, void*) = nullptr;  ///< `.then`: run as a turn, then destroyed with a null call.
  void* continuation_state = nullptr;
  void (*destroy_continuation)(void*) = nullptr;
  call* next_pending = nullptr;
  call* previous_pending = nullptr;
  bool delivered = false;  ///< The answer, or the reason why none comes, is here.
  bool listed = false;     ///< Counted among its caller's pending calls.

  /// The callee answered with an error. Read by whoever was handed the answer.
  [[nodiscard]] const error* answered_failure() const noexcept { return answered_failure_.get(); }
  [[nodiscard]] bool failed() const noexcept { return failure != nullptr || answered_failure_ != nullptr; }
  [[nodiscard]] bool replied() const noexcept { return replied_; }
  void drop_reply() noexcept;
  /// Destroys what `.then` was given: on the caller's turn, because the callee may hold the call for longer.
  void drop_continuation() noexcept;
  /// "Greet was not answered by greeter in time".
  [[nodiscard]] std::string describe_silence() const;
  /// Makes it end at the caller with `why`, when no answer can come any more.
  void deliver_failure(error why);

 private:
  call() = default;
  ~call();

  mutable std::atomic<std::uint32_t> holders_{0};
  std::atomic<state> state_{state::open};
  bool replied_ = false;
  std::unique_ptr<error> answered_failure_;  // The callee's, so that both may write at the same time.
};

/// Makes and sends a call. Always returns one; a refused one is already delivered, with its failure.
[[nodiscard]] ZOOID_API intrusive_ptr<call> start_call(target* to, request& what, const message_type& reply,
                                                       duration timeout);
/// What `timeout` means when none is given.
inline constexpr duration default_timeout{-1};

/// Blocks the calling plain thread until the call has ended. Throws call_error `denied` inside a handler.
ZOOID_API void wait_for(call& pending);
/// Gives up on a call that nobody waits for any more.
ZOOID_API void cancel(call& pending) noexcept;
/// Counts what a coroutine awaits though it is over already. False: that was the last of many in one turn, so that it
/// should let others have theirs.
[[nodiscard]] ZOOID_API bool may_go_on() noexcept;
/// Resumes `caller`, of the calling actor, in a later turn.
ZOOID_API void give_way(std::coroutine_handle<> caller);
/// Remembers who is to be resumed: with the answer, or, when that is here, in a later turn. On the caller's turn.
ZOOID_API void suspend_on(call& pending, std::coroutine_handle<> caller);
/// Runs `continuation` with the answer, as a turn of the calling actor. Throws call_error `denied` on a plain thread.
ZOOID_API void continue_with(call& pending);
[[nodiscard]] ZOOID_API error take_failure(call& pending);

}  // namespace zooid::detail
