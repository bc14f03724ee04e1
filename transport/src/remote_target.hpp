// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/codec.hpp>
#include <zooid/target.hpp>

#include "wire.hpp"

#include <cstdint>
#include <string>
#include <tuple>

namespace zooid {

class engine;
class route;

/// Where a target is on its node.
struct remote_place {
  wire::location kind{};
  std::uint64_t node{};    ///< Of a pinned actor: it dies with this node.
  std::uint64_t number{};  ///< Of a pinned actor.
  std::string name{};      ///< Of a service; of a pinned actor, what to call it for people.

  friend bool operator==(const remote_place& a, const remote_place& b) noexcept {
    return a.kind == b.kind &&
           (a.kind == wire::location::pinned ? a.node == b.node && a.number == b.number : a.name == b.name);
  }
};

/// What a ref to something on another node points to. Any thread.
class remote_target final : public detail::target {
 public:
  remote_target(intrusive_ptr<route> way, remote_place place, const contract_codec& codec);
  ~remote_target() override;

  errc accept(const detail::request& what) override;
  void when_room(intrusive_ptr<detail::room_waiter> waiter) override;
  errc abandon(detail::call& given_up) noexcept override;
  void completed(intrusive_ptr<detail::call>) noexcept override {}
  [[nodiscard]] detail::core* home() const noexcept override;
  [[nodiscard]] bool stores_messages() const noexcept override { return false; }
  [[nodiscard]] actor_id id() const noexcept override;
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] bool same_as(const target& other) const noexcept override;
  [[nodiscard]] std::size_t hash() const noexcept override;

  [[nodiscard]] const remote_place& place() const noexcept { return place_; }
  [[nodiscard]] const contract_codec& codec() const noexcept { return codec_; }
  [[nodiscard]] route& way() const noexcept { return *way_; }

  // Guarded by the lock of the session that they speak of:
  std::uint64_t announced_in = 0;  ///< The session that knows it by `wire_id`; 0 for none.
  std::uint32_t wire_id = 0;

 private:
  const intrusive_ptr<route> way_;
  const remote_place place_;
  const contract_codec& codec_;
};

}  // namespace zooid
