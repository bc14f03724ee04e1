// SPDX-License-Identifier: Apache-2.0
#include "event_subscriber.hpp"

#include "core.hpp"
#include "engine.hpp"
#include "member_alarm.hpp"
#include "message_source.hpp"
#include "route.hpp"
#include "schema_wire.hpp"

#include <algorithm>
#include <utility>

// Longer than other files, because a feed's numbers, its session and its socket change together, under one lock.

namespace zooid {
namespace {

constexpr duration before_reconnecting = std::chrono::milliseconds(50);

}  // namespace

class event_subscriber::inlet_events final : public event_inlet_listener {
 public:
  inlet_events(event_subscriber& to, const session& with, event_flow flow)
      : to_(&to), session_(with.number()), key_(with.peer_key()), flow_(flow) {}
  void on_event(std::span<const std::byte> frame, bool more) override { to_->on_event(session_, flow_, frame, more); }
  void on_refused(errc code, std::string_view why) override {
    to_->on_inlet_refused(session_, flow_, {code, std::string(why), {}});
  }
  [[nodiscard]] std::string publisher_key() const override { return key_; }

 private:
  intrusive_ptr<event_subscriber> to_;
  std::uint64_t session_;
  const std::string key_;
  event_flow flow_;
};

event_subscriber::event_subscriber(engine& home) : home_(home) {}
event_subscriber::~event_subscriber() = default;

// Subscribing.

void event_subscriber::add(intrusive_ptr<event_receiver> fresh, intrusive_ptr<route> at) {
  fresh->set_origin(intrusive_ptr<event_origin>(this));
  {
    const std::lock_guard lock(mutex_);
    if (closed_) throw setup_error(errc::shutdown, "cannot subscribe: the node is stopping");
    const auto& which = fresh->which();
    const auto known = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& each) {
      return each->at == at && each->how == &fresh->event() && each->key == which.key &&
             each->whole_key == which.whole_key;
    });
    if (known != feeds_.end()) {
      if ((*known)->confirmed) fresh->confirm((*known)->next - 1, *this);
      if ((*known)->refusal) fresh->fail(*(*known)->refusal);
      (*known)->receivers.push_back(std::move(fresh));
      return;
    }
    auto& made = feeds_.emplace_back(std::make_unique<feed>(feed{at, &fresh->event(), which.key, which.whole_key}));
    made->receivers.push_back(std::move(fresh));
    reconnect_later(home_.options().heartbeat_interval);  // If even dialling fails.
  }
  if (const auto with = at->connect()) on_session_open(*with, {at});
}

/// With mutex_ held.
void event_subscriber::reconnect_later(duration pause) {
  if (closed_ || std::exchange(reconnects_, true)) return;
  home_.core().scheduler().at(home_.now() + pause,
                              make_intrusive<member_alarm<event_subscriber>>(*this, &event_subscriber::reconnect));
}

void event_subscriber::on_session_open(session& with, const std::vector<intrusive_ptr<route>>& ways) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  for (const auto& each : feeds_) {
    if (each->asked_in == with.number() || std::find(ways.begin(), ways.end(), each->at) == ways.end()) continue;
    ask(*each, with);
  }
}

void event_subscriber::ask(feed& what, session& by) {
  // The former session may not have been told that it is over.
  if (const auto former = sources_.find(what.asked_in); former != sources_.end() && what.filter != 0) {
    unhear(former->second, what);
  }
  what.refusal.reset();
  what.asked_in = by.number();
  what.request = home_.next_number();
  what.filter = 0;
  what.confirmed = false;
  what.seen = 0;
  byte_buffer request;
  wire::put_kind(request, wire::record::subscribe);
  wire::put_varint(request, what.request);
  wire::put_u8(request, what.how->lossless ? 1 : 0);
  wire::put_u8(request, what.whole_key ? 1 : 0);
  wire::put_text(request, what.how->message.name);
  wire::put_text(request, what.key);
  const schema shape = what.how->message.describe();
  wire::put_u64(request, shape.fingerprint());
  wire::put_schema(request, shape);
  if (by.say_record(request.view())) {
    sources_.try_emplace(by.number(), source{intrusive_ptr<session>(&by)});
  } else {
    what.asked_in = 0;  // Its end is being told just now, or was.
  }
}

