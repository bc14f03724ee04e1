// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>

#include <unistd.h>

/// What main waits for: Ctrl-C, SIGTERM, or an actor that is done. Made before the node, whose threads then leave these
/// signals alone.
class ending {
 public:
  ending() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  ending(ending&&) = delete;

  /// The program is to end. Any thread.
  void done(int exit_code = 0) {
    exit_code_ = exit_code;
    ::kill(::getpid(), SIGTERM);
  }
  void fail(const std::string& who, const zooid::error& why) {
    std::fprintf(stderr, "%s: %s\n", who.c_str(), why.to_string().c_str());
    done(1);
  }

  void wait() const {
    int signal = 0;
    ::sigwait(&signals_, &signal);
  }
  /// 0 after a signal.
  [[nodiscard]] int exit_code() const { return exit_code_; }

 private:
  sigset_t signals_{};
  std::atomic<int> exit_code_ = 0;
};
