// SPDX-License-Identifier: Apache-2.0
#include <zooid/memory_network.hpp>

#include "memory_node.hpp"

#include <algorithm>
#include <utility>

namespace zooid {

memory_hub::memory_hub(std::shared_ptr<random_source> decisions)
    : wire_(std::make_shared<memory_wire>(std::move(decisions))) {}

memory_hub::~memory_hub() {
  std::vector<std::shared_ptr<memory_node>> nodes;
  {
    std::lock_guard lock(wire_->mutex_);
    nodes.swap(wire_->nodes_);
  }
  for (const auto& node : nodes) node->close();
}

std::shared_ptr<network> memory_hub::attach(scheduler& runs_on, std::string name) {
  auto node = std::make_shared<memory_node>(wire_, runs_on, std::move(name));
  std::lock_guard lock(wire_->mutex_);
  std::erase_if(wire_->nodes_, [](const auto& old) { return old->closed_ && !old->scheduled_; });
  wire_->nodes_.push_back(node);
  // What its owner drops is closed; the node itself stays, because a scheduler may hold it.
  return {node.get(), [node](network*) { node->close(); }};
}

void memory_hub::delay(duration shortest, duration longest) {
  std::lock_guard lock(wire_->mutex_);
  wire_->shortest_ = shortest;
  wire_->longest_ = std::max(shortest, longest);
}

void memory_hub::cut(double probability) {
  std::lock_guard lock(wire_->mutex_);
  wire_->cut_ = probability;
}

void memory_hub::lose_events(double probability) {
  std::lock_guard lock(wire_->mutex_);
  wire_->lose_events_ = probability;
}

void memory_hub::partition(const std::string& a, const std::string& b) {
  std::lock_guard lock(wire_->mutex_);
  wire_->partitions_.emplace_back(a, b);
}

void memory_hub::heal(const std::string& a, const std::string& b) {
  std::lock_guard lock(wire_->mutex_);
  std::erase_if(wire_->partitions_,
                [&](const auto& pair) { return pair == std::pair(a, b) || pair == std::pair(b, a); });
  wire_->release_held();
  wire_->connect_all();
}

void memory_hub::crash(const std::string& name) {
  std::shared_ptr<memory_node> node;
  {
    std::lock_guard lock(wire_->mutex_);
    node = wire_->find(name);
  }
  if (node != nullptr) node->close();
}

}  // namespace zooid
