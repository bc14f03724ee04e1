// SPDX-License-Identifier: Apache-2.0
#include "poll_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <poll.h>

void poll_loop::watch(int file, short events, std::function<void()> when_ready) {
  files_.insert_or_assign(file, interest{events, std::move(when_ready)});
}

void poll_loop::forget(int file) { files_.erase(file); }

void poll_loop::wait(time_point until) {
  std::vector<pollfd> waiting;
  waiting.reserve(files_.size());
  for (const auto& [file, about] : files_) waiting.push_back({file, about.events, 0});

  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  const auto bounded = std::clamp(left, milliseconds(0), milliseconds(60'000));
  if (::poll(waiting.data(), waiting.size(), static_cast<int>(bounded.count())) < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "poll");
  }
  for (const pollfd& each : waiting) {
    if (each.revents == 0) continue;
    const auto found = files_.find(each.fd);
    if (found == files_.end()) continue;         // One called before has no more use for it.
    const auto call = found->second.when_ready;  // A copy: it may forget itself.
    call();
  }
}
