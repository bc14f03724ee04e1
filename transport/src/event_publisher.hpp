// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/events.hpp>
#include <zooid/link.hpp>

#include "event_receiver.hpp"
#include "event_wire.hpp"
#include "session.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace zooid {

class engine;

/// What another node asks of this one's publisher.
struct event_request {
  std::uint64_t number;
  bool lossless;
  bool whole_key;
  std::string name;
  std::string key;
  std::uint64_t fingerprint;
  schema shape;
  std::size_t bytes;  // That it took on the wire.
};

/// A node's outgoing events: who subscribed to what, numbers for what each filter lets through, and the sockets. An
/// event is encoded once, if anybody on another node wants it, and sent to all of them by one XPUB socket for lossy and
/// one for lossless types. Any thread.
///
/// Events that follow each other closely share frames: one that comes alone leaves at once, the others when a worker
/// comes to it, or when there are enough.
///
/// A *filter* is a type of event with a key, or with the beginning of one; equal ones are shared. Its events are
/// numbered, so that whoever gets them knows what is missing. Of a lossless type no more may be under way than its
/// slowest subscriber has room for.
class event_publisher final : public event_origin, public runnable {
 public:
  explicit event_publisher(engine& home);
  ~event_publisher() override;

  errc publish(const detail::event_codec& how, const void* event, std::string_view key, const actor_id& sender);
  /// Once there may be room for a lossless event of this type with this key.
  void when_room(const detail::event_codec& how, std::string_view key, intrusive_ptr<detail::room_waiter> waiter);
  /// The same as `publish`, for an event that a foreign program wrote. Throws codec_error.
  errc publish_text(const std::string& name, const std::string& key, std::string_view text);

  /// A subscriber of this node. Throws setup_error when another type has the same name.
  void add(intrusive_ptr<event_receiver> fresh);
  void cancel(event_receiver& which) override;
  void on_progress(event_receiver& by) override;
  void drop_actor(const detail::cell& ended);

  // Subscribers of other nodes, by what their sessions say.
  void on_subscribe(session& by, event_request what);
  void on_unsubscribe(session& by, std::uint64_t request);
  void on_received(session& by, const wire::event_mark& mark);
  void on_session_over(session& gone);

  /// Opens the sockets, which otherwise happens with the first subscriber of another node. Throws setup_error.
  void open();
  /// Where events leave, "" when nobody has asked for it: lossy ones, to which foreign programs subscribe, too.
  [[nodiscard]] std::string endpoint(event_flow flow) const;
  struct event_type {
    schema shape;
    bool lossless;
  };
  /// The types that are known here, by name.
  [[nodiscard]] std::map<std::string, event_type> types() const;
  /// Asks those who may lack the last events whether they do. True when all have them.
  [[nodiscard]] bool settle();
  void close();

  /// Sends what was gathered.
  void run() override;

 private:
  struct remote {
    intrusive_ptr<session> with;
    std::uint64_t request;
    bool lossless;
    bool confirmed;
    std::uint64_t received;
    std::optional<schema> shape;  // Until the type is known here.
    std::size_t bytes;            // Of the request.
  };
  struct topic;
  struct filter {
    std::uint64_t id;
    topic* of;
    std::string key;
    bool whole_key;
    std::uint64_t sequence = 0;
    std::vector<intrusive_ptr<event_receiver>> locals{};
    std::vector<remote> remotes{};
    // Of a lossless type: what not all have taken.
    std::deque<std::uint32_t> under_way{};
    std::size_t bytes_under_way = 0;
    bool awaits = false;  // A subscriber whose session was lost may come back: it is in `retained_`.
    [[nodiscard]] bool is_used() const noexcept { return !locals.empty() || !remotes.empty(); }
  };
  struct topic {
    std::string name;
    const detail::event_codec* codec = nullptr;  // Null until it is published or heard here.
    schema shape{};
    std::uint64_t fingerprint = 0;
    std::map<std::string, filter, std::less<>> whole{};
    std::map<std::string, filter, std::less<>> prefixes{};
    std::map<std::size_t, std::size_t> prefix_sizes{};  // How many prefixes have that size.
    std::uint64_t text_sequence = 0;
    std::vector<intrusive_ptr<detail::room_waiter>> waiters{};
  };
  struct flow_state {
    std::shared_ptr<event_outlet> outlet{};
    std::string endpoint{};
    std::vector<byte_buffer> gathered{};  // Frames. To the last one, events of `topic` with `key` can be added.
    std::size_t gathered_bytes = 0;
    const event_publisher::topic* topic = nullptr;
    std::string key{};
    time_point sent_at = time_point::min();  // The last that did not wait.
  };
  class outlet_events;

  void on_subscribed(event_flow flow, std::string_view name);
  void on_unsubscribed(std::string_view name);
  void on_tick();

  // With mutex_ held:
  [[nodiscard]] topic& topic_for(std::string_view name);
  [[nodiscard]] bool learn(topic& at, const detail::event_codec& how);
  [[nodiscard]] filter& filter_for(topic& at, const std::string& key, bool whole_key);
  void keep_counting(filter& by);
  void left(filter& by);
  void erase(filter& unused);
  void forget_unused(topic& at);
  [[nodiscard]] bool is_full(const filter& of) const;
  void trim(filter& of);
  [[nodiscard]] flow_state& open_flow(event_flow flow);
  void match(const detail::event_codec& how, topic& at, std::string_view key);
  void gather(flow_state& flow, const topic& to, std::string_view key, std::span<const std::byte> body);
  void begin_frame(flow_state& flow, const topic& to, std::string_view key);
  void decide_flush(flow_state& flow);
  void flush(flow_state& flow);
  void filters_change();
  void send_text(topic& to, std::string_view key, const byte_buffer& body);
  [[nodiscard]] bool text_wanted(std::string_view name) const;
  [[nodiscard]] bool mark_tails(std::uint64_t node = 0);
  void schedule_tick();
  [[nodiscard]] static std::uint32_t weight(const detail::event_codec& of, const byte_buffer& body);

  engine& home_;  // Not after `close`.

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  bool closed_ = false;
  std::map<std::string, topic, std::less<>> topics_;
  std::unordered_map<const detail::event_codec*, topic*> by_codec_;
  std::map<std::uint64_t, filter*> filters_;
  std::deque<std::uint64_t> retained_;  // Filters that are kept for subscribers whose session was lost.
  std::uint64_t last_filter_;
  std::array<flow_state, 2> flows_;
  std::set<std::string, std::less<>> texts_;                      // What foreign programs have subscribed to.
  std::map<std::uint64_t, std::array<std::uint64_t, 2>> tokens_;  // The latest of each flow, by session.
  bool ticks_ = false;
  bool flush_scheduled_ = false;
  byte_buffer body_;  // Of the event that is being published.
  // What lets events of this type through that have this key.
  std::vector<filter*> matched_;
  const detail::event_codec* matched_for_ = nullptr;
  std::string matched_key_;
};

}  // namespace zooid
