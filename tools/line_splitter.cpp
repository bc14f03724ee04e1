// SPDX-License-Identifier: Apache-2.0
#include "line_splitter.hpp"

#include "utf8.hpp"

#include <utility>

namespace {

/// The longest beginning of a line that is too long: it does not cut a character of UTF-8.
std::size_t piece_of(std::string_view line) {
  std::size_t end = line_splitter::longest;
  while (end > line_splitter::longest - 4 && !begins_character(line[end])) --end;
  return begins_character(line[end]) ? end : line_splitter::longest;  // What goes on for so long is no UTF-8.
}

}  // namespace

line_splitter::line_splitter(std::function<void(std::string_view)> on_line) : on_line_(std::move(on_line)) {}

void line_splitter::add(std::string_view bytes) {
  begun_ += bytes;
  std::string_view left = begun_;
  for (;;) {
    const std::size_t end = left.find('\n');
    if (end == std::string_view::npos) break;
    emit(left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  while (left.size() > longest) {
    const std::size_t piece = piece_of(left);
    on_line_(left.substr(0, piece));
    left.remove_prefix(piece);
  }
  begun_.erase(0, begun_.size() - left.size());
}

void line_splitter::finish() {
  if (begun_.empty()) return;
  emit(begun_);
  begun_.clear();
}

void line_splitter::emit(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.size() > longest) {
    const std::size_t piece = piece_of(line);
    on_line_(line.substr(0, piece));
    line.remove_prefix(piece);
  }
  on_line_(line);
}
