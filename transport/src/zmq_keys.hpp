// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_file.hpp"

#include <zooid/error.hpp>
#include <zooid/security.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace zmq {
class socket_t;
}

namespace zooid {

/// How a connection that was dialled failed in its handshake.
enum class zmq_refusal : std::uint8_t {
  not_allowed,  ///< The other side does not have this node's key in its allow-list.
  unable,       ///< The other side cannot tell at the moment.
  mismatch,     ///< One side wants keys, the other has none.
  closed,       ///< The other side closed the connection, again and again: most likely it has another key.
  forged,       ///< The other side did not prove that it has its key.
  no_node,      ///< What listens there is no fitting socket.
};

/// A node's own key and its allow-list, and what follows from them for ZeroMQ's sockets. The allow-list is read anew
/// each time: that is cheap beside a handshake, and nothing has to be noticed or kept. Any thread.
class zmq_keys {
 public:
  /// Reads both files. Throws setup_error: `denied` or `malformed`, with what to do.
  explicit zmq_keys(security from);

  /// Lets nobody connect to the socket whom no authenticator has let in. Throws setup_error when libzmq cannot.
  void guard(zmq::socket_t& listening) const;
  /// Lets the socket connect only to who has this key.
  void introduce(zmq::socket_t& dialling, const std::string& server_key) const;

  /// Whose key is expected at an endpoint. Throws setup_error: `denied` with the line to add; or as `allow_list::read`.
  [[nodiscard]] std::string key_at(const std::string& endpoint) const;

  enum class verdict : std::uint8_t { allowed, refused, unable };
  /// May who has this key connect? Tells whoever wants to know of a refusal. `from`: an IP address, or empty.
  [[nodiscard]] verdict judge(std::string_view key, std::string_view from) const;

  [[nodiscard]] const std::string& public_key() const noexcept { return own_.public_key; }
  [[nodiscard]] const security& files() const noexcept { return files_; }

 private:
  void report(const std::string& whom) const noexcept;

  const security files_;
  const key_pair own_;
};

/// A failed handshake in words. `keys`: of this node, or null. The code is `denied`, or `incompatible` of `no_node`.
[[nodiscard]] error explain(zmq_refusal how, const std::string& endpoint, const zmq_keys* keys);

}  // namespace zooid
