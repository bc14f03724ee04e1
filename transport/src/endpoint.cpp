// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include <zooid/error.hpp>

#include <algorithm>

namespace zooid {
namespace {

constexpr std::string_view tcp = "tcp://";
constexpr std::string_view ipc = "ipc://";
constexpr std::string_view mem = "mem://";

[[noreturn]] void fail(std::string_view text, std::string_view what) {
  throw setup_error(errc::malformed_address, "\"" + std::string(text) + "\": " + std::string(what) +
                                                 "; expected \"tcp://host:port/service\", \"ipc:///path/service\", or "
                                                 "\"service\" for one of this node");
}

bool is_port(std::string_view text) noexcept {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), digit)) return false;
  unsigned port = 0;
  for (const char c : text) port = port * 10 + static_cast<unsigned>(c - '0');
  return port > 0 && port <= 65535;
}

}  // namespace

service_address parse_service_address(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  if (std::any_of(text.begin(), text.end(), control)) fail(text, "a space or control character");
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    if (text.empty()) fail(text, "the name is empty");
    if (text.find('/') != std::string_view::npos || text.find(':') != std::string_view::npos) {
      fail(text, "a service's name has no '/' or ':', and an endpoint begins with tcp:// or ipc://");
    }
    return {{}, std::string(text)};
  }
  const bool is_tcp = text.starts_with(tcp);
  if (!is_tcp && !text.starts_with(ipc) && !text.starts_with(mem)) fail(text, "unknown kind of endpoint");
  const std::size_t slash = is_tcp ? text.find('/', tcp.size()) : text.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == text.size() || slash < scheme + 3) {
    fail(text, "the service's name is missing");
  }
  const std::string_view endpoint = text.substr(0, slash);
  const std::string_view service = text.substr(slash + 1);
  if (service.find('/') != std::string_view::npos) fail(text, "a service's name has no '/'");
  if (endpoint.size() == scheme + 3) fail(text, "the endpoint is empty");
  if (is_tcp) {
    const std::size_t colon = endpoint.rfind(':');
    if (colon < tcp.size() || colon == tcp.size()) fail(text, "host or port is missing");
    if (!is_port(endpoint.substr(colon + 1))) fail(text, "the port is not a number from 1 to 65535");
  }
  return {std::string(endpoint), std::string(service)};
}

bool is_endpoint(std::string_view text) noexcept {
  return text.starts_with(tcp) || text.starts_with(ipc) || text.starts_with(mem);
}

bool is_local_endpoint(std::string_view endpoint) noexcept {
  if (endpoint.starts_with(ipc) || endpoint.starts_with(mem)) return true;
  if (!endpoint.starts_with(tcp) || endpoint.find(';') != std::string_view::npos) return false;  // SOURCE;DESTINATION
  const std::string_view host = endpoint.substr(tcp.size());
  // Not a name like 127.example.org.
  const bool is_number = host.substr(0, host.rfind(':')).find_first_not_of("0123456789.") == std::string_view::npos;
  return (is_number && host.starts_with("127.")) || host.starts_with("localhost:") || host.starts_with("[::1]:");
}

}  // namespace zooid
