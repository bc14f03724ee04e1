// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/byte_buffer.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

class reactor;

/// One connection between two nodes, carrying frames in order. Any thread.
///
/// A link never refuses: what may be in flight is bounded above it, by the session's credit.
class link {
 public:
  virtual ~link() = default;
  /// Never blocks. A frame given to a link that is not up is dropped.
  virtual void send(byte_buffer frame) = 0;
  /// Ends the connection. An event may still be running on another thread; none begins afterwards.
  virtual void close() = 0;
  /// The other side, in words for people: an endpoint, or "peer 0a1b2c of tcp://…".
  [[nodiscard]] virtual std::string peer() const = 0;
};

/// Who hears what happens on a link. Calls for one link come one at a time and in order: on_up, on_frame…, on_down.
/// An accepted link may start with on_frame's first frame right after on_up; after on_down nothing comes.
class link_listener {
 public:
  virtual ~link_listener() = default;
  virtual void on_up() = 0;
  /// `frame` is valid during the call. `more` frames of the same link are at hand and follow at once: a receiver may
  /// gather its acknowledgements until it is false.
  virtual void on_frame(std::span<const std::byte> frame, bool more) = 0;
  virtual void on_down(std::string_view why) = 0;
};

/// Who decides about connections from outside.
class link_acceptor {
 public:
  virtual ~link_acceptor() = default;
  /// Somebody new sent a frame: who is to hear `from`?
  [[nodiscard]] virtual std::shared_ptr<link_listener> on_accept(std::shared_ptr<link> from) = 0;
  /// A foreign program's multipart message (without the routing identity); the answer is sent back to it, none if
  /// empty.
  [[nodiscard]] virtual std::vector<byte_buffer> on_foreign(std::vector<std::span<const std::byte>> parts) = 0;
};

/// Makes links: one of the four seams. One per node. Any thread.
class network {
 public:
  virtual ~network() = default;
  /// Accepts connections at `endpoint` ("tcp://127.0.0.1:0" takes any free port). Returns the endpoint really bound.
  /// Throws setup_error address_in_use or malformed_address. At most once.
  virtual std::string listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) = 0;
  /// Tries to reach `endpoint`, for as long as it takes, until on_up; after on_down the link is dead and a new one has
  /// to be dialled.
  [[nodiscard]] virtual std::shared_ptr<link> dial(const std::string& endpoint,
                                                   std::shared_ptr<link_listener> listener) = 0;
  /// Closes every link, without events, and releases the endpoint. Bounded in time. Idempotent.
  virtual void close() = 0;
};

}  // namespace zooid
