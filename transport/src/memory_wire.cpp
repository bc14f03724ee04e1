// SPDX-License-Identifier: Apache-2.0
#include "memory_wire.hpp"

#include "memory_events.hpp"
#include "memory_node.hpp"

#include <algorithm>

namespace zooid {

void memory_wire::push(const connection_ptr& over, side to, news what, byte_buffer frame, bool local) {
  if (!local && (parted(*over) || !over->held.empty())) {
    over->held.push_back({to, what, std::move(frame)});
    return;
  }
  const auto node = over->node[to].lock();
  if (node == nullptr || node->closed_) return;
  const auto spread = static_cast<std::uint64_t>((longest_ - shortest_).count());
  const duration extra(spread == 0 ? 0 : static_cast<std::int64_t>(decisions_->next() % (spread + 1)));
  const time_point due = std::max(node->scheduler_.time().now() + shortest_ + extra, over->last_due[to]);
  over->last_due[to] = due;
  node->add(due, {over, to, what, std::move(frame)});
}

/// Joins each waiting dial to who listens there, and each inlet to its outlet, if they can reach each other; forgets
/// what nobody needs any more.
void memory_wire::connect_all() {
  std::erase_if(dialling_, [this](const connection_ptr& waiting) {
    const auto from = waiting->node[dialler].lock();
    if (from == nullptr || waiting->end[dialler] == nullptr) return true;
    const auto to = find(waiting->endpoint);
    if (to == nullptr || to->endpoint_ != waiting->endpoint) return false;
    waiting->node[acceptor] = to;
    if (parted(*waiting)) return false;
    waiting->alive = true;
    to->connections_.push_back(waiting);
    push(waiting, dialler, news::up);
    return true;
  });
  for (const auto& inlet : inlets_) {
    const auto outlet = std::ranges::find(outlets_, inlet->endpoint_, &memory_outlet::endpoint_);
    if (inlet->feed_ != nullptr || outlet == outlets_.end()) continue;
    const auto feed = std::make_shared<memory_feed>();
    feed->node[dialler] = inlet->node_;
    feed->node[acceptor] = (*outlet)->node_;
    if (parted(*feed)) continue;
    feed->alive = true;
    feed->inlet = inlet;
    feed->outlet = *outlet;
    (*outlet)->join(feed);
    inlet->join(feed);
  }
}

/// Ends a connection so that only the dialler is told.
void memory_wire::sever(const connection_ptr& connection) {
  connection->alive = false;
  push(connection, dialler, news::down);
}

/// Ends a feed with all that is under way on it. Both are told, for both have a connection of their own that ends.
void memory_wire::sever(const feed_ptr& feed) {
  feed->alive = false;
  feed->held.clear();
  for (const side end : {acceptor, dialler}) {
    if (const auto node = feed->node[end].lock()) node->forget(feed);
    push(feed, end, news::gone);
  }
}

void memory_wire::release_held() {
  const auto release = [this](const connection_ptr& connection) {
    if (connection == nullptr || parted(*connection)) return;
    auto held = std::exchange(connection->held, {});
    for (auto& event : held) push(connection, event.to, event.what, std::move(event.frame));
  };
  for (const auto& node : nodes_) {
    for (const auto& connection : node->connections_) release(connection);
  }
  for (const auto& outlet : outlets_) {
    for (const auto& feed : outlet->feeds_) release(feed);
  }
  for (const auto& inlet : inlets_) release(inlet->feed_);  // its outlet may be gone
}

bool memory_wire::parted(const memory_connection& connection) const {
  const auto a = connection.node[dialler].lock();
  const auto b = connection.node[acceptor].lock();
  return a != nullptr && b != nullptr && std::ranges::any_of(partitions_, [&](const auto& pair) {
           return (a->called(pair.first) && b->called(pair.second)) ||
                  (a->called(pair.second) && b->called(pair.first));
         });
}

std::shared_ptr<memory_node> memory_wire::find(const std::string& name) const {
  for (const auto& node : nodes_) {
    if (!node->closed_ && node->called(name)) return node;
  }
  return nullptr;
}

bool memory_wire::is_taken(const std::string& endpoint) const {
  return std::ranges::any_of(nodes_, [&](const auto& node) { return !node->closed_ && node->endpoint_ == endpoint; }) ||
         std::ranges::find(outlets_, endpoint, &memory_outlet::endpoint_) != outlets_.end();
}

void memory_link::send(byte_buffer frame) {
  std::lock_guard lock(wire_->mutex_);
  if (!up_) return;
  if (over_->alive && wire_->roll(wire_->cut_)) return wire_->sever(over_);
  if (over_->alive) return wire_->push(over_, at_ == dialler ? acceptor : dialler, news::frame, std::move(frame));
  if (at_ == acceptor) wire_->push(over_, acceptor, news::down, {}, true);  // what a ROUTER does: nobody to send to
}

void memory_link::close() {
  std::shared_ptr<link_listener> dropped;  // freed after unlocking
  std::lock_guard lock(wire_->mutex_);
  if (at_ == dialler) over_->alive = false;
  dropped = end();
}

std::string memory_link::peer() const {
  return at_ == dialler ? over_->endpoint : "peer " + std::to_string(over_->number) + " of " + over_->endpoint;
}

std::shared_ptr<link_listener> memory_link::end() {
  up_ = false;
  if (over_->end[at_].get() == this) over_->end[at_] = nullptr;
  return std::move(listener_);
}

}  // namespace zooid
