// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/byte_buffer.hpp>
#include <zooid/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
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
class ZOOID_API link {
 public:
  virtual ~link() = default;
  /// Never blocks. A frame given to a link that is not up is dropped.
  virtual void send(byte_buffer frame) = 0;
  /// Ends the connection. An event may still be running on another thread; none begins afterwards.
  virtual void close() = 0;
  /// The other side, in words for people: an endpoint, or "peer 0a1b2c of tcp://…".
  [[nodiscard]] virtual std::string peer() const = 0;
  /// Whose connection it is, proven: the other side's public key. Empty without keys.
  [[nodiscard]] virtual std::string key() const { return {}; }
};

/// Who hears what happens on a link. Calls for one link come one at a time and in order: on_up, on_frame…, on_down.
/// An accepted link may start with on_frame's first frame right after on_up; after on_down nothing comes.
class ZOOID_API link_listener {
 public:
  virtual ~link_listener() = default;
  virtual void on_up() = 0;
  /// `frame` is valid during the call. `more` frames of the same link are at hand and follow at once: a receiver may
  /// gather its acknowledgements until it is false.
  virtual void on_frame(std::span<const std::byte> frame, bool more) = 0;
  virtual void on_down(std::string_view why) = 0;
  /// Instead of on_up: the other side does not let this one in, or is not who is expected there (`denied`), or is no
  /// node (`incompatible`). Nothing comes afterwards.
  virtual void on_refused(errc code, std::string_view why) {
    static_cast<void>(code);
    on_down(why);
  }
};

/// Answers a foreign program's message: at most once, on any thread, then or later.
using foreign_answer = std::function<void(std::vector<byte_buffer> parts)>;

/// Who decides about connections from outside.
class ZOOID_API link_acceptor {
 public:
  virtual ~link_acceptor() = default;
  /// Somebody new sent a frame: who is to hear `from`?
  [[nodiscard]] virtual std::shared_ptr<link_listener> on_accept(std::shared_ptr<link> from) = 0;
  /// A foreign program's multipart message (without the routing identity), valid during the call.
  virtual void on_foreign(std::span<const std::span<const std::byte>> parts, foreign_answer answer) = 0;
};

/// What becomes of events that a subscriber is too slow for.
enum class event_flow : std::uint8_t {
  lossy,     ///< Dropped for this subscriber, silently, beyond some 1,000 that wait for it.
  lossless,  ///< All of them wait for it: what may be under way is bounded above, by acknowledgements.
};

/// Where a node's events leave: a PUB socket. Any thread.
class ZOOID_API event_outlet {
 public:
  virtual ~event_outlet() = default;
  /// Sends one message, of one or more parts, to everybody who subscribed to a beginning of its first part. Never
  /// blocks. Moves from the parts.
  virtual void send(std::span<byte_buffer> parts) = 0;
  /// Sends messages of one part each, in order.
  virtual void send_each(std::span<byte_buffer> messages) = 0;
  /// Where subscribers connect to: what is really bound.
  [[nodiscard]] virtual std::string endpoint() const = 0;
};

/// Who hears what is subscribed to at an outlet. Calls come one at a time.
class ZOOID_API event_outlet_listener {
 public:
  virtual ~event_outlet_listener() = default;
  /// The first subscriber to `topic`, any bytes, has come; what that subscriber asked for before holds by now.
  virtual void on_subscribed(std::string_view topic) = 0;
  /// The last one has gone.
  virtual void on_unsubscribed(std::string_view topic) = 0;
};

/// Where the events of one outlet arrive: a SUB socket, which goes on trying to connect, and subscribes again whenever
/// it has. Any thread.
class ZOOID_API event_inlet {
 public:
  virtual ~event_inlet() = default;
  /// Not twice for one topic. Subscriptions take effect in the order of these calls; where the inlet has to connect
  /// again or the outlet comes later, perhaps in the order of their bytes.
  virtual void subscribe(std::string topic) = 0;
  virtual void unsubscribe(std::string topic) = 0;
  /// An event may still be running on another thread; none begins afterwards. Idempotent.
  virtual void close() = 0;
};

/// Who hears what arrives. Calls for one inlet come one at a time and in order.
class ZOOID_API event_inlet_listener {
 public:
  virtual ~event_inlet_listener() = default;
  /// A message of one part, valid during the call. `more` are at hand and follow at once.
  virtual void on_event(std::span<const std::byte> frame, bool more) = 0;
  /// The outlet does not let this inlet in, or is not the publisher's: nothing will arrive.
  virtual void on_refused(errc code, std::string_view why) {
    static_cast<void>(code);
    static_cast<void>(why);
  }
  /// The publisher's public key, which the outlet must have. Empty without keys.
  [[nodiscard]] virtual std::string publisher_key() const { return {}; }
};

/// Makes links, and what events travel by: one of the four seams. One per node. Any thread.
class ZOOID_API network {
 public:
  virtual ~network() = default;
  /// Accepts connections at `endpoint` ("tcp://127.0.0.1:0" takes any free port). Returns the endpoint really bound.
  /// Throws setup_error address_in_use or malformed_address. At most once.
  virtual std::string listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) = 0;
  /// Tries to reach `endpoint`, for as long as it takes, until on_up; after on_down the link is dead and a new one has
  /// to be dialled.
  [[nodiscard]] virtual std::shared_ptr<link> dial(const std::string& endpoint,
                                                   std::shared_ptr<link_listener> listener) = 0;
  /// Lets others subscribe at `endpoint`, as for `listen`; closed with the network. Throws setup_error as `listen`.
  [[nodiscard]] virtual std::shared_ptr<event_outlet> open_outlet(const std::string& endpoint, event_flow flow,
                                                                  std::shared_ptr<event_outlet_listener> listener) = 0;
  /// Hears the outlet at `endpoint`. Throws setup_error as `dial`.
  [[nodiscard]] virtual std::shared_ptr<event_inlet> open_inlet(const std::string& endpoint, event_flow flow,
                                                                std::shared_ptr<event_inlet_listener> listener) = 0;
  /// Closes everything, without events, and releases the endpoints. Bounded in time. Idempotent.
  virtual void close() = 0;
};

}  // namespace zooid
