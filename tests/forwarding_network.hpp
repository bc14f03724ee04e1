// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/link.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// A network, a link and its listener that do what another one does. Tests derive from them, and override what they want
// to watch or change.

class forwarding_link : public zooid::link {
 public:
  explicit forwarding_link(std::shared_ptr<zooid::link> to) : to_(std::move(to)) {}
  void send(zooid::byte_buffer frame) override { to_->send(std::move(frame)); }
  void close() override { to_->close(); }
  [[nodiscard]] std::string peer() const override { return to_->peer(); }
  [[nodiscard]] std::string key() const override { return to_->key(); }

 private:
  const std::shared_ptr<zooid::link> to_;
};

class forwarding_link_listener : public zooid::link_listener {
 public:
  explicit forwarding_link_listener(std::shared_ptr<zooid::link_listener> to) : to_(std::move(to)) {}
  void on_up() override { to_->on_up(); }
  void on_frame(std::span<const std::byte> frame, bool more) override { to_->on_frame(frame, more); }
  void on_down(std::string_view why) override { to_->on_down(why); }
  void on_refused(zooid::errc code, std::string_view why) override { to_->on_refused(code, why); }

 private:
  const std::shared_ptr<zooid::link_listener> to_;
};

class forwarding_network : public zooid::network {
 public:
  explicit forwarding_network(std::shared_ptr<zooid::network> to) : to_(std::move(to)) {}
  std::string listen(const std::string& endpoint, std::shared_ptr<zooid::link_acceptor> acceptor) override {
    return to_->listen(endpoint, std::move(acceptor));
  }
  [[nodiscard]] std::shared_ptr<zooid::link> dial(const std::string& endpoint,
                                                  std::shared_ptr<zooid::link_listener> listener) override {
    return to_->dial(endpoint, std::move(listener));
  }
  [[nodiscard]] std::shared_ptr<zooid::event_outlet> open_outlet(
      const std::string& endpoint, zooid::event_flow flow,
      std::shared_ptr<zooid::event_outlet_listener> listener) override {
    return to_->open_outlet(endpoint, flow, std::move(listener));
  }
  [[nodiscard]] std::shared_ptr<zooid::event_inlet> open_inlet(
      const std::string& endpoint, zooid::event_flow flow,
      std::shared_ptr<zooid::event_inlet_listener> listener) override {
    return to_->open_inlet(endpoint, flow, std::move(listener));
  }
  void close() override { to_->close(); }

 private:
  const std::shared_ptr<zooid::network> to_;
};
