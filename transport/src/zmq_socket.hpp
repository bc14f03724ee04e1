// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_options.hpp"

#include <zooid/byte_buffer.hpp>

#include <zmq.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

class zmq_reactor;

/// One part of a ZeroMQ message; `more` follow.
struct zmq_part {
  zmq::message_t bytes;
  bool more;

  [[nodiscard]] std::span<const std::byte> view() const noexcept {
    return {static_cast<const std::byte*>(bytes.data()), bytes.size()};
  }
};

/// A long buffer is handed over, a short one copied.
[[nodiscard]] zmq::message_t to_message(byte_buffer bytes);

/// One ZeroMQ socket, used by any thread that sends and by the one that receives.
///
/// ZeroMQ wants one thread at a time, hence a lock; but a sender never waits for it: it leaves its parts in a queue,
/// and whoever holds the lock sends them, looking again after unlocking so that nothing is stranded. The descriptor is
/// edge-triggered and any use of the socket may swallow an edge, hence before each unlocking the socket is asked
/// whether it is readable, and noted with the reactor if it is.
class zmq_socket : public std::enable_shared_from_this<zmq_socket> {
 public:
  zmq_socket(zmq_socket&&) = delete;
  virtual ~zmq_socket() = default;

  /// Receives, and tells the listeners. Only the thread in the receiving role.
  virtual void serve() = 0;
  /// Closes what depends on the socket, and itself. Any thread; no event begins afterwards.
  virtual void shut() = 0;

 protected:
  zmq_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, zmq::socket_type type,
             const zmq_options& options);

  /// False once the network is closed.
  [[nodiscard]] bool watch();
  /// Any thread, never waits. Moves from `parts`, which are one or more whole messages.
  void post(std::span<zmq_part> parts);
  /// Appends a batch of whole messages. True when no more are waiting. Only the receiving thread.
  bool receive(std::vector<zmq_part>& batch);
  /// Lets libzmq take note of connections made meanwhile, which a send alone may not do.
  void refresh();
  /// Sets an option of a socket in use. It waits for who has the lock, which nobody has for long.
  void set_option(int option, std::string_view value);
  /// The routes that could not be sent to since the last call.
  [[nodiscard]] std::vector<std::string> take_lost();
  /// Idempotent. Any thread.
  void close_socket();

  /// For setting it up, before other threads know it.
  [[nodiscard]] zmq::socket_t& socket() noexcept { return socket_; }
  [[nodiscard]] const std::shared_ptr<zmq_reactor>& reactor() const noexcept { return reactor_; }

 private:
  friend class zmq_reactor;

  void settle();
  void drain();
  void look();
  bool put(zmq_part& part);
  bool take(std::vector<zmq_part>& batch, std::size_t& size);
  int events();

  const std::shared_ptr<zmq_reactor> reactor_;
  // An XPUB tells of each subscription alone, and may put one behind a part of somebody's junk.
  const bool parts_are_messages_;
  std::atomic<bool> noted_{false};  // the reactor's: it is in its list

  std::mutex queue_mutex_;
  // Guarded by queue_mutex_:
  std::vector<zmq_part> queue_;

  std::atomic<unsigned> left_{0};            // 1: something is in queue_
  std::atomic<bool> receiver_waits_{false};  // senders step back, or a flood of them would keep it waiting

  std::mutex mutex_;
  // Guarded by mutex_ (socket_ also while it is set up by one thread):
  zmq::socket_t socket_;
  int descriptor_;
  std::vector<zmq_part> sending_;
  std::vector<std::string> lost_;
};

}  // namespace zooid
