// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// A node, and perhaps a service of it.
struct address {
  std::string endpoint;
  std::string service;  ///< Empty: none is named.
};

/// "tcp://host:port", also without "tcp://", or "ipc:///path". Throws `failure` when it is malformed or names a
/// service.
[[nodiscard]] std::string node_address(std::string_view text);

/// "tcp://host:port/service" or "ipc:///path/service". Throws `failure` when it is malformed or names no service.
[[nodiscard]] address service_address(std::string_view text);

/// Either of them. "ipc:///a/b" names a service when /a is a socket and /a/b is none.
[[nodiscard]] address node_or_service_address(std::string_view text);
