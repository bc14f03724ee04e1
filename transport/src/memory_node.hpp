// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "memory_wire.hpp"

#include <zooid/link.hpp>
#include <zooid/scheduler.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace zooid {

/// A node's end of the wire: events wait here until they are due, and are told in turns of the node's scheduler.
class memory_node final : public network, public runnable, public std::enable_shared_from_this<memory_node> {
 public:
  memory_node(std::shared_ptr<memory_wire> wire, scheduler& runs_on, std::string name)
      : wire_(std::move(wire)), scheduler_(runs_on), name_(std::move(name)) {}

  std::string listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) override;
  std::shared_ptr<link> dial(const std::string& endpoint, std::shared_ptr<link_listener> listener) override;
  std::shared_ptr<event_outlet> open_outlet(const std::string& endpoint, event_flow flow,
                                            std::shared_ptr<event_outlet_listener> listener) override;
  std::shared_ptr<event_inlet> open_inlet(const std::string& endpoint, event_flow flow,
                                          std::shared_ptr<event_inlet_listener> listener) override;
  void close() override;
  void run() override;

  // With the wire's lock held:
  void add(time_point due, memory_event event) {
    inbox_.emplace(std::pair(due, ++wire_->numbers_), std::move(event));
    wake();
  }
  void wake();
  void forget(const connection_ptr& over);
  [[nodiscard]] bool called(const std::string& name) const { return name_ == name || endpoint_ == name; }

  const std::shared_ptr<memory_wire> wire_;
  scheduler& scheduler_;
  const std::string name_;

  /// Held while listeners are called, by `teller_`.
  std::mutex telling_;
  std::atomic<std::thread::id> teller_{};

  // Guarded by the wire's mutex:
  std::string endpoint_;
  std::shared_ptr<link_acceptor> acceptor_;
  std::map<std::pair<time_point, std::uint64_t>, memory_event> inbox_;
  std::vector<connection_ptr> connections_;
  time_point alarm_at_ = time_point::max();
  bool scheduled_ = false;
  bool closed_ = false;

 private:
  void tell(memory_event& event, bool more);
  static void tell_feed(memory_event& event, bool more);
  void prune();
  [[nodiscard]] std::string claim(const std::string& doing, const std::string& endpoint) const;
  std::shared_ptr<memory_link> accept(const connection_ptr& over);
};

}  // namespace zooid
