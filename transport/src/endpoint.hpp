// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zooid {

/// "tcp://host:port/service" or "ipc:///path/service", taken apart.
struct service_address {
  std::string endpoint;  ///< Empty for a service of the own node.
  std::string service;
};

/// Throws setup_error `malformed_address`, with what is wrong and an example.
[[nodiscard]] service_address parse_service_address(std::string_view text);

/// Does it begin as an endpoint does?
[[nodiscard]] bool is_endpoint(std::string_view text) noexcept;

/// Does the endpoint stay on this machine? "tcp://127.…", "tcp://localhost:…", "tcp://[::1]:…", ipc, and "mem://…",
/// which stays in the process.
[[nodiscard]] bool is_local_endpoint(std::string_view endpoint) noexcept;

}  // namespace zooid