event_subscriber::feed* event_subscriber::find_request(const session& by, std::uint64_t request) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& each) {
    return each->asked_in == by.number() && each->request == request;
  });
  return found == feeds_.end() ? nullptr : found->get();
}

void event_subscriber::on_subscribed(session& by, std::uint64_t request, std::uint64_t filter,
                                     const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  feed* const what = closed_ ? nullptr : find_request(by, request);
  const auto from = sources_.find(by.number());
  if (what == nullptr || from == sources_.end() || what->filter != 0) return;  // It was cancelled meanwhile.
  try {
    hear(from->second, *what, endpoint);
    what->filter = filter;
    from->second.by_filter[filter].push_back(what);
  } catch (const setup_error& why) {
    what->refusal = error{why.code(), why.what(), {}};
    for (const auto& each : what->receivers) each->fail(*what->refusal);
  }
}

void event_subscriber::hear(source& from, feed& what, const std::string& endpoint) {
  hearing& at = from.flows[static_cast<std::size_t>(what.flow())];
  if (!at.inlet) {
    at.inlet = home_.open_inlet(endpoint, what.flow(), std::make_shared<inlet_events>(*this, *from.with, what.flow()));
    at.endpoint = endpoint;
  }
  if (at.endpoint != endpoint) throw setup_error(errc::malformed_address, "a node has one endpoint for its events");
  std::string topic = what.topic();
  if (++at.topics[topic] == 1) at.inlet->subscribe(std::move(topic));
  const std::uint64_t before = std::exchange(at.token, std::max(at.token, what.request));
  if (before == at.token) return;  // A later one is on its way, but it may not come behind this subscription.
  at.inlet->subscribe(wire::to_topic({home_.core().id(), at.token}));
  if (before != 0) at.inlet->unsubscribe(wire::to_topic({home_.core().id(), before}));
}

void event_subscriber::unhear(source& from, feed& what) {
  hearing& at = from.flows[static_cast<std::size_t>(what.flow())];
  if (const auto known = from.by_filter.find(what.filter); known != from.by_filter.end()) {
    std::erase(known->second, &what);
    if (known->second.empty()) from.by_filter.erase(known);
  }
  std::erase(from.to_report, &what);
  const std::string topic = what.topic();
  if (!at.inlet || --at.topics[topic] != 0) return;
  at.topics.erase(topic);
  at.inlet->unsubscribe(topic);
}

void event_subscriber::on_refused(session& by, std::uint64_t request, const error& why) {
  const std::lock_guard lock(mutex_);
  feed* const what = find_request(by, request);
  if (what == nullptr) return;
  const auto from = sources_.find(by.number());
  // The publisher may have learned the type only now, and this had been confirmed.
  if (what->filter != 0 && from != sources_.end()) unhear(from->second, *what);
  what->filter = 0;
  what->confirmed = false;
  what->refusal = why;
  for (const auto& each : what->receivers) each->fail(why);
}

void event_subscriber::on_unreachable(const std::vector<intrusive_ptr<route>>& ways, const error& why) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : feeds_) {
    if (each->asked_in != 0 || std::find(ways.begin(), ways.end(), each->at) == ways.end()) continue;
    each->refusal = why;
    for (const auto& to : each->receivers) to->fail(why);
  }
}

/// The inlet is closed; everything that came through it is asked for anew after a while.
void event_subscriber::on_inlet_refused(std::uint64_t from, event_flow flow, const error& why) {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(from);
  if (closed_ || found == sources_.end()) return;
  found->second.flows[static_cast<std::size_t>(flow)] = {};
  for (const auto& each : feeds_) {
    if (each->asked_in != from || each->flow() != flow) continue;
    unsubscribe(*each, found->second);
    each->asked_in = each->filter = 0;
    each->confirmed = false;
    each->refusal = why;
    for (const auto& to : each->receivers) to->fail(why);
  }
  reconnect_later(home_.options().heartbeat_interval);
}

/// At the publisher, and here.
void event_subscriber::unsubscribe(feed& what, source& from) {
  byte_buffer record;
  wire::put_kind(record, wire::record::unsubscribe);
  wire::put_varint(record, what.request);
  static_cast<void>(from.with->say_record(record.view()));
  if (what.filter != 0) unhear(from, what);
}

