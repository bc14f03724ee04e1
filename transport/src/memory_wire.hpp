// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/clock.hpp>
#include <zooid/link.hpp>
#include <zooid/random.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace zooid {

class memory_inlet;
class memory_link;
class memory_node;
class memory_outlet;
struct memory_feed;

enum side : std::size_t { dialler, acceptor };
/// Of a link; from `subscribed` on, of a feed of events, whose other end may be `gone`.
enum class news { up, frame, down, subscribed, unsubscribed, event, gone };

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
using feed_ptr = std::shared_ptr<memory_feed>;

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
  void sever(const feed_ptr& feed);
  void release_held();
  bool roll(double chance) { return chance > 0 && static_cast<double>(decisions_->next() >> 11) * 0x1p-53 < chance; }
  [[nodiscard]] bool is_taken(const std::string& endpoint) const;
  [[nodiscard]] bool parted(const memory_connection& connection) const;
  [[nodiscard]] std::shared_ptr<memory_node> find(const std::string& name) const;

  std::mutex mutex_;
  // Guarded by mutex_:
  std::shared_ptr<random_source> decisions_;
  duration shortest_{};
  duration longest_{};
  double cut_ = 0;
  double lose_events_ = 0;
  std::uint64_t numbers_ = 0;
  std::vector<std::shared_ptr<memory_node>> nodes_;  // a scheduler may hold them
  std::vector<connection_ptr> dialling_;
  std::vector<std::shared_ptr<memory_outlet>> outlets_;
  std::vector<std::shared_ptr<memory_inlet>> inlets_;
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

}  // namespace zooid
