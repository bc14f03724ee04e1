// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "memory_wire.hpp"

#include <zooid/link.hpp>

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zooid {

/// One inlet connected to one outlet: the inlet is the dialler. Guarded by the wire's mutex.
struct memory_feed final : memory_connection {
  std::weak_ptr<memory_outlet> outlet;
  std::weak_ptr<memory_inlet> inlet;
  std::set<std::string> topics;  // as the outlet knows them
  std::size_t under_way = 0;     // events

  [[nodiscard]] bool wants(std::string_view event) const;
};

/// An outlet in the hub. Any thread.
class memory_outlet final : public event_outlet {
 public:
  memory_outlet(std::shared_ptr<memory_wire> wire, std::weak_ptr<memory_node> node, std::string endpoint,
                event_flow flow, std::shared_ptr<event_outlet_listener> listener)
      : wire_(std::move(wire)),
        node_(std::move(node)),
        endpoint_(std::move(endpoint)),
        flow_(flow),
        listener_(std::move(listener)) {}

  void send(std::span<byte_buffer> parts) override;
  void send_each(std::span<byte_buffer> messages) override;
  [[nodiscard]] std::string endpoint() const override { return endpoint_; }

  /// A turn of the node: what a feed's other end has said.
  void tell(const feed_ptr& feed, news what, std::string topic);

  // With the wire's lock held:
  void join(feed_ptr feed) { feeds_.push_back(std::move(feed)); }
  /// The listener, to be freed after unlocking.
  [[nodiscard]] std::shared_ptr<event_outlet_listener> end();

  const std::shared_ptr<memory_wire> wire_;
  const std::weak_ptr<memory_node> node_;
  const std::string endpoint_;
  const event_flow flow_;
  // Guarded by the wire's mutex:
  std::shared_ptr<event_outlet_listener> listener_;  // null once closed
  std::vector<feed_ptr> feeds_;

 private:
  [[nodiscard]] bool anybody_wants(const std::string& topic) const;
};

/// An inlet in the hub, which connects whenever it can. Any thread.
class memory_inlet final : public event_inlet {
 public:
  memory_inlet(std::shared_ptr<memory_wire> wire, std::weak_ptr<memory_node> node, std::string endpoint,
               std::shared_ptr<event_inlet_listener> listener)
      : wire_(std::move(wire)),
        node_(std::move(node)),
        endpoint_(std::move(endpoint)),
        listener_(std::move(listener)) {}

  void subscribe(std::string topic) override;
  void unsubscribe(std::string topic) override;
  void close() override;

  /// A turn of the node: what the feed has brought.
  void tell(const feed_ptr& feed, const memory_event& event, bool more);

  // With the wire's lock held:
  void join(feed_ptr feed);
  [[nodiscard]] std::shared_ptr<event_inlet_listener> end();

  const std::shared_ptr<memory_wire> wire_;
  const std::weak_ptr<memory_node> node_;
  const std::string endpoint_;
  // Guarded by the wire's mutex:
  std::shared_ptr<event_inlet_listener> listener_;  // null once closed
  std::set<std::string> topics_;
  feed_ptr feed_;  // null while it is not connected
};

}  // namespace zooid