void event_subscriber::on_confirmed(session& by, std::uint64_t number, const std::vector<wire::event_mark>& marks) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : feeds_) {
    feed& what = *each;
    if (what.asked_in != by.number() || what.filter == 0 || what.confirmed || what.request > number) continue;
    const auto mark =
        std::find_if(marks.begin(), marks.end(), [&](const auto& one) { return one.filter == what.filter; });
    if (mark == marks.end()) continue;
    const bool resumed = what.publisher == by.peer_node() && what.confirmed_filter == what.filter;
    const std::uint64_t next = std::max(mark->sequence, what.seen) + 1;
    if (what.publisher != 0 && !resumed) {
      for (const auto& to : what.receivers) to->miss(next - 1, std::nullopt);
    } else if (what.publisher != 0 && next > what.next) {
      for (const auto& to : what.receivers) to->miss(next - 1, next - what.next);
    }
    what.next = resumed ? std::max(next, what.next) : next;
    what.publisher = by.peer_node();
    what.confirmed_filter = what.filter;
    what.confirmed = true;
    what.reported = mark->sequence;
    for (const auto& to : what.receivers) to->confirm(what.next - 1, *this);
    if (what.how->lossless) report(by, what);  // What came before this is not waited for.
  }
}

// Events.

void event_subscriber::on_event(std::uint64_t from, event_flow flow, std::span<const std::byte> frame, bool more) {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(from);
  if (closed_ || found == sources_.end()) return;
  session& by = *found->second.with;
  std::uint64_t arrived = 0;
  try {
    wire::reader reader(frame);
    const bool is_tail = !frame.empty() && frame.front() == std::byte{0xff};
    wire::skip_topic(reader);
    heard_.clear();
    for (const wire::event_mark& mark : wire::take_marks(reader)) {
      const auto wanted = found->second.by_filter.find(mark.filter);
      if (wanted == found->second.by_filter.end()) continue;
      for (feed* const each : wanted->second) {
        if (each->flow() == flow) heard_.emplace_back(each, mark.sequence);
      }
    }
    if (is_tail) {
      for (const auto& [each, sequence] : heard_) hear_tail(*each, sequence, by);
    }
    while (!is_tail && !reader.empty()) {
      const std::span<const std::byte> body = reader.bytes(reader.u32());
      bool is_wanted = false;
      for (auto& [each, sequence] : heard_) {
        if (!each->confirmed) {
          each->seen = std::max(each->seen, sequence);
        } else if (sequence >= each->next) {
          take(*each, sequence, body, by.peer_node());
          is_wanted = true;
        }
        ++sequence;
      }
      if (is_wanted) ++arrived;
    }
    if (!is_tail && flow == event_flow::lossless) {
      for (const auto& [each, sequence] : heard_) {
        if (each->confirmed) found->second.to_report.push_back(each);
      }
    }
  } catch (const wire::violation&) {
    // Not a frame of this protocol: somebody else publishes there. What it was is missed as any other.
  }
  if (arrived > 0) by.count_events(arrived);
  if (more || found->second.to_report.empty()) return;
  std::vector<feed*> taken = std::exchange(found->second.to_report, {});
  std::sort(taken.begin(), taken.end(), [](const feed* a, const feed* b) { return a->request < b->request; });
  taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
  for (feed* const each : taken) report(by, *each);
}

/// The numbers go up to this.
void event_subscriber::hear_tail(feed& at, std::uint64_t sequence, session& by) {
  if (!at.confirmed) {
    at.seen = std::max(at.seen, sequence);
    return;
  }
  if (sequence >= at.next) {
    for (const auto& to : at.receivers) to->miss(sequence, sequence + 1 - at.next);
    at.next = sequence + 1;
  }
  report(by, at);
}

void event_subscriber::take(feed& at, std::uint64_t sequence, std::span<const std::byte> body, std::uint64_t node) {
  const message_source bytes{at.how->message, body, home_};
  for (const auto& to : at.receivers) {
    if (sequence > at.next) to->miss(sequence - 1, sequence - at.next);
    try {
      to->deliver(sequence, &construct_message, const_cast<message_source*>(&bytes),
                  static_cast<std::uint32_t>(std::max<std::size_t>(at.how->message.type->size, bytes.body.size())),
                  {node, 0});
    } catch (...) {  // It does not decode, or a user's own function threw.
      to->miss(sequence, 1);
    }
  }
  at.next = sequence + 1;
}

