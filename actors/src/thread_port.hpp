// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/call.hpp>
#include <zooid/scheduler.hpp>

#include "core.hpp"

namespace zooid::detail {

/// A plain thread as the caller of one call: where its answer arrives.
class thread_port final : public target {
 public:
  explicit thread_port(core& of);

  /// Blocks until the call has ended. The thread that made it.
  void wait(call& pending);
  /// The call counts no longer. The thread that made it.
  void end(call& pending) noexcept;

  void completed(intrusive_ptr<call> answered) noexcept override;

  // Nothing can be sent to it.
  errc accept(const request&) override { return errc::no_such_actor; }
  void when_room(intrusive_ptr<room_waiter> waiter) override { waiter->on_room(); }
  errc abandon(call&) noexcept override { return errc::timeout; }
  [[nodiscard]] core* home() const noexcept override { return core_.get(); }
  [[nodiscard]] bool stores_messages() const noexcept override { return false; }
  [[nodiscard]] actor_id id() const noexcept override { return {}; }
  [[nodiscard]] std::string describe() const override { return "a plain thread"; }

 private:
  intrusive_ptr<core> core_;
  intrusive_ptr<waiter> waiter_;
};

}  // namespace zooid::detail
