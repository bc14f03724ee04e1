// SPDX-License-Identifier: Apache-2.0
#include <zooid/memory_network.hpp>

#include "memory_wire.hpp"

#include <zooid/error.hpp>

#include <algorithm>
#include <utility>

namespace zooid {

namespace {

constexpr std::size_t events_a_turn = 64;

class wake_up final : public alarm {
 public:
  explicit wake_up(std::weak_ptr<memory_node> node) : node_(std::move(node)) {}
  void ring() override {
    const auto node = node_.lock();
    if (node == nullptr) return;
    std::lock_guard lock(node->wire_->mutex_);
    node->alarm_at_ = time_point::max();
    node->wake();
  }

 private:
  const std::weak_ptr<memory_node> node_;
};

}  // namespace

void memory_node::wake() {
  if (scheduled_ || inbox_.empty() || closed_) return;
  const time_point due = inbox_.begin()->first.first;
  if (due <= scheduler_.time().now()) {
    scheduled_ = true;
    scheduler_.schedule(*this);
  } else if (due < alarm_at_) {
    alarm_at_ = due;
    scheduler_.at(due, make_intrusive<wake_up>(weak_from_this()));
  }
}

void memory_node::run() {
  std::vector<memory_event> due;
  {
    std::lock_guard lock(wire_->mutex_);
    const time_point now = scheduler_.time().now();
    while (!inbox_.empty() && inbox_.begin()->first.first <= now && due.size() < events_a_turn) {
      due.push_back(std::move(inbox_.extract(inbox_.begin()).mapped()));
    }
  }
  {
    std::lock_guard telling(telling_);
    teller_.store(std::this_thread::get_id());
    for (auto event = due.begin(); event != due.end(); ++event) {
      const bool more = std::any_of(event + 1, due.end(), [&](const memory_event& other) {
        return other.over == event->over && other.to == event->to && other.what == news::frame;
      });
      tell(*event, more);
    }
    teller_.store(std::thread::id{});
  }
  std::lock_guard lock(wire_->mutex_);
  scheduled_ = false;
  wake();
}

void memory_node::tell(memory_event& event, bool more) {
  std::shared_ptr<memory_link> link;
  std::shared_ptr<link_listener> listener;
  {
    std::lock_guard lock(wire_->mutex_);
    link = event.over->end[event.to];
  }
  if (link == nullptr && event.to == acceptor && event.what == news::frame) link = accept(event.over);
  if (link == nullptr) return;
  {
    std::lock_guard lock(wire_->mutex_);
    if (event.what == news::up) link->up_ = true;
    listener = event.what == news::down ? link->end() : link->listener_;
  }
  if (listener == nullptr) return;
  switch (event.what) {
    case news::up:
      return listener->on_up();
    case news::frame:
      return listener->on_frame(event.frame.view(), more);
    case news::down:
      return listener->on_down("the connection to " + link->peer() + " was lost");
  }
}

/// A link for a new peer, if anybody wants to hear it.
std::shared_ptr<memory_link> memory_node::accept(const connection_ptr& over) {
  auto link = std::make_shared<memory_link>(wire_, over, acceptor, nullptr);
  std::shared_ptr<link_acceptor> decides;
  {
    std::lock_guard lock(wire_->mutex_);
    decides = acceptor_;
    if (decides == nullptr) return nullptr;
    over->end[acceptor] = link;
    link->up_ = true;
    if (std::ranges::find(connections_, over) == connections_.end()) connections_.push_back(over);
  }
  auto listener = decides->on_accept(link);
  {
    std::lock_guard lock(wire_->mutex_);
    if (listener == nullptr || over->end[acceptor] != link) {
      link->end();
      return nullptr;
    }
    link->listener_ = listener;
  }
  listener->on_up();
  return link;
}

std::string memory_node::listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) {
  const auto refuse = [&](errc code, const std::string& why) {
    throw setup_error(code, "cannot listen at " + endpoint + ": " + why);
  };
  const auto scheme = endpoint.find("://");
  if (scheme == std::string::npos || scheme == 0 || scheme + 3 == endpoint.size()) {
    refuse(errc::malformed_address, "write it like mem://name or tcp://127.0.0.1:10000");
  }
  std::lock_guard lock(wire_->mutex_);
  if (closed_) refuse(errc::shutdown, "the node is stopped");
  if (acceptor_ != nullptr) refuse(errc::address_in_use, "this node already listens at " + endpoint_);
  std::string bound = endpoint;
  if (bound.ends_with(":0")) bound.replace(bound.size() - 1, 1, std::to_string(++wire_->numbers_));
  const auto other = wire_->find(bound);
  if (other != nullptr && other->endpoint_ == bound) refuse(errc::address_in_use, "another node listens there");
  endpoint_ = bound;
  acceptor_ = std::move(acceptor);
  wire_->connect_all();
  return bound;
}

std::shared_ptr<link> memory_node::dial(const std::string& endpoint, std::shared_ptr<link_listener> listener) {
  std::lock_guard lock(wire_->mutex_);
  auto connection = std::make_shared<memory_connection>();
  connection->number = ++wire_->numbers_;
  connection->endpoint = endpoint;
  connection->node[dialler] = weak_from_this();
  auto link = std::make_shared<memory_link>(wire_, connection, dialler, closed_ ? nullptr : std::move(listener));
  if (closed_) return link;
  connection->end[dialler] = link;
  prune();
  connections_.push_back(connection);
  wire_->dialling_.push_back(connection);
  wire_->connect_all();
  return link;
}

/// Forgets connections that have no end here any more.
void memory_node::prune() {
  std::erase_if(connections_, [](const connection_ptr& c) {
    return !c->alive && c->end[acceptor] == nullptr && c->end[dialler] == nullptr;
  });
}

void memory_node::close() {
  std::vector<std::shared_ptr<link_listener>> dropped;  // freed after unlocking, with all that they own
  std::vector<connection_ptr> connections;
  std::map<std::pair<time_point, std::uint64_t>, memory_event> inbox;
  std::shared_ptr<link_acceptor> acceptor_dropped;
  {
    std::lock_guard lock(wire_->mutex_);
    closed_ = true;
    endpoint_.clear();
    acceptor_dropped = std::move(acceptor_);
    connections.swap(connections_);
    inbox.swap(inbox_);
    for (const auto& connection : connections) {
      const side mine = connection->node[dialler].lock().get() == this ? dialler : acceptor;
      if (const auto link = connection->end[mine]) dropped.push_back(link->end());
      if (std::exchange(connection->alive, false) && mine == acceptor) wire_->push(connection, dialler, news::down);
    }
  }
  if (teller_.load() == std::this_thread::get_id()) return;
  std::lock_guard nothing_is_told(telling_);
}

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
