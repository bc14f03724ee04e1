// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/link.hpp>
#include <zooid/random.hpp>
#include <zooid/scheduler.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace zooid {

class memory_link;
class memory_node;

enum side : std::size_t { dialler, acceptor };
enum class news { up, frame, down };

/// Both ends of one dial. Guarded by the wire's mutex.
struct memory_connection {
  std::uint64_t number{};
  std::string endpoint;
  std::weak_ptr<memory_node> node[2];
  std::shared_ptr<memory_link> end[2];  // the acceptor's appears with its first frame
  time_point last_due[2]{};
  bool alive = false;
  struct waiting {
    side to;
    news what;
    byte_buffer frame;
  };
  std::deque<waiting> held;  // by a partition
};
using connection_ptr = std::shared_ptr<memory_connection>;

struct memory_event {
  connection_ptr over;
  side to;
  news what;
  byte_buffer frame;
};

/// All that the nodes share. One lock for everything: simulations have one thread, tests few.
class memory_wire : public std::enable_shared_from_this<memory_wire> {
 public:
  explicit memory_wire(std::shared_ptr<random_source> decisions) : decisions_(std::move(decisions)) {}

  // With the lock held:
  void push(const connection_ptr& over, side to, news what, byte_buffer frame = {}, bool local = false);
  void connect_all();
  void sever(const connection_ptr& connection);
  void release_held();
  bool roll() { return cut_ > 0 && static_cast<double>(decisions_->next() >> 11) * 0x1p-53 < cut_; }
  [[nodiscard]] bool parted(const memory_connection& connection) const;
  [[nodiscard]] std::shared_ptr<memory_node> find(const std::string& name) const;

  std::mutex mutex_;
  // Guarded by mutex_:
  std::shared_ptr<random_source> decisions_;
  duration shortest_{};
  duration longest_{};
  double cut_ = 0;
  std::uint64_t numbers_ = 0;
  std::vector<std::shared_ptr<memory_node>> nodes_;  // a scheduler may hold them
  std::vector<connection_ptr> dialling_;
  std::vector<std::pair<std::string, std::string>> partitions_;
};

/// One end of a connection.
class memory_link final : public link {
 public:
  memory_link(std::shared_ptr<memory_wire> wire, connection_ptr over, side at, std::shared_ptr<link_listener> listener)
      : wire_(std::move(wire)), over_(std::move(over)), at_(at), listener_(std::move(listener)) {}

  void send(byte_buffer frame) override;
  void close() override;
  [[nodiscard]] std::string peer() const override;

  /// The listener, for a last word; null for everybody but the first. With the wire's lock held.
  std::shared_ptr<link_listener> end();

 private:
  friend class memory_node;

  const std::shared_ptr<memory_wire> wire_;
  const connection_ptr over_;
  const side at_;
  // Guarded by the wire's mutex:
  std::shared_ptr<link_listener> listener_;  // null once ended
  bool up_ = false;
};

/// A node's end of the wire: events wait here until they are due, and are told in turns of the node's scheduler.
class memory_node final : public network, public runnable, public std::enable_shared_from_this<memory_node> {
 public:
  memory_node(std::shared_ptr<memory_wire> wire, scheduler& runs_on, std::string name)
      : wire_(std::move(wire)), scheduler_(runs_on), name_(std::move(name)) {}

  std::string listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) override;
  std::shared_ptr<link> dial(const std::string& endpoint, std::shared_ptr<link_listener> listener) override;
  void close() override;
  void run() override;

  // With the wire's lock held:
  void add(time_point due, memory_event event) {
    inbox_.emplace(std::pair(due, ++wire_->numbers_), std::move(event));
    wake();
  }
  void wake();
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
  void prune();
  std::shared_ptr<memory_link> accept(const connection_ptr& over);
};

}  // namespace zooid
