// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/link.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Writes down what it hears. Any thread.
class event_probe : public zooid::event_inlet_listener, public zooid::event_outlet_listener {
 public:
  void on_event(std::span<const std::byte> frame, bool more) override {
    {
      std::lock_guard lock(mutex_);
      heard_.emplace_back(reinterpret_cast<const char*>(frame.data()), frame.size());
      last_more_ = more;
    }
    if (when_event) when_event();
  }
  void on_subscribed(std::string_view topic) override {
    add("+" + std::string(topic));
    if (when_subscribed) when_subscribed(topic);
  }
  void on_unsubscribed(std::string_view topic) override { add("-" + std::string(topic)); }

  /// Events as they are; "+topic" and "-topic".
  [[nodiscard]] std::vector<std::string> heard() const {
    std::lock_guard lock(mutex_);
    return heard_;
  }
  [[nodiscard]] std::size_t count() const {
    std::lock_guard lock(mutex_);
    return heard_.size();
  }
  [[nodiscard]] std::size_t count(std::string_view what) const {
    std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(heard_, what));
  }
  [[nodiscard]] bool is(std::string_view last) const {
    std::lock_guard lock(mutex_);
    return !heard_.empty() && heard_.back() == last;
  }
  [[nodiscard]] bool last_more() const {
    std::lock_guard lock(mutex_);
    return last_more_;
  }

  std::function<void()> when_event;
  std::function<void(std::string_view)> when_subscribed;

 private:
  void add(std::string what) {
    std::lock_guard lock(mutex_);
    heard_.push_back(std::move(what));
  }

  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  bool last_more_ = false;
};

/// Sends one message, each argument a part.
template <class... Parts>
void send(zooid::event_outlet& outlet, const Parts&... texts) {
  std::array<zooid::byte_buffer, sizeof...(texts)> parts;
  std::size_t i = 0;
  (parts[i++].append(std::string_view(texts).data(), std::string_view(texts).size()), ...);
  outlet.send(parts);
}
