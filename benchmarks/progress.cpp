// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

namespace bench {

namespace {

std::string in_words(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 100) return std::to_string(whole) + " s";
  return std::to_string((whole + 30) / 60) + " min";
}

/// A line that is wrapped could not be taken back.
std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

}  // namespace

progress::progress(std::size_t steps) : visible_(::isatty(STDERR_FILENO) == 1), steps_(steps) {}

progress::~progress() { show(""); }

void progress::begin(const std::string& what) {
  std::string text = what;
  if (begun_ > 0 && begun_ < steps_) {
    const double passed = std::chrono::duration<double>(steady::now() - start_).count();
    const double left = passed / static_cast<double>(begun_) * static_cast<double>(steps_ - begun_);
    text += ", about " + in_words(left) + " left";
  }
  ++begun_;
  show(text);
}

void progress::show(const std::string& text) const {
  if (visible_) std::cerr << "\r\033[K" << text.substr(0, terminal_columns() - 1) << std::flush;
}

}  // namespace bench
