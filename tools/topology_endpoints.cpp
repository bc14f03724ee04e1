// SPDX-License-Identifier: Apache-2.0
#include "topology_parts.hpp"

#include "failure.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr std::string_view tcp = "tcp://";
constexpr std::string_view ipc = "ipc://";
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

std::string tcp_problem(std::string_view rest) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.ends_with(']')) return "the port is missing; write :0 for any free one";
  const std::string_view host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  if (host.empty()) return "the host is missing";
  if (host == "*" || host == "0.0.0.0" || host == "[::]") {
    return "others dial what stands here: write the one address of this machine that they reach";
  }
  if (host.find(':') != std::string_view::npos && !(host.starts_with('[') && host.ends_with(']'))) {
    return "an IPv6 address stands in brackets: tcp://[::1]:10000";
  }
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
  if (!digits || std::stoi(std::string(port)) > 65535) return "the port is not a number from 0 to 65535";
  return {};
}

std::string ipc_problem(std::string_view path) {
  if (!path.starts_with('/')) return "the path must begin with a slash: ipc:///run/service";
  if (path.size() > longest_path) {
    return "the path has " + std::to_string(path.size()) + " bytes; a socket's has at most " +
           std::to_string(longest_path);
  }
  return {};
}

/// Empty when it is well formed.
std::string problem(std::string_view endpoint) {
  const bool strange =
      std::any_of(endpoint.begin(), endpoint.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (strange) return "it holds a space or a control character";
  if (endpoint.starts_with(tcp)) return tcp_problem(endpoint.substr(tcp.size()));
  if (endpoint.starts_with(ipc)) return ipc_problem(endpoint.substr(ipc.size()));
  return "it begins neither with tcp:// nor with ipc://";
}

/// The same for two endpoints that are one; empty for one that gets a port of its own.
std::string identity(const std::string& endpoint) {
  if (endpoint.starts_with(ipc)) {
    return std::string(ipc) + std::filesystem::path(endpoint.substr(ipc.size())).lexically_normal().string();
  }
  const std::size_t colon = endpoint.rfind(':');
  const int port = std::stoi(endpoint.substr(colon + 1));
  if (port == 0) return {};
  const std::string host = endpoint.substr(0, colon);
  return (host == "tcp://localhost" ? "tcp://127.0.0.1" : host) + ":" + std::to_string(port);
}

bool somebody_listens(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::memcpy(at.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool listens = fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  if (fd >= 0) ::close(fd);
  return listens;
}

/// Why no service could listen there; empty when one could. A socket that nobody listens at any more is replaced.
std::string path_in_use(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::path folder = path.parent_path();
  if (!std::filesystem::is_directory(folder, ignored)) {
    return "there is no folder " + folder.string() + "; to make it: mkdir -p " + folder.string();
  }
  if (!std::filesystem::exists(path, ignored)) return {};
  if (!std::filesystem::is_socket(path, ignored)) return "a file is there that is no socket";
  return somebody_listens(path.string()) ? "another program listens there; end that one, or write another path" : "";
}

}  // namespace

void check_endpoints(topology& made, complaints& wrong) {
  std::map<std::string, const service_plan*> known;
  for (service_plan& each : made.services) {
    if (each.endpoint_at.line == 0) continue;
    const std::string words = problem(each.endpoint);
    if (!words.empty()) {
      wrong.add(each.endpoint_at,
                "malformed endpoint \"" + each.endpoint + "\" of service \"" + each.name + "\": " + words);
      each.endpoint.clear();
      continue;
    }
    const std::string same = identity(each.endpoint);
    if (same.empty()) continue;
    const auto [first, is_first] = known.emplace(same, &each);
    if (is_first) continue;
    wrong.add(each.endpoint_at,
              "the endpoint " + each.endpoint + " of service \"" + each.name + "\" is already that of service \"" +
                  first->second->name + "\", in line " + std::to_string(first->second->endpoint_at.line) +
                  (same.starts_with(ipc) ? "; write another path" : "; write another port, or 0 for any free one"));
  }
}

void hold_ports(topology& made, complaints& wrong) {
  for (service_plan& each : made.services) {
    std::string why;
    if (each.endpoint.starts_with(tcp)) {
      try {
        each.endpoint = made.ports.emplace_back(each.endpoint).endpoint();
      } catch (const failure& refused) {
        why = refused.what();
      }
    } else if (each.endpoint.starts_with(ipc)) {
      why = path_in_use(each.endpoint.substr(ipc.size()));
    }
    if (why.empty()) continue;
    wrong.add(each.endpoint_at, "service \"" + each.name + "\" cannot listen at " + each.endpoint + ": " + why);
  }
}
