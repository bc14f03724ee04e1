// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core.hpp"
#include "event_publisher.hpp"
#include "event_subscriber.hpp"

namespace zooid {

/// The events of a node: what it publishes, and what it hears of others. The node's actors reach it through their core.
/// Any thread.
class event_hub final : public detail::core_observer {
 public:
  explicit event_hub(engine& home)
      : home_(home),
        publisher_(make_intrusive<event_publisher>(home)),
        subscriber_(make_intrusive<event_subscriber>(home)) {}

  [[nodiscard]] event_publisher& publisher() noexcept { return *publisher_; }
  [[nodiscard]] event_subscriber& subscriber() noexcept { return *subscriber_; }

  /// Throws setup_error.
  [[nodiscard]] intrusive_ptr<event_receiver> subscribe(intrusive_ptr<detail::cell> actor,
                                                        const detail::event_handlers& how, detail::event_choice which,
                                                        bool owned);

  void on_retired(detail::cell& ended) noexcept override;
  void on_session_over(session& gone);
  void close();

 private:
  engine& home_;  // Not after `close`.
  const intrusive_ptr<event_publisher> publisher_;
  const intrusive_ptr<event_subscriber> subscriber_;
};

}  // namespace zooid
