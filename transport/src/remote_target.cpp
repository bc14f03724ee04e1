// SPDX-License-Identifier: Apache-2.0
#include "remote_target.hpp"

#include "core.hpp"
#include "engine.hpp"
#include "route.hpp"

#include <functional>
#include <utility>

namespace zooid {

remote_target::remote_target(intrusive_ptr<route> way, remote_place place, const contract_codec& codec)
    : way_(std::move(way)), place_(std::move(place)), codec_(codec) {}

remote_target::~remote_target() { way_->forget(*this); }

errc remote_target::accept(const detail::request& what) {
  // An actor of this node that has stopped: a living one would not be reached by way of a remote target.
  if (place_.kind == wire::location::pinned && place_.node == home()->id()) return errc::no_such_actor;
  return way_->send(what, *this);
}

void remote_target::when_room(intrusive_ptr<detail::room_waiter> waiter) { way_->when_room(std::move(waiter), *this); }

errc remote_target::abandon(detail::call& given_up) noexcept { return way_->abandon(given_up); }

detail::core* remote_target::home() const noexcept { return &way_->home().core(); }

actor_id remote_target::id() const noexcept {
  if (place_.kind == wire::location::pinned) return {place_.node, place_.number};
  return {way_->node(), 0};
}

std::string remote_target::describe() const {
  if (place_.kind == wire::location::named) return way_->describe() + "/" + place_.name;
  return place_.name + "#" + std::to_string(place_.number) + " at " + way_->describe();
}

bool remote_target::same_as(const target& other) const noexcept {
  if (this == &other) return true;
  const auto* const remote = dynamic_cast<const remote_target*>(&other);
  if (remote == nullptr || !(place_ == remote->place_)) return false;
  return place_.kind == wire::location::pinned || way_->leads_where(*remote->way_);
}

std::size_t remote_target::hash() const noexcept {
  return place_.kind == wire::location::pinned ? std::hash<std::uint64_t>()(place_.number)
                                               : std::hash<std::string>()(place_.name);
}

}  // namespace zooid
