// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/byte_buffer.hpp>
#include <zooid/call.hpp>
#include <zooid/intrusive_ptr.hpp>
#include <zooid/target.hpp>

#include "light_mutex.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace zooid {

class engine;
class remote_target;
class session;

/// A message that waits for a session.
struct queued_message {
  intrusive_ptr<remote_target> to;
  std::size_t index;
  byte_buffer body;
  actor_id sender;
  intrusive_ptr<detail::call> call;  ///< Null for a tell.
};

/// The way to one other node, known by its endpoint or by its id: over the session with it, or, as long as there is
/// none, into a bounded queue while one is dialled. Nothing is given to ZeroMQ before a session is established. Any
/// thread.
class route final : public ref_counted {
 public:
  /// `endpoint` may be empty: then the node is reached only over sessions that it opens.
  route(engine& home, std::string endpoint, std::uint64_t node);

  errc send(const detail::request& what, remote_target& to);
  void when_room(intrusive_ptr<detail::room_waiter> waiter, const remote_target& in);
  errc abandon(detail::call& given_up) noexcept;
  void forget(remote_target& gone) noexcept;

  /// Dials, if nobody does. The session that there is already, or null.
  intrusive_ptr<session> connect();
  /// What is queued goes over `with`, and everything from now on. False: it is over already.
  [[nodiscard]] bool established(session& with);
  /// The session, or the attempt at one, is over; `why` is empty when another attempt makes sense.
  void lost(session& which, const error& why);
  /// Gives up what is queued. Returns what it was, for the report; empty when nothing was.
  std::string close();

  [[nodiscard]] engine& home() const noexcept { return *home_; }
  [[nodiscard]] std::uint64_t node() const noexcept { return node_.load(std::memory_order_acquire); }
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] bool leads_where(const route& other) const noexcept;
  [[nodiscard]] std::size_t queued() const;

 private:
  errc enqueue(const detail::request& what, remote_target& to, bool& dials);
  void dial();
  void fail(std::deque<queued_message> dropped, const error& why);
  static void notify(const std::vector<intrusive_ptr<detail::room_waiter>>& waiters);

  const intrusive_ptr<engine> home_;
  const std::string endpoint_;
  std::atomic<std::uint64_t> node_;  // 0: not known yet.

  mutable detail::light_mutex mutex_;
  // Guarded by mutex_:
  intrusive_ptr<session> session_;
  intrusive_ptr<session> dialled_;  // Not established yet.
  bool dialling_ = false;
  std::deque<queued_message> queue_;
  std::size_t queued_bytes_ = 0;
  std::vector<intrusive_ptr<detail::room_waiter>> waiters_;
};

}  // namespace zooid
