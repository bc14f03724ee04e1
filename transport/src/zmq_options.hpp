// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

namespace zooid {

class zmq_keys;

/// What libzmq leaves unbounded or switched off, decided.
struct zmq_options {
  std::size_t frame_limit{std::size_t{16} << 20};         ///< Bytes; who sends a longer frame is disconnected.
  std::chrono::milliseconds heartbeat_interval{1000};     ///< How often a silent connection is asked for a sign.
  std::chrono::milliseconds heartbeat_timeout{5000};      ///< How long the sign may take.
  std::chrono::milliseconds heartbeat_ttl{5000};          ///< When the other side may give us up.
  std::chrono::milliseconds handshake_interval{2000};     ///< How long a stranger may take to say ZMTP's hello.
  std::chrono::milliseconds reconnect_interval{20};       ///< The first pause between two attempts to connect …
  std::chrono::milliseconds reconnect_interval_max{500};  ///< … and the longest.
  std::shared_ptr<const zmq_keys> keys{};                 ///< Null: anybody may connect, and nothing is encrypted.
};

}  // namespace zooid