/// Tells the publisher what was taken: of a lossless type, so that it may go on; of another, so that it need not ask.
void event_subscriber::report(session& to, feed& of) {
  std::uint64_t taken = of.next - 1;
  if (of.how->lossless) {
    const auto from = sources_.find(to.number());
    if (from == sources_.end()) return;
    const std::vector<feed*>& sharing = from->second.by_filter[of.filter];  // Two addresses may lead to one node.
    for (const feed* const one : sharing) {
      if (!one->confirmed) continue;
      taken = std::min(taken, one->next - 1);
      for (const auto& each : one->receivers) taken = std::min(taken, each->settled());
    }
    if (taken <= of.reported) return;
    for (feed* const one : sharing) one->reported = taken;
  }
  of.reported = taken;
  byte_buffer record;
  wire::put_kind(record, wire::record::received);
  wire::put_varint(record, of.filter);
  wire::put_varint(record, taken);
  static_cast<void>(to.say_record(record.view()));
}

void event_subscriber::on_progress(event_receiver& by) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : feeds_) {
    if (std::none_of(each->receivers.begin(), each->receivers.end(), [&](const auto& to) { return to.get() == &by; })) {
      continue;
    }
    const auto from = sources_.find(each->asked_in);
    if (from != sources_.end() && each->confirmed) report(*from->second.with, *each);
  }
}

// The end of subscriptions and sessions.

void event_subscriber::cancel(event_receiver& which) {
  intrusive_ptr<event_receiver> dropped;
  std::unique_ptr<feed> unused;
  const std::lock_guard lock(mutex_);
  for (auto each = feeds_.begin(); each != feeds_.end(); ++each) {
    auto& receivers = (*each)->receivers;
    const auto found =
        std::find_if(receivers.begin(), receivers.end(), [&](const auto& to) { return to.get() == &which; });
    if (found == receivers.end()) continue;
    dropped = std::move(*found);
    receivers.erase(found);
    const auto from = sources_.find((*each)->asked_in);
    if (!receivers.empty()) {
      if (from != sources_.end() && (*each)->confirmed) report(*from->second.with, **each);
      return;
    }
    if (from != sources_.end()) unsubscribe(**each, from->second);
    unused = std::move(*each);
    feeds_.erase(each);
    return;
  }
}

void event_subscriber::drop_actor(const detail::cell& ended) {
  std::vector<intrusive_ptr<event_receiver>> dropped;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& each : feeds_) {
      for (const auto& to : each->receivers) {
        if (&to->actor() == &ended) dropped.push_back(to);
      }
    }
  }
  for (const auto& each : dropped) each->cancel();
}

void event_subscriber::on_session_over(session& gone) {
  source left{};
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = sources_.find(gone.number()); found != sources_.end()) {
      left = std::move(found->second);
      sources_.erase(found);
    }
    for (const auto& each : feeds_) {
      if (each->asked_in != gone.number()) continue;
      each->asked_in = each->filter = 0;
      each->confirmed = false;
    }
    if (!feeds_.empty()) reconnect_later(before_reconnecting);
  }
  for (const hearing& each : left.flows) {
    if (each.inlet) each.inlet->close();
  }
}

void event_subscriber::reconnect() {
  std::vector<intrusive_ptr<route>> wanted;
  {
    const std::lock_guard lock(mutex_);
    reconnects_ = false;
    if (closed_) return;
    for (const auto& each : feeds_) {
      if (each->asked_in == 0) wanted.push_back(each->at);
    }
    if (!wanted.empty()) reconnect_later(home_.options().heartbeat_interval);
  }
  for (const auto& each : wanted) {
    if (const auto with = each->connect()) on_session_open(*with, {each});
  }
}

void event_subscriber::close() {
  std::vector<std::unique_ptr<feed>> feeds;
  std::map<std::uint64_t, source> sources;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    feeds.swap(feeds_);
    sources.swap(sources_);
  }
  for (const auto& each : feeds) {
    for (const auto& to : each->receivers) to->close();
  }
  for (const auto& [number, each] : sources) {
    for (const hearing& at : each.flows) {
      if (at.inlet) at.inlet->close();
    }
  }
}

}  // namespace zooid
