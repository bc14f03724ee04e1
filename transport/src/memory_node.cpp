// SPDX-License-Identifier: Apache-2.0
#include "memory_node.hpp"

#include "memory_events.hpp"

#include <zooid/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace zooid {

namespace {

constexpr std::size_t events_a_turn = 64;

[[noreturn]] void refuse(errc code, const std::string& doing, const std::string& endpoint, const std::string& why) {
  throw setup_error(code, "cannot " + doing + " " + endpoint + ": " + why);
}

void check_form(const std::string& doing, const std::string& endpoint) {
  const auto scheme = endpoint.find("://");
  if (scheme == std::string::npos || scheme == 0 || scheme + 3 == endpoint.size()) {
    refuse(errc::malformed_address, doing, endpoint, "write it like mem://name or tcp://127.0.0.1:10000");
  }
}

std::string_view as_text(const byte_buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Takes those of the node out of the list and ends them; returns what is to be freed after unlocking.
template <class End>
auto end_those_of(const memory_node& node, std::vector<std::shared_ptr<End>>& all) {
  std::vector<std::pair<std::shared_ptr<End>, decltype(all.front()->end())>> ended;
  std::erase_if(all, [&](const std::shared_ptr<End>& each) {
    const bool mine = each->node_.lock().get() == &node;
    if (mine) ended.emplace_back(each, each->end());
    return mine;
  });
  return ended;
}

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
        return other.over == event->over && other.to == event->to && other.what == event->what;
      });
      tell(*event, more);
    }
    teller_.store(std::thread::id{});
  }
  std::lock_guard lock(wire_->mutex_);
  scheduled_ = false;
  wake();
}

/// What is under way to this node on a connection is lost.
void memory_node::forget(const connection_ptr& over) {
  std::erase_if(inbox_, [&](const auto& entry) { return entry.second.over == over; });
}

void memory_node::tell_feed(memory_event& event, bool more) {
  const auto feed = std::static_pointer_cast<memory_feed>(event.over);
  const auto outlet = feed->outlet.lock();
  const auto inlet = feed->inlet.lock();
  if (event.to == acceptor && outlet != nullptr) outlet->tell(feed, event.what, std::string(as_text(event.frame)));
  if (event.to == dialler && inlet != nullptr) inlet->tell(feed, event, more);
}

void memory_node::tell(memory_event& event, bool more) {
  if (event.what >= news::subscribed) return tell_feed(event, more);
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
    default:
      return;
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

std::string memory_node::claim(const std::string& doing, const std::string& endpoint) const {
  if (closed_) refuse(errc::shutdown, doing, endpoint, "the node is stopped");
  check_form(doing, endpoint);
  std::string bound = endpoint;
  if (bound.ends_with(":0")) bound.replace(bound.size() - 1, 1, std::to_string(++wire_->numbers_));
  if (wire_->is_taken(bound)) refuse(errc::address_in_use, doing, endpoint, "another node, or this one, listens there");
  return bound;
}

std::string memory_node::listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) {
  static const std::string doing = "listen at";
  std::lock_guard lock(wire_->mutex_);
  if (acceptor_ != nullptr) refuse(errc::address_in_use, doing, endpoint, "this node already listens at " + endpoint_);
  endpoint_ = claim(doing, endpoint);
  acceptor_ = std::move(acceptor);
  wire_->connect_all();
  return endpoint_;
}

std::shared_ptr<event_outlet> memory_node::open_outlet(const std::string& endpoint, event_flow flow,
                                                       std::shared_ptr<event_outlet_listener> listener) {
  std::lock_guard lock(wire_->mutex_);
  auto outlet = std::make_shared<memory_outlet>(wire_, weak_from_this(), claim("publish at", endpoint), flow,
                                                std::move(listener));
  wire_->outlets_.push_back(outlet);
  wire_->connect_all();
  return outlet;
}

std::shared_ptr<event_inlet> memory_node::open_inlet(const std::string& endpoint, event_flow,
                                                     std::shared_ptr<event_inlet_listener> listener) {
  check_form("subscribe at", endpoint);
  std::lock_guard lock(wire_->mutex_);
  auto inlet =
      std::make_shared<memory_inlet>(wire_, weak_from_this(), endpoint, closed_ ? nullptr : std::move(listener));
  if (closed_) return inlet;
  wire_->inlets_.push_back(inlet);
  wire_->connect_all();
  return inlet;
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
  decltype(end_those_of(*this, wire_->outlets_)) outlets;
  decltype(end_those_of(*this, wire_->inlets_)) inlets;
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
    outlets = end_those_of(*this, wire_->outlets_);
    inlets = end_those_of(*this, wire_->inlets_);
  }
  if (teller_.load() == std::this_thread::get_id()) return;
  std::lock_guard nothing_is_told(telling_);
}

}  // namespace zooid
