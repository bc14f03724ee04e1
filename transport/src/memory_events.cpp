// SPDX-License-Identifier: Apache-2.0
#include "memory_events.hpp"

#include "memory_node.hpp"

#include <algorithm>
#include <iterator>

namespace zooid {

namespace {

constexpr std::size_t most_under_way = 1000;  // events to one subscriber of a lossy outlet

byte_buffer bytes_of(std::string_view text) {
  byte_buffer bytes;
  bytes.append(text.data(), text.size());
  return bytes;
}

}  // namespace

bool memory_feed::wants(std::string_view event) const {
  return std::ranges::any_of(topics, [&](const std::string& topic) { return event.starts_with(topic); });
}

/// There are no foreign programs, hence nobody hears a message of several parts.
void memory_outlet::send(std::span<byte_buffer> parts) {
  if (parts.size() != 1) return;
  const auto view = parts.front().view();
  const std::string_view event(reinterpret_cast<const char*>(view.data()), view.size());
  std::lock_guard lock(wire_->mutex_);
  if (listener_ == nullptr) return;
  for (const feed_ptr& feed : feeds_) {
    if (!feed->alive || !feed->wants(event)) continue;
    if (wire_->roll(wire_->cut_)) {
      wire_->sever(feed);
      continue;
    }
    if (flow_ == event_flow::lossy && (feed->under_way >= most_under_way || wire_->roll(wire_->lose_events_))) continue;
    ++feed->under_way;
    wire_->push(feed, dialler, news::event, bytes_of(event));
  }
}

void memory_outlet::send_each(std::span<byte_buffer> messages) {
  for (byte_buffer& each : messages) send({&each, 1});
}

void memory_outlet::tell(const feed_ptr& feed, news what, std::string topic) {
  std::shared_ptr<event_outlet_listener> listener;
  std::vector<std::string> changed;
  {
    std::lock_guard lock(wire_->mutex_);
    listener = listener_;
    if (listener == nullptr) return;
    if (what == news::subscribed && feed->alive) {
      if (!anybody_wants(topic)) changed.push_back(topic);
      feed->topics.insert(std::move(topic));
    } else if (what == news::unsubscribed) {
      if (feed->topics.erase(topic) > 0 && !anybody_wants(topic)) changed.push_back(std::move(topic));
    } else if (what == news::gone) {
      std::erase(feeds_, feed);
      std::ranges::copy_if(feed->topics, std::back_inserter(changed),
                           [this](const std::string& each) { return !anybody_wants(each); });
    }
  }
  for (const std::string& each : changed) {
    if (what == news::subscribed) {
      listener->on_subscribed(each);
    } else {
      listener->on_unsubscribed(each);
    }
  }
}

bool memory_outlet::anybody_wants(const std::string& topic) const {
  return std::ranges::any_of(feeds_, [&](const feed_ptr& feed) { return feed->topics.contains(topic); });
}

std::shared_ptr<event_outlet_listener> memory_outlet::end() {
  for (const feed_ptr& feed : feeds_) {
    if (std::exchange(feed->alive, false)) wire_->push(feed, dialler, news::gone);
  }
  feeds_.clear();
  return std::move(listener_);
}

void memory_inlet::subscribe(std::string topic) {
  std::lock_guard lock(wire_->mutex_);
  if (listener_ == nullptr || !topics_.insert(topic).second) return;
  if (feed_ != nullptr && feed_->alive) wire_->push(feed_, acceptor, news::subscribed, bytes_of(topic));
}

void memory_inlet::unsubscribe(std::string topic) {
  std::lock_guard lock(wire_->mutex_);
  if (topics_.erase(topic) == 0) return;
  if (feed_ != nullptr && feed_->alive) wire_->push(feed_, acceptor, news::unsubscribed, bytes_of(topic));
}

void memory_inlet::close() {
  std::shared_ptr<event_inlet_listener> dropped;  // freed after unlocking
  std::shared_ptr<memory_inlet> self;
  std::lock_guard lock(wire_->mutex_);
  dropped = end();
  const auto found = std::ranges::find(wire_->inlets_, this, &std::shared_ptr<memory_inlet>::get);
  if (found == wire_->inlets_.end()) return;
  self = std::move(*found);
  wire_->inlets_.erase(found);
}

void memory_inlet::tell(const feed_ptr& feed, const memory_event& event, bool more) {
  std::shared_ptr<event_inlet_listener> listener;
  {
    std::lock_guard lock(wire_->mutex_);
    if (event.what == news::gone && feed_ == feed) {
      feed_ = nullptr;
      wire_->connect_all();
    }
    if (event.what != news::event) return;
    --feed->under_way;
    listener = listener_;
  }
  if (listener != nullptr) listener->on_event(event.frame.view(), more);
}

void memory_inlet::join(feed_ptr feed) {
  feed_ = std::move(feed);
  for (const std::string& topic : topics_) wire_->push(feed_, acceptor, news::subscribed, bytes_of(topic));
}

std::shared_ptr<event_inlet_listener> memory_inlet::end() {
  if (feed_ != nullptr && std::exchange(feed_->alive, false)) wire_->push(feed_, acceptor, news::gone);
  feed_ = nullptr;
  topics_.clear();
  return std::move(listener_);
}

}  // namespace zooid
