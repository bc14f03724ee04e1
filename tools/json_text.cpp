// SPDX-License-Identifier: Apache-2.0
#include "json_text.hpp"

#include "failure.hpp"
#include "print.hpp"

#include <array>
#include <iostream>
#include <string_view>

namespace {

constexpr std::size_t most_bytes = 4 << 20;  // A plain door takes no more.
constexpr int deepest = 300;                 // A plain door reads and writes 256 levels.

ordered_json parse(const std::string& text) {
  const auto shallow = [](int depth, ordered_json::parse_event_t, ordered_json&) {
    if (depth > deepest) throw std::length_error("objects and lists nest too deep");
    return true;
  };
  return ordered_json::parse(text, shallow);
}

/// Without the library's own number: "line 1, column 5: syntax error ...".
std::string words_of(const std::exception& wrong) {
  const std::string_view words = wrong.what();
  constexpr std::string_view before = "parse error at ";
  const std::size_t at = words.find(before);
  return printable(at == std::string_view::npos ? words : words.substr(at + before.size()));
}

std::string read_input() {
  std::string text;
  std::array<char, 4096> chunk;
  while (text.size() <= most_bytes && (std::cin.read(chunk.data(), chunk.size()) || std::cin.gcount() > 0)) {
    text.append(chunk.data(), static_cast<std::size_t>(std::cin.gcount()));
  }
  return text;
}

}  // namespace

std::string read_json(const std::string& argument) {
  const std::string text = argument == "-" ? read_input() : argument;
  if (text.size() > most_bytes) {
    throw failure(exit_code::usage, "the JSON has more than 4 MiB, which no node takes; nothing was sent");
  }
  try {
    static_cast<void>(parse(text));
  } catch (const std::exception& wrong) {
    throw failure(exit_code::usage, "malformed JSON " +
                                        std::string(argument == "-" ? "on standard input" : "argument") + ", " +
                                        words_of(wrong) + "\n  nothing was sent");
  }
  return text;
}

ordered_json parse_answer(const std::string& text, const std::string& endpoint) {
  try {
    return parse(text);
  } catch (const std::exception& wrong) {
    throw failure(exit_code::broken, "what " + endpoint + " sent is no JSON: " + words_of(wrong));
  }
}
