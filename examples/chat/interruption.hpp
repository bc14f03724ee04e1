// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

/// Ctrl-C and SIGTERM, as something to wait for. Made before the node, whose threads then leave these signals alone.
class interruption {
 public:
  interruption() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    file_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
  }
  interruption(interruption&&) = delete;
  ~interruption() { ::close(file_); }

  void wait() const {
    pollfd signal{file_, POLLIN, 0};
    while (::poll(&signal, 1, -1) < 0) {  // Another signal.
    }
  }
  /// Waits until `file` can be read. False: it was interrupted.
  [[nodiscard]] bool wait_for(int file) const {
    std::array<pollfd, 2> either{{{file, POLLIN, 0}, {file_, POLLIN, 0}}};
    while (::poll(either.data(), either.size(), -1) < 0) {
    }
    return either[1].revents == 0;
  }

 private:
  int file_;
};

/// The lines of standard input, until it ends or is interrupted.
class typed_lines {
 public:
  explicit typed_lines(const interruption& by) : interrupted_(by) {}

  std::optional<std::string> next() {
    std::size_t end;
    while ((end = read_.find('\n')) == std::string::npos) {
      std::array<char, 4096> chunk;
      if (!interrupted_.wait_for(STDIN_FILENO)) return {};
      const ssize_t size = ::read(STDIN_FILENO, chunk.data(), chunk.size());
      if (size <= 0 && read_.empty()) return {};
      if (size <= 0) return std::exchange(read_, {});
      read_.append(chunk.data(), static_cast<std::size_t>(size));
    }
    std::string line = read_.substr(0, end);
    read_.erase(0, end + 1);
    return line;
  }

 private:
  const interruption& interrupted_;
  std::string read_;
};
