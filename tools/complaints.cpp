// SPDX-License-Identifier: Apache-2.0
#include "complaints.hpp"

#include "failure.hpp"
#include "print.hpp"

#include <algorithm>

void complaints::add(position at, const std::string& words) {
  const auto earlier = [](position one, const placed<std::string>& other) { return one < other.at; };
  all_.insert(std::upper_bound(all_.begin(), all_.end(), at, earlier), {printable(words), at});
}

std::string complaints::place(std::string_view file, position at) {
  std::string text(file);
  if (at.line != 0) text += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  return text + ": ";
}

void complaints::raise() const {
  if (all_.empty()) return;
  std::string words = file_ + ": " + std::to_string(all_.size()) + (all_.size() == 1 ? " error" : " errors");
  for (const auto& [text, at] : all_) words += "\n" + place(file_, at) + text;
  throw failure(exit_code::usage, words);
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }
