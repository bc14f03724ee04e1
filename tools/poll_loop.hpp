// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>

/// Waits for file descriptors, and calls who cares for the one that is ready. One thread.
///
/// What is called must neither wait nor mind being called for nothing: a descriptor may have been closed, and its
/// number used again, since it was found ready.
class poll_loop {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  poll_loop() = default;
  poll_loop(poll_loop&&) = delete;

  /// `events`: POLLIN or POLLOUT. Takes the place of what was said about `file` before.
  void watch(int file, short events, std::function<void()> when_ready);
  /// Before it is closed. Nothing happens when it is not watched.
  void forget(int file);
  /// Waits until something is ready or time is over, and calls for all that is ready then.
  void wait(time_point until);

 private:
  struct interest {
    short events = 0;
    std::function<void()> when_ready{};
  };
  std::map<int, interest> files_;
};
