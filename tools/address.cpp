// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"

#include "failure.hpp"

#include <algorithm>
#include <filesystem>

namespace {

constexpr std::string_view tcp = "tcp://";
constexpr std::string_view ipc = "ipc://";

[[noreturn]] void fail(std::string_view text, std::string_view what) {
  throw failure(exit_code::usage, "malformed address \"" + std::string(text) + "\": " + std::string(what) +
                                      "\n  expected: tcp://127.0.0.1:10000 or ipc:///run/node, and behind it "
                                      "/SERVICE where a service is meant");
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const int port = std::stoi(std::string(text));
  return port >= 1 && port <= 65535;
}

void check_tcp(std::string_view text, std::string_view endpoint) {
  const std::string_view rest = endpoint.substr(tcp.size());
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.ends_with(']')) fail(text, "the port is missing");
  const std::string_view host = rest.substr(0, colon);
  if (host.empty()) fail(text, "the host is missing");
  if (host == "*") fail(text, "\"*\" is where a node listens; name the host to reach it");
  if (host.find(':') != std::string_view::npos && !(host.starts_with('[') && host.ends_with(']'))) {
    fail(text, "an IPv6 address stands in brackets: tcp://[::1]:10000");
  }
  if (!is_port(rest.substr(colon + 1))) fail(text, "the port is not a number from 1 to 65535");
}

/// With its scheme, and nothing in it that no address has.
std::string complete(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; })) {
    fail(text, "it holds a space or a control character");
  }
  if (text.starts_with(tcp) || text.starts_with(ipc)) return std::string(text);
  if (text.find("://") != std::string_view::npos) fail(text, "it begins neither with tcp:// nor with ipc://");
  if (text.starts_with('/')) fail(text, "a path is written ipc://" + std::string(text));
  return std::string(tcp).append(text);
}

/// Where the slash before the service's name is, or npos.
std::size_t find_slash(const std::string& whole) {
  if (whole.starts_with(tcp)) return whole.find('/', tcp.size());
  const std::size_t slash = whole.rfind('/');
  return slash <= ipc.size() ? std::string::npos : slash;  // That of "ipc:///node" begins the path.
}

address split(std::string_view text, const std::string& whole, std::size_t slash) {
  address found{whole.substr(0, slash), slash == std::string::npos ? std::string() : whole.substr(slash + 1)};
  if (found.endpoint.starts_with(tcp)) check_tcp(text, found.endpoint);
  if (found.endpoint == ipc) fail(text, "the path is missing");
  if (slash != std::string::npos && found.service.empty()) fail(text, "the service's name is missing behind the '/'");
  if (found.service.find('/') != std::string::npos) fail(text, "a service's name has no '/'");
  return found;
}

bool is_socket(std::string_view endpoint) {
  std::error_code ignored;
  return std::filesystem::is_socket(endpoint.substr(ipc.size()), ignored);
}

}  // namespace

std::string node_address(std::string_view text) {
  const std::string whole = complete(text);
  address found = split(text, whole, whole.starts_with(ipc) ? std::string::npos : find_slash(whole));
  if (!found.service.empty()) fail(text, "it names a service, but a node is meant: " + found.endpoint);
  return found.endpoint;
}

address service_address(std::string_view text) {
  const std::string whole = complete(text);
  const std::size_t slash = find_slash(whole);
  address found = split(text, whole, slash);
  if (slash == std::string::npos) fail(text, "the service's name is missing: " + whole + "/SERVICE");
  return found;
}

address node_or_service_address(std::string_view text) {
  const std::string whole = complete(text);
  std::size_t slash = find_slash(whole);
  if (whole.starts_with(ipc) && slash != std::string::npos &&
      (is_socket(whole) || !is_socket(std::string_view(whole).substr(0, slash)))) {
    slash = std::string::npos;
  }
  return split(text, whole, slash);
}
