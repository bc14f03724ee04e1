// SPDX-License-Identifier: Apache-2.0
#include "key_file.hpp"

#include "guarded_file.hpp"

#include <zooid/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace zooid {
namespace {

constexpr std::string_view alphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

[[noreturn]] void fail(const std::string& file, std::size_t line, const std::string& what) {
  const std::string place = line == 0 ? file : file + ":" + std::to_string(line);
  throw setup_error(errc::malformed, place + ": " + what + "; a new one is made by: zooid keys new NAME");
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) + 1 - first);
}

/// The key in `NAME = "KEY"`; empty when the line is not that.
std::string_view key_in(std::string_view line, std::string_view name) noexcept {
  if (!line.starts_with(name)) return {};
  line = trimmed(line.substr(name.size()));
  if (!line.starts_with('=')) return {};
  line = trimmed(line.substr(1));
  if (line.size() < 2 || line.front() != '"' || line.back() != '"') return {};
  line = line.substr(1, line.size() - 2);
  return is_key(line) ? line : std::string_view();
}

}  // namespace

bool is_key(std::string_view text) noexcept {
  constexpr std::size_t length = 40;
  constexpr std::size_t group = 5;  // Characters for four bytes.
  if (text.size() != length) return false;
  for (std::size_t at = 0; at < length; at += group) {
    std::uint64_t value = 0;
    for (const char c : text.substr(at, group)) {
      const std::size_t digit = alphabet.find(c);
      if (digit == std::string_view::npos) return false;
      value = value * alphabet.size() + digit;
    }
    if (value > UINT32_MAX) return false;
  }
  return true;
}

key_pair read_key_file(const std::string& file) {
  const std::string text =
      read_guarded_file(file, "the key file", file_guard::secret, "one is made by: zooid keys new NAME");
  key_pair found;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(std::string_view(text).substr(at, end - at));
    at = end + 1;
    if (line.empty() || line.starts_with('#')) continue;
    const bool is_public = line.starts_with("public");
    const std::string_view key = key_in(line, is_public ? "public" : "secret");
    if (key.empty()) fail(file, number + 1, "expected public = \"KEY\" or secret = \"KEY\", with 40 characters of Z85");
    std::string& half = is_public ? found.public_key : found.secret_key;
    if (!half.empty()) fail(file, number + 1, "this half of the key stands here twice");
    half = key;
  }
  if (found.secret_key.empty()) fail(file, 0, "there is no line secret = \"KEY\"; is this the public half, NAME.pub?");
  if (found.public_key.empty()) fail(file, 0, "there is no line public = \"KEY\"");
  return found;
}

}  // namespace zooid
