// SPDX-License-Identifier: Apache-2.0
#include "terminal.hpp"

#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr winsize first_size{24, 100, 0, 0};

}  // namespace

void shown_screen::add(std::string_view text) {
  for (const char c : text) {
    if (escape_.empty() && c != '\x1b') {
      take(c);
      continue;
    }
    escape_ += c;
    if (escape_.size() > 2 && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) command(c);
  }
}

void shown_screen::take(char c) {
  if (c == '\r') {
    column_ = 0;
  } else if (c == '\n') {
    if (++row_ == rows_.size()) rows_.emplace_back();
  } else {
    put(c);
  }
}

void shown_screen::put(char c) {
  const auto begins = [](char each) { return (static_cast<unsigned char>(each) & 0xC0) != 0x80; };  // In UTF-8.
  const auto used = std::count_if(rows_[row_].begin(), rows_[row_].end(), begins);
  if (begins(c) && column_ == rows_[row_].size() && static_cast<std::size_t>(used) == columns_) {
    take('\r');
    take('\n');
  }
  std::string& row = rows_[row_];
  if (column_ >= row.size()) row.resize(column_ + 1, ' ');
  row[column_++] = c;
}

void shown_screen::command(char name) {
  const int count = std::atoi(escape_.c_str() + 2);
  if (name == 'A') row_ -= std::min(row_, static_cast<std::size_t>(std::max(count, 1)));
  if (name == 'J') {
    rows_.resize(row_ + 1);
    rows_[row_].resize(std::min(column_, rows_[row_].size()));
  }
  escape_.clear();
}

std::vector<std::string> shown_screen::lines() const {
  std::vector<std::string> all = rows_;
  for (std::string& each : all) each.erase(each.find_last_not_of(' ') + 1);
  return all;
}

terminal_process::terminal_process(const std::string& program, const std::vector<std::string>& arguments, bool colours)
    : screen_(first_size.ws_col) {
  std::string path = ZOOID_BIN_DIR "/" + program;
  std::vector<std::string> texts = arguments;
  std::vector<char*> argv{path.data()};
  for (std::string& each : texts) argv.push_back(each.data());
  argv.push_back(nullptr);
  id_ = ::forkpty(&file_, nullptr, nullptr, &first_size);
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "forkpty");
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int each : {SIGINT, SIGHUP}) ::signal(each, SIG_DFL);  // Shells start what is in the background without.
    ::setenv("TERM", "xterm", 1);
    if (colours) {
      ::unsetenv("NO_COLOR");
    } else {
      ::setenv("NO_COLOR", "1", 1);
    }
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
}

terminal_process::~terminal_process() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(file_);
}

bool terminal_process::read_more() {
  pollfd waiting{file_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(child_process::patience.count())) != 1) return false;
  std::array<char, 4096> chunk;
  const ssize_t got = ::read(file_, chunk.data(), chunk.size());
  if (got <= 0) return false;  // EIO: nobody has the terminal open any more.
  const std::string_view bytes(chunk.data(), static_cast<std::size_t>(got));
  text_ += bytes;
  screen_.add(bytes);
  return true;
}

bool terminal_process::shows(const std::string& part, const std::vector<std::string>& others) {
  std::vector<std::string> parts{part};
  parts.insert(parts.end(), others.begin(), others.end());
  for (;;) {
    std::size_t found = 0;
    for (const std::string& line : screen_.lines()) {
      if (found < parts.size() && line.find(parts[found]) != std::string::npos) ++found;
    }
    if (found == parts.size()) return true;
    if (!read_more()) return false;
  }
}

void terminal_process::type(std::string_view keys) const {
  [[maybe_unused]] const ssize_t written = ::write(file_, keys.data(), keys.size());
}

void terminal_process::resize(std::size_t columns, std::size_t rows) {
  const winsize size{static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
  screen_.resize(columns);
  ::ioctl(file_, TIOCSWINSZ, &size);
}

std::string terminal_process::wait() {
  while (read_more()) {
  }
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit code " + std::to_string(WEXITSTATUS(status));
}
