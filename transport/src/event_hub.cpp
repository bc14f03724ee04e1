// SPDX-License-Identifier: Apache-2.0
#include "event_hub.hpp"

#include "cell.hpp"
#include "engine.hpp"
#include "route.hpp"
#include "turn.hpp"

#include <utility>

namespace zooid {
namespace {

/// Events of one type with one key, as something that one can wait for room in.
class event_topic final : public detail::target {
 public:
  event_topic(event_publisher& to, detail::core& of, const detail::event_codec& how, std::string_view with)
      : to_(&to), core_(&of), how_(how), key_(with) {}

  errc accept(const detail::request& what) override { return to_->publish(how_, what.plain, key_, what.sender); }
  void when_room(intrusive_ptr<detail::room_waiter> waiter) override { to_->when_room(how_, key_, std::move(waiter)); }
  errc abandon(detail::call&) noexcept override { return errc::timeout; }
  void completed(intrusive_ptr<detail::call>) noexcept override {}
  [[nodiscard]] detail::core* home() const noexcept override { return core_.get(); }
  [[nodiscard]] bool stores_messages() const noexcept override { return false; }
  [[nodiscard]] actor_id id() const noexcept override { return {}; }
  [[nodiscard]] std::string describe() const override {
    return key_.empty() ? "its subscribers" : "the subscribers of \"" + key_ + "\"";
  }

 private:
  const intrusive_ptr<event_publisher> to_;
  const intrusive_ptr<detail::core> core_;
  const detail::event_codec& how_;
  const std::string key_;
};

event_hub& hub_of(detail::core& of) {
  auto* const hub = static_cast<event_hub*>(of.observer());
  if (hub == nullptr) {
    throw setup_error(errc::denied, "events need a zooid::node: an actor_system has nobody to carry them");
  }
  return *hub;
}

}  // namespace

intrusive_ptr<event_receiver> event_hub::subscribe(intrusive_ptr<detail::cell> actor, const detail::event_handlers& how,
                                                   detail::event_choice which, bool owned) {
  if (!wire::is_event_key(which.key)) {
    throw setup_error(errc::malformed_address, "cannot subscribe to " + std::string(how.event->message.name) +
                                                   ": a key has at most 1024 bytes, none of them zero");
  }
  const intrusive_ptr<route> far = which.address.empty() ? nullptr : home_.route_for_events(which.address);
  auto made = make_intrusive<event_receiver>(actor, how, std::move(which), owned);
  actor->observed.store(true, std::memory_order_seq_cst);
  if (far) {
    subscriber_->add(made, far);
  } else {
    publisher_->add(made);
  }
  if (actor->has_ended()) made->cancel();  // It may not have been seen to be observed.
  return made;
}

void event_hub::on_retired(detail::cell& ended) noexcept {
  publisher_->drop_actor(ended);
  subscriber_->drop_actor(ended);
}

void event_hub::on_session_over(session& gone) {
  publisher_->on_session_over(gone);
  subscriber_->on_session_over(gone);
}

void event_hub::close() {
  subscriber_->close();
  publisher_->close();
}

namespace detail {

publication publish(core& at, const event_codec& how, const void* event, std::string_view key) {
  event_hub& hub = hub_of(at);
  const turn* const now = turn::current();
  const errc why = now == nullptr && at.stopping()
                       ? errc::shutdown
                       : hub.publisher().publish(how, event, key, now != nullptr ? now->self().id() : actor_id{});
  if (why == errc{}) [[likely]]
    return {};
  at.refused(why);
  return {why, make_intrusive<event_topic>(hub.publisher(), at, how, key)};
}

subscription subscribe(core& at, intrusive_ptr<target> actor, const event_handlers& how, event_choice which,
                       bool owned) {
  const intrusive_ptr<cell> to(dynamic_cast<cell*>(actor.get()));
  try {
    return subscription(hub_of(at).subscribe(to, how, std::move(which), owned));
  } catch (...) {
    if (owned) to->request_stop();
    throw;
  }
}

}  // namespace detail
}  // namespace zooid
