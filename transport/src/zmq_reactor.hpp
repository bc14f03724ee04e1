// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/clock.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

struct epoll_event;

namespace zooid {

class zmq_socket;

/// Watches the descriptors of all sockets of a network, and sleeps on them. Any thread, except `wait`: one at a time.
///
/// A ZeroMQ descriptor tells of changes, not of states: who used a socket and found it readable says so by `note`.
class zmq_reactor {
 public:
  zmq_reactor();
  ~zmq_reactor();
  zmq_reactor(zmq_reactor&&) = delete;

  /// False, and nothing done, once the reactor is shut.
  [[nodiscard]] bool watch(std::shared_ptr<zmq_socket> socket, int descriptor);
  /// To be called before the descriptor is closed. The socket lives on until the present round of `wait` is over.
  void unwatch(zmq_socket& socket, int descriptor);
  /// `socket` has to be served although its descriptor may stay silent.
  void note(zmq_socket& socket);

  /// See zooid::reactor. One round: it may return early without having done anything.
  void wait(duration at_most);
  void interrupt();

  /// Shuts every socket and returns when no event is running, except one that this call was made from.
  void shut();

 private:
  int sleep(std::span<epoll_event> events, duration at_most) const;
  void serve(std::span<const epoll_event> events);
  void forget();

  const int epoll_;
  const int wake_up_;
  std::atomic<bool> interrupted_{false};
  std::atomic<bool> sleeping_{false};
  std::atomic<bool> anything_noted_{false};

  /// Held while listeners are called, by `dispatcher_`.
  std::mutex dispatching_;
  std::atomic<std::thread::id> dispatcher_{};

  std::mutex mutex_;
  // Guarded by mutex_:
  std::unordered_map<zmq_socket*, std::shared_ptr<zmq_socket>> watched_;
  std::vector<std::shared_ptr<zmq_socket>> noted_;
  std::vector<std::shared_ptr<zmq_socket>> retired_;  // an epoll_event at hand may still point to them
  bool shut_ = false;
};

}  // namespace zooid
