// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/link.hpp>

#include "event_receiver.hpp"
#include "event_wire.hpp"
#include "session.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace zooid {

class engine;
class route;

/// What a node hears of other nodes' events. For each of them it asks over the session; then it subscribes at the SUB
/// socket of that session, and behind it to a token; when the publisher has seen that, it says from which number on
/// everything arrives. Any thread.
///
/// A *feed* is one filter at one publisher, for all who want it here. It outlives sessions: after a new one it is asked
/// for again, and what was missed in between becomes a gap.
class event_subscriber final : public event_origin {
 public:
  explicit event_subscriber(engine& home);
  ~event_subscriber() override;

  void add(intrusive_ptr<event_receiver> fresh, intrusive_ptr<route> at);
  void cancel(event_receiver& which) override;
  void on_progress(event_receiver& by) override;
  void drop_actor(const detail::cell& ended);

  void on_session_open(session& with, const std::vector<intrusive_ptr<route>>& ways);
  void on_session_over(session& gone);

  // What publishers say over their sessions.
  void on_subscribed(session& by, std::uint64_t request, std::uint64_t filter, const std::string& endpoint);
  void on_refused(session& by, std::uint64_t request, const error& why);
  /// Nobody is reached there, and `why` says more than that; it is tried again all the same.
  void on_unreachable(const std::vector<intrusive_ptr<route>>& ways, const error& why);
  void on_confirmed(session& by, std::uint64_t number, const std::vector<wire::event_mark>& marks);

  void close();

 private:
  struct feed {
    intrusive_ptr<route> at;
    const detail::event_codec* how;
    std::string key;
    bool whole_key;
    std::vector<intrusive_ptr<event_receiver>> receivers{};

    std::uint64_t asked_in = 0;  // The session; 0 for none.
    std::uint64_t request = 0;
    std::uint64_t filter = 0;  // 0 until the publisher has named it.
    bool confirmed = false;
    std::optional<error> refusal{};  // Until it is asked again.
    std::uint64_t seen = 0;          // The latest number before it was confirmed.

    std::uint64_t publisher = 0;         // Of the last confirmation; 0 before the first.
    std::uint64_t confirmed_filter = 0;  // Likewise.
    std::uint64_t next = 0;              // The number that is expected.
    std::uint64_t reported = 0;          // The latest that the publisher knows to be taken, when lossless.

    [[nodiscard]] event_flow flow() const noexcept { return how->lossless ? event_flow::lossless : event_flow::lossy; }
    [[nodiscard]] std::string topic() const { return wire::event_topic(how->message.name, key, whole_key); }
  };
  struct hearing {
    std::shared_ptr<event_inlet> inlet{};
    std::string endpoint{};
    std::map<std::string, unsigned> topics{};  // How many feeds want each.
    std::uint64_t token = 0;                   // The latest subscribed to; 0 for none.
  };
  struct source {
    intrusive_ptr<session> with;
    std::array<hearing, 2> flows{};
    std::unordered_map<std::uint64_t, std::vector<feed*>> by_filter{};
    std::vector<feed*> to_report{};  // Lossless ones, at the end of what is at hand.
  };
  class inlet_events;

  void on_event(std::uint64_t from, event_flow flow, std::span<const std::byte> frame, bool more);
  void on_inlet_refused(std::uint64_t from, event_flow flow, const error& why);
  void reconnect();

  // With mutex_ held:
  void ask(feed& what, session& by);
  void reconnect_later(duration pause);
  void hear(source& from, feed& what, const std::string& endpoint);
  void unhear(source& from, feed& what);
  void unsubscribe(feed& what, source& from);
  void hear_tail(feed& at, std::uint64_t sequence, session& by);
  void take(feed& at, std::uint64_t sequence, std::span<const std::byte> body, std::uint64_t node);
  void report(session& to, feed& of);
  [[nodiscard]] feed* find_request(const session& by, std::uint64_t request);

  engine& home_;  // Not after `close`.

  std::mutex mutex_;
  // Guarded by mutex_:
  bool closed_ = false;
  std::vector<std::unique_ptr<feed>> feeds_;
  std::map<std::uint64_t, source> sources_;  // By session.
  bool reconnects_ = false;
  std::vector<std::pair<feed*, std::uint64_t>> heard_;  // By a frame: who, and the number of the next event.
};

}  // namespace zooid
