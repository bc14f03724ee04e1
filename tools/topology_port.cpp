// SPDX-License-Identifier: Apache-2.0
#include "topology_port.hpp"

#include "failure.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

[[noreturn]] void fail(const std::string& why) { throw failure(exit_code::usage, why); }

using addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

addresses resolve(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int wrong = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (wrong != 0) fail("the host \"" + host + "\" is not known here: " + ::gai_strerror(wrong));
  return {found, &::freeaddrinfo};
}

std::uint16_t port_of(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  // The port stands at the same place in the addresses of both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

}  // namespace

held_port::held_port(std::string_view endpoint) : endpoint_(endpoint) {
  const std::size_t colon = endpoint_.rfind(':');
  const std::size_t scheme = std::string_view("tcp://").size();
  std::string host = endpoint_.substr(scheme, colon - scheme);
  const std::string port = endpoint_.substr(colon + 1);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const bool any = port.find_first_not_of('0') == std::string::npos;
  const addresses at = resolve(host, port);
  fd_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail(std::strerror(errno));
  const int on = 1;
  // Somebody else's held port is not free, though he would let us bind it, too.
  if (!any) ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd_, at->ai_addr, at->ai_addrlen) != 0) {
    const int why = errno;
    ::close(std::exchange(fd_, -1));
    if (why == EADDRINUSE) fail("the port is in use by another program; end that one, or write another port or 0");
    if (why == EACCES) fail("the port is reserved for root; write one above 1023, or 0");
    if (why != EADDRNOTAVAIL) fail(std::strerror(why));
    if (any) fail("no address of this machine: only on it a free port can be chosen; write the port");
    return;  // The service may run somewhere else; what does not may say so itself.
  }
  if (!any) return;
  ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  endpoint_ = endpoint_.substr(0, colon + 1) + std::to_string(port_of(fd_));
}

held_port::held_port(held_port&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), endpoint_(std::move(other.endpoint_)) {}

held_port& held_port::operator=(held_port&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(endpoint_, other.endpoint_);
  return *this;
}

held_port::~held_port() {
  if (fd_ >= 0) ::close(fd_);
}
