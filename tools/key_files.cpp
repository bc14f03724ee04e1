// SPDX-License-Identifier: Apache-2.0
#include "key_files.hpp"

#include "failure.hpp"
#include "print.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr const char* make_one = "\n  to make one: zooid keys new NAME";

[[noreturn]] void fail(const std::string& what) { throw failure(exit_code::usage, what); }

[[noreturn]] void fail(const std::string& file, std::size_t line, const std::string& what) {
  fail(file + ":" + std::to_string(line) + ": " + what);
}

bool is_key(const std::string& text) {
  std::array<std::uint8_t, 32> bytes{};
  return text.size() == 40 && zmq_z85_decode(bytes.data(), text.c_str()) != nullptr;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream from(line);
  std::vector<std::string> words;
  for (std::string word; from >> word && word.front() != '#';) words.push_back(word);
  return words;
}

/// Calls `f` with each line and its number.
template <class F>
void for_each_line(const std::string& text, F f) {
  std::istringstream from(text);
  std::size_t number = 0;
  for (std::string line; std::getline(from, line);) f(line, ++number);
}

/// As nodes take it, without its scheme.
std::string checked_address(std::string address, const std::string& file, std::size_t line) {
  for (const char* scheme : {"tcp://", "ipc://"}) {
    if (address.starts_with(scheme)) address.erase(0, std::strlen(scheme));
  }
  const auto complain = [&](const char* what) { fail(file, line, "\"" + printable(address) + "\": " + what); };
  if (address.starts_with('/') || address.starts_with('@')) return address;
  if (address.find('/') != std::string::npos) complain("an address is host:port, host, or an ipc endpoint's path");
  const std::size_t bracket = address.starts_with('[') ? address.rfind(']') : std::string::npos;
  const std::size_t colon = address.find(':', bracket == std::string::npos ? 0 : bracket);
  if (colon == std::string::npos) return address;
  const std::string port = address.substr(colon + 1);
  if (port.find(':') != std::string::npos) complain("an IPv6 address stands in brackets: [::1] or [::1]:10000");
  const bool is_number = !port.empty() && port.find_first_not_of("0123456789") == std::string::npos;
  if (colon == 0 || !is_number || port.size() > 5 || std::stoi(port) > 65535) complain("host or port is missing");
  return address;
}

}  // namespace

std::optional<std::string> read_text(const std::string& file) {
  errno = 0;
  std::ifstream from(file, std::ios::binary);
  std::ostringstream text;
  if (from && from.peek() == std::ifstream::traits_type::eof() && errno == 0) return std::string();
  if (from && text << from.rdbuf()) return text.str();
  if (errno == ENOENT) return std::nullopt;
  fail("cannot read " + file + ": " + std::strerror(errno));
}

std::optional<std::string> read_allow_list(const std::string& file) {
  const auto give_up = [&] { fail("cannot read " + file + ": " + std::strerror(errno)); };
  struct closing {
    int file;
    ~closing() {
      if (file >= 0) ::close(file);
    }
  } const opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.file < 0 && errno == ENOENT) return std::nullopt;
  // Asked of the open file, so that nobody can put another one in its place meanwhile.
  struct stat about{};
  if (opened.file < 0 || ::fstat(opened.file, &about) != 0) give_up();
  if ((about.st_mode & S_IWOTH) != 0) {
    fail("anybody may write to the allow-list " + file + ", and so let himself in\n  to mend that: chmod o-w " + file);
  }
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t got = ::read(opened.file, chunk.data(), chunk.size());
    if (got == 0) return text;
    if (got > 0) text.append(chunk.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) give_up();
  }
}

key_halves read_halves(const std::string& file) {
  const auto text = read_text(file);
  if (!text) fail("there is no key file " + file + make_one);
  key_halves found;
  for_each_line(*text, [&](const std::string& line, std::size_t number) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) return;
    const bool is_half = words.size() == 3 && (words[0] == "public" || words[0] == "secret") && words[1] == "=";
    const bool is_quoted = is_half && words[2].size() > 1 && words[2].front() == '"' && words[2].back() == '"';
    const std::string key = is_quoted ? words[2].substr(1, words[2].size() - 2) : std::string();
    if (!is_key(key)) fail(file, number, std::string("expected public = \"KEY\" or secret = \"KEY\"") + make_one);
    (words[0] == "public" ? found.open : found.secret) = key;
  });
  if (found.open.empty()) fail(file + ": there is no line public = \"KEY\"" + make_one);
  return found;
}

key_halves read_own_key(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) == 0 && (about.st_uid != ::geteuid() || (about.st_mode & 077) != 0)) {
    fail("the key file " + file + " is not this user's alone, so others may have the key\n  to mend that: chmod 600 " +
         file + ", or a new key: zooid keys new NAME");
  }
  key_halves own = read_halves(file);
  if (own.secret.empty()) fail(file + ": there is no line secret = \"KEY\"; is this the public half, NAME.pub?");
  return own;
}

std::vector<allowed_key> parse_allowed(const std::string& text, const std::string& file) {
  std::vector<allowed_key> all;
  for_each_line(text, [&](const std::string& line, std::size_t number) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) return;
    if (!is_key(words[0])) fail(file, number, "\"" + printable(words[0]) + "\" is no key of 40 characters of Z85");
    if (words.size() == 1) fail(file, number, "the name is missing; expected KEY NAME [ADDRESS...]");
    allowed_key fresh{words[0], words[1], {}, number};
    for (std::size_t i = 2; i < words.size(); ++i) fresh.addresses.push_back(checked_address(words[i], file, number));
    for (const allowed_key& other : all) {
      const std::string there = "line " + std::to_string(other.line) + " has ";
      if (other.key == fresh.key) fail(file, number, there + "this key already");
      for (const std::string& each : fresh.addresses) {
        const bool is_known = std::find(other.addresses.begin(), other.addresses.end(), each) != other.addresses.end();
        if (is_known) fail(file, number, there + "the address \"" + printable(each) + "\" already");
      }
    }
    all.push_back(std::move(fresh));
  });
  return all;
}

const allowed_key* find_endpoint(const std::vector<allowed_key>& in, std::string_view endpoint) {
  const auto with = [&](std::string_view address) -> const allowed_key* {
    for (const allowed_key& each : in) {
      if (std::find(each.addresses.begin(), each.addresses.end(), address) != each.addresses.end()) return &each;
    }
    return nullptr;
  };
  const std::string_view rest = endpoint.substr(endpoint.find("://") + 3);
  const allowed_key* const exact = with(rest);
  return exact != nullptr || !endpoint.starts_with("tcp://") ? exact : with(rest.substr(0, rest.rfind(':')));
}
