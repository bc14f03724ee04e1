// SPDX-License-Identifier: Apache-2.0
#include "thread_port.hpp"

#include <utility>

namespace zooid::detail {

thread_port::thread_port(core& of) : core_(&of), waiter_(of.scheduler().make_waiter()) {}

void thread_port::completed(intrusive_ptr<call>) noexcept { waiter_->notify(); }

void thread_port::wait(call& pending) {
  zooid::scheduler& scheduler = core_->scheduler();
  if (!scheduler.wait(*waiter_, pending.deadline)) {
    if (pending.abandon()) {
      const errc why = pending.road ? pending.road->abandon(pending) : errc::timeout;
      pending.deliver_failure({why, pending.describe_silence(), {}});
    } else {
      static_cast<void>(scheduler.wait(*waiter_, time_point::max()));
    }
  }
  pending.delivered = true;
  end(pending);
}

void thread_port::end(call& pending) noexcept {
  if (std::exchange(pending.listed, false)) core_->end_call();
}

}  // namespace zooid::detail
