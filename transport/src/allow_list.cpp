// SPDX-License-Identifier: Apache-2.0
#include "allow_list.hpp"

#include "guarded_file.hpp"
#include "key_file.hpp"

#include <zooid/error.hpp>

#include <algorithm>

namespace zooid {
namespace {

constexpr std::string_view tcp = "tcp://";
constexpr std::string_view ipc = "ipc://";

[[noreturn]] void fail(const std::string& file, std::size_t line, const std::string& what) {
  throw setup_error(errc::malformed, file + ":" + std::to_string(line) + ": " + what +
                                         "; expected KEY NAME [ADDRESS...], as zooid keys allow writes it");
}

/// The words of a line, up to a comment. No key begins with '#'.
std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view space = " \t\r";
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(space); at < line.size(); at = line.find_first_not_of(space, at)) {
    if (line[at] == '#') break;
    const std::size_t end = std::min(line.find_first_of(space, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

/// Why nothing can be found under this address; empty when something can.
std::string_view objection(std::string_view address) {
  if (address.starts_with('/') || address.starts_with('@')) return {};  // An ipc endpoint.
  if (address.find('/') != std::string_view::npos) return "an address is host:port, host, or an ipc endpoint's path";
  const std::size_t bracket = address.rfind(']');
  const bool is_bracketed = address.starts_with('[') && bracket != std::string_view::npos;
  const std::size_t colon = address.find(':', is_bracketed ? bracket : 0);
  if (colon == std::string_view::npos) return {};
  const std::string_view port = address.substr(colon + 1);
  if (port.find(':') != std::string_view::npos) return "an IPv6 address stands in brackets: [::1] or [::1]:10000";
  const bool is_number = port.find_first_not_of("0123456789") == std::string_view::npos;
  const bool fits = is_number && !port.empty() && port.size() <= 5 && std::stoi(std::string(port)) <= 65535;
  return fits && colon != 0 ? std::string_view() : "host or port is missing";
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

allow_list allow_list::read(const std::string& file) {
  return parse(read_guarded_file(file, "the allow-list", file_guard::list, "zooid keys allow makes it"), file);
}

allow_list allow_list::parse(std::string_view text, const std::string& file) {
  allow_list found;
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    found.add(text.substr(at, end - at), number, file);
    at = end + 1;
  }
  return found;
}

void allow_list::add(std::string_view line, std::size_t number, const std::string& file) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\r'; };
  if (std::any_of(line.begin(), line.end(), control)) fail(file, number, "a control character");
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty()) return;
  if (!is_key(words.front())) fail(file, number, quoted(words.front()) + " is no key of 40 characters of Z85");
  if (words.size() == 1) fail(file, number, "the name is missing");
  if (const entry* const other = find_key(words.front())) {
    fail(file, number, "line " + std::to_string(other->line) + " has this key already");
  }
  entry fresh{std::string(words[0]), std::string(words[1]), {}, number};
  for (std::string_view address : std::vector(words.begin() + 2, words.end())) {
    if (address.starts_with(tcp) || address.starts_with(ipc)) address.remove_prefix(tcp.size());
    if (const std::string_view why = objection(address); !why.empty()) {
      fail(file, number, quoted(address) + ": " + std::string(why));
    }
    for (const entry& other : entries_) {
      if (std::ranges::find(other.addresses, address) == other.addresses.end()) continue;
      fail(file, number, "line " + std::to_string(other.line) + " has the address " + quoted(address) + " already");
    }
    fresh.addresses.emplace_back(address);
  }
  entries_.push_back(std::move(fresh));
}

const allow_list::entry* allow_list::find_key(std::string_view key) const noexcept {
  const auto found = std::ranges::find(entries_, key, &entry::key);
  return found == entries_.end() ? nullptr : &*found;
}

const allow_list::entry* allow_list::find_endpoint(std::string_view endpoint) const noexcept {
  const auto with = [this](std::string_view address) -> const entry* {
    for (const entry& each : entries_) {
      if (std::ranges::find(each.addresses, address) != each.addresses.end()) return &each;
    }
    return nullptr;
  };
  const bool is_tcp = endpoint.starts_with(tcp);
  if (!is_tcp && !endpoint.starts_with(ipc)) return nullptr;
  endpoint.remove_prefix(tcp.size());
  const entry* const exact = with(endpoint);
  return exact != nullptr || !is_tcp ? exact : with(endpoint.substr(0, endpoint.rfind(':')));
}

}  // namespace zooid
