// SPDX-License-Identifier: Apache-2.0
#include "up_screen.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr std::size_t enough = 256 * 1024;  // Bytes that may wait for the reader.

/// The standard output once more, so that not waiting for it is nobody's business but ours; -1 where that makes no
/// sense or is not possible.
int reopen_output() {
  struct stat what{};
  if (::fstat(STDOUT_FILENO, &what) != 0) return -1;
  if (!S_ISFIFO(what.st_mode) && ::isatty(STDOUT_FILENO) == 0) return -1;
  return ::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

bool has_text(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

up_screen::up_screen(poll_loop& loop) : loop_(loop), file_(reopen_output()) {
  owns_file_ = file_ >= 0;
  if (!owns_file_) file_ = STDOUT_FILENO;
  const char* const kind = std::getenv("TERM");
  is_terminal_ = ::isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
  has_colours_ = is_terminal_ && !has_text("NO_COLOR");
  loop_.watch(file_, 0, [this] { give_up(); });  // It reports only that the reader has gone.
}

up_screen::~up_screen() {
  loop_.forget(file_);
  if (owns_file_) ::close(file_);
}

void up_screen::add_output(std::size_t number, std::string_view service, std::string_view text) {
  constexpr std::array<std::string_view, 6> colours{"\x1b[36m", "\x1b[35m", "\x1b[34m",
                                                    "\x1b[96m", "\x1b[95m", "\x1b[94m"};
  add_line(colours[number % colours.size()], service, text);
}

void up_screen::say(std::string_view text) { add_line("\x1b[1m", "zooid", text); }

void up_screen::add_line(std::string_view colour, std::string_view who, std::string_view text) {
  if (is_broken_) return;
  if (has_colours_) lines_ += colour;
  lines_.append(who).append(" |");
  if (has_colours_) lines_ += "\x1b[0m";
  lines_ += ' ';
  const std::size_t begin = lines_.size();
  lines_ += text;
  if (is_terminal_) {  // What a service says must not command it.
    const auto commands = [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; };
    std::replace_if(lines_.begin() + static_cast<std::ptrdiff_t>(begin), lines_.end(), commands, '?');
  }
  lines_ += '\n';
}

void up_screen::show(std::vector<std::string> table) {
  if (!is_terminal_ || is_broken_) return;
  table_ = std::move(table);
  is_stale_ = true;
}

bool up_screen::has_room() const noexcept { return lines_.size() + leaving_.size() < enough; }

terminal_size up_screen::size() const {
  winsize found{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0) return {};
  return {found.ws_col, found.ws_row};
}

/// A terminal that became narrower has broken the old table's lines. The cursor may stand behind what was typed.
std::string up_screen::erase_table() const {
  if (drawn_.empty()) return {};
  const std::size_t columns = size().columns;
  std::size_t rows = 0;
  for (const std::string& each : drawn_) rows += std::max<std::size_t>(1, (columns_of(each) + columns - 1) / columns);
  return "\r\x1b[" + std::to_string(rows) + "A\x1b[J";
}

void up_screen::flush() {
  if (lines_.empty() && !is_stale_) return;
  if (!leaving_.empty()) return;  // `write` comes back here.
  leaving_ = erase_table() + std::exchange(lines_, {});
  for (const std::string& each : table_) leaving_ += each + '\n';
  drawn_ = table_;
  is_stale_ = false;
  write();
}

void up_screen::write() {
  while (!leaving_.empty()) {
    const ssize_t written = ::write(file_, leaving_.data(), leaving_.size());
    if (written >= 0) {
      leaving_.erase(0, static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      loop_.watch(file_, POLLOUT, [this] {
        write();
        flush();
      });
      return;
    } else if (errno != EINTR) {
      return give_up();
    }
  }
  loop_.watch(file_, 0, [this] { give_up(); });
}

void up_screen::give_up() {
  is_broken_ = true;
  lines_.clear();
  leaving_.clear();
  is_stale_ = false;
  loop_.forget(file_);
}
