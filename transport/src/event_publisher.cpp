// SPDX-License-Identifier: Apache-2.0
#include "event_publisher.hpp"

#include <zooid/text_codec.hpp>

#include "core.hpp"
#include "engine.hpp"
#include "member_alarm.hpp"

#include <algorithm>
#include <new>
#include <utility>

// Longer than other files, because filters, numbers, sockets and what other nodes know of them change together, under
// one lock.

namespace zooid {
namespace {

constexpr std::size_t most_subscriptions = 65536;  // Of other nodes.
constexpr std::size_t most_subscription_bytes = std::size_t{64} << 20;
constexpr std::size_t most_retained = 1024;      // Filters whose subscribers may come back.
constexpr std::size_t most_under_way = 4096;     // Lossless events of one filter.
constexpr std::size_t frame_reserve = 64 << 10;  // What stands beside an event in its frame, at most.
// A frame gets no event that would make it longer. Of lossy ones a thousand may wait for each subscriber.
constexpr std::size_t lossy_frame_bytes = 2 << 10;
constexpr std::size_t lossless_frame_bytes = 8 << 10;
constexpr std::size_t most_gathered = 32 << 10;  // Bytes that wait for others to travel with.
constexpr duration close_together = std::chrono::microseconds(100);
constexpr char text_separator = '/';

void refuse(session& by, std::uint64_t request, errc why, std::string_view words) {
  byte_buffer answer;
  wire::put_kind(answer, wire::record::subscribed);
  wire::put_varint(answer, request);
  wire::put_u8(answer, static_cast<std::uint8_t>(why));
  wire::put_text(answer, words);
  by.say_record(answer.view());
}

/// From the subscriber's point of view.
std::string mismatch(std::string_view name, const schema& theirs, bool theirs_lossless, const schema& ours,
                     bool ours_lossless) {
  std::string what;
  if (theirs_lossless != ours_lossless) {
    what = std::string(name) + (theirs_lossless ? ": lossless here, lossy there" : ": lossy here, lossless there");
  } else {
    what = difference(theirs, ours);
  }
  return what.empty() ? what : "the publisher knows the event " + std::string(name) + " differently: " + what;
}

std::size_t longest_frame(const detail::event_codec& of) {
  return of.lossless ? lossless_frame_bytes : lossy_frame_bytes;
}

std::string text_topic(std::string_view name, std::string_view key) {
  std::string topic(name);
  topic += text_separator;
  if (key.empty()) return topic;
  return topic.append(key).append(1, text_separator);
}

}  // namespace

class event_publisher::outlet_events final : public event_outlet_listener {
 public:
  outlet_events(event_publisher& to, event_flow flow) : to_(&to), flow_(flow) {}
  void on_subscribed(std::string_view name) override { to_->on_subscribed(flow_, name); }
  void on_unsubscribed(std::string_view name) override {
    if (flow_ == event_flow::lossy) to_->on_unsubscribed(name);
  }

 private:
  intrusive_ptr<event_publisher> to_;
  event_flow flow_;
};

/// Another node's filters have other numbers: a socket that was connected to it may not have noticed yet.
event_publisher::event_publisher(engine& home) : home_(home), last_filter_(home.core().id() >> 36) {}
event_publisher::~event_publisher() = default;

// Filters.

event_publisher::topic& event_publisher::topic_for(std::string_view name) {
  auto found = topics_.find(name);
  if (found == topics_.end()) {
    found = topics_.try_emplace(std::string(name)).first;
    found->second.name = name;
  }
  return found->second;
}

/// False: the name belongs to another type.
bool event_publisher::learn(topic& at, const detail::event_codec& how) {
  if (at.codec != nullptr) return at.codec == &how;
  at.codec = &how;
  at.shape = how.message.describe();
  at.fingerprint = at.shape.fingerprint();
  by_codec_.emplace(&how, &at);
  // Who subscribed before the type was known here may know it differently.
  std::vector<filter*> all;
  for (auto& [key, each] : at.whole) all.push_back(&each);
  for (auto& [key, each] : at.prefixes) all.push_back(&each);
  for (filter* const each : all) {
    std::erase_if(each->remotes, [&](remote& there) {
      if (!there.shape) return false;
      const std::string words = mismatch(at.name, *there.shape, there.lossless, at.shape, how.lossless);
      there.shape.reset();
      if (words.empty()) return false;
      refuse(*there.with, there.request, errc::incompatible, words);
      return true;
    });
    if (!each->is_used()) left(*each);
  }
  return true;
}

event_publisher::filter& event_publisher::filter_for(topic& at, const std::string& key, bool whole_key) {
  auto& filters = whole_key ? at.whole : at.prefixes;
  const auto known = filters.find(key);
  if (known != filters.end()) return known->second;
  filters_change();
  filter& fresh = filters.try_emplace(key, filter{++last_filter_, &at, key, whole_key}).first->second;
  filters_.emplace(fresh.id, &fresh);
  if (!whole_key) ++at.prefix_sizes[key.size()];
  return fresh;
}

void event_publisher::match(const detail::event_codec& how, topic& at, std::string_view key) {
  if (matched_for_ == &how && matched_key_ == key) return;
  matched_.clear();
  if (!at.whole.empty()) {
    if (const auto whole = at.whole.find(key); whole != at.whole.end()) matched_.push_back(&whole->second);
  }
  for (const auto& [size, count] : at.prefix_sizes) {
    if (size > key.size()) break;
    if (const auto prefix = at.prefixes.find(key.substr(0, size)); prefix != at.prefixes.end()) {
      matched_.push_back(&prefix->second);
    }
  }
  matched_for_ = &how;
  matched_key_ = key;
}

/// Goes on counting without subscribers, so that one whose session was lost learns what it missed. May erase another.
void event_publisher::keep_counting(filter& by) {
  if (std::exchange(by.awaits, true)) return;
  retained_.push_back(by.id);
  if (retained_.size() <= most_retained) return;
  filter& oldest = *filters_.at(retained_.front());
  retained_.pop_front();
  oldest.awaits = false;
  if (!oldest.is_used()) erase(oldest);
}

/// A filter has lost its last subscriber.
void event_publisher::left(filter& by) {
  by.under_way.clear();
  by.bytes_under_way = 0;
  if (!by.awaits) erase(by);
}

void event_publisher::erase(filter& unused) {
  filters_change();
  filters_.erase(unused.id);
  topic& at = *unused.of;
  const std::string key = unused.key;
  if (unused.whole_key) {
    at.whole.erase(key);
  } else {
    if (--at.prefix_sizes[key.size()] == 0) at.prefix_sizes.erase(key.size());
    at.prefixes.erase(key);
  }
  forget_unused(at);
}

/// Others may ask for any number of types that do not exist.
void event_publisher::forget_unused(topic& at) {
  if (at.codec != nullptr || !at.whole.empty() || !at.prefixes.empty()) return;
  const std::string name = at.name;
  topics_.erase(name);
}

bool event_publisher::is_full(const filter& of) const {
  return of.under_way.size() >= most_under_way || of.bytes_under_way >= home_.options().receiver_credit;
}

/// Forgets what all subscribers of a lossless type have taken.
void event_publisher::trim(filter& of) {
  std::uint64_t taken = of.sequence;
  for (const remote& each : of.remotes) {
    if (each.confirmed) taken = std::min(taken, each.received);
  }
  for (const auto& each : of.locals) taken = std::min(taken, each->settled());
  const std::uint64_t left = of.sequence - taken;
  while (of.under_way.size() > left) {
    of.bytes_under_way -= of.under_way.front();
    of.under_way.pop_front();
  }
}

std::map<std::string, event_publisher::event_type> event_publisher::types() const {
  std::map<std::string, event_type> known;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, each] : topics_) {
    if (each.codec != nullptr) known.emplace(name, event_type{each.shape, each.codec->lossless});
  }
  return known;
}

// Publishing.

std::uint32_t event_publisher::weight(const detail::event_codec& of, const byte_buffer& body) {
  return static_cast<std::uint32_t>(std::max<std::size_t>(of.message.type->size, body.size()));
}

errc event_publisher::publish(const detail::event_codec& how, const void* event, std::string_view key,
                              const actor_id& sender) {
  if (!wire::is_event_key(key)) return errc::malformed;
  const std::lock_guard lock(mutex_);
  if (closed_) return errc::shutdown;
  const auto known = by_codec_.find(&how);
  topic& to = known != by_codec_.end() ? *known->second : topic_for(how.message.name);
  if (known == by_codec_.end() && !learn(to, how)) return errc::incompatible;
  match(how, to, key);
  const bool has_readers = !texts_.empty() && text_wanted(text_topic(to.name, key));
  if (matched_.empty() && !has_readers) return errc{};
  bool travels = has_readers;
  for (filter* const each : matched_) {
    travels = travels || !each->remotes.empty();
    if (!how.lossless || !is_full(*each)) continue;
    trim(*each);
    if (is_full(*each)) return errc::overloaded;
  }
  body_.clear();
  if (travels) {
    if (const errc why = home_.encode(how.message, event, body_); why != errc{}) return why;
    if (body_.size() + frame_reserve > home_.options().frame_limit) return errc::too_large;
  }
  const std::uint32_t bytes = weight(how, body_);
  bool has_remotes = false;
  for (filter* const each : matched_) {
    ++each->sequence;
    if (how.lossless && each->is_used()) {
      each->under_way.push_back(bytes);
      each->bytes_under_way += bytes;
    }
    for (const auto& local : each->locals) {
      try {
        local->deliver(each->sequence, how.copy, const_cast<void*>(event), bytes, sender);
      } catch (...) {  // Copying threw.
        local->miss(each->sequence, 1);
      }
    }
    has_remotes = has_remotes || !each->remotes.empty();
  }
  if (has_remotes) {
    gather(flows_[static_cast<std::size_t>(how.lossless ? event_flow::lossless : event_flow::lossy)], to, key,
           body_.view());
  }
  if (has_readers) send_text(to, key, body_);
  if (body_.capacity() > most_gathered) body_ = {};
  return errc{};
}

// Gathering. All events of a frame have the same type and key, so the same filters let them through, as long as these
// do not change: then what was gathered before leaves.

/// `body` is the event that has just been numbered.
void event_publisher::gather(flow_state& flow, const topic& to, std::string_view key, std::span<const std::byte> body) {
  const bool fits =
      flow.topic == &to && flow.key == key && flow.gathered.back().size() + 4 + body.size() <= longest_frame(*to.codec);
  if (!fits) begin_frame(flow, to, key);
  byte_buffer& frame = flow.gathered.back();
  const std::size_t before = frame.size();
  wire::put_u32(frame, static_cast<std::uint32_t>(body.size()));
  frame.append(body.data(), body.size());
  flow.gathered_bytes += frame.size() - before;
  decide_flush(flow);
  schedule_tick();
}

void event_publisher::begin_frame(flow_state& flow, const topic& to, std::string_view key) {
  const std::string begins = wire::event_topic(to.name, key, true);
  std::vector<wire::event_mark> marks;
  for (const filter* const each : matched_) {
    if (!each->remotes.empty()) marks.push_back({each->id, each->sequence});
  }
  std::sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.filter < b.filter; });
  // Not by doubling: a frame may wait for long in a socket.
  byte_buffer& frame = flow.gathered.emplace_back(longest_frame(*to.codec));
  frame.append(begins.data(), begins.size());
  wire::put_marks(frame, marks);
  flow.gathered_bytes += frame.size();
  flow.topic = &to;
  flow.key = key;
}

void event_publisher::decide_flush(flow_state& flow) {
  if (flow.gathered_bytes >= most_gathered) return flush(flow);
  if (flush_scheduled_) return;
  const time_point now = home_.now();
  if (now - close_together >= flow.sent_at) {
    flow.sent_at = now;
    return flush(flow);
  }
  flush_scheduled_ = true;
  retain();  // Until `run`.
  home_.core().scheduler().defer(*this);
}

void event_publisher::flush(flow_state& flow) {
  if (flow.gathered.empty()) return;
  flow.outlet->send_each(flow.gathered);
  flow.gathered.clear();
  flow.gathered_bytes = 0;
  flow.topic = nullptr;
}

/// Before they do.
void event_publisher::filters_change() {
  for (flow_state& each : flows_) flush(each);
  matched_for_ = nullptr;
}

void event_publisher::run() {
  {
    const std::lock_guard lock(mutex_);
    flush_scheduled_ = false;
    if (!closed_) {
      for (flow_state& each : flows_) {
        flush(each);
        each.sent_at = home_.now();
      }
    }
  }
  release();
}

void event_publisher::when_room(const detail::event_codec& how, std::string_view key,
                                intrusive_ptr<detail::room_waiter> waiter) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = by_codec_.find(&how);
    if (!closed_ && known != by_codec_.end()) {
      bool full = false;
      match(how, *known->second, key);
      for (filter* const each : matched_) {
        trim(*each);
        full = full || is_full(*each);
      }
      if (full) {
        known->second->waiters.push_back(std::move(waiter));
        return;
      }
    }
  }
  waiter->on_room();
}

// Subscribers of this node.

void event_publisher::add(intrusive_ptr<event_receiver> fresh) {
  std::uint64_t sequence = 0;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) throw setup_error(errc::shutdown, "cannot subscribe: the node is stopping");
    topic& at = topic_for(fresh->event().message.name);
    if (!learn(at, fresh->event())) {
      throw setup_error(errc::incompatible, "cannot subscribe to " + at.name +
                                                ": another type of this node has the same name on the wire; give one "
                                                "of them a `static constexpr std::string_view wire_name`");
    }
    filter& by = filter_for(at, fresh->which().key, fresh->which().whole_key);
    sequence = by.sequence;
    fresh->confirm(sequence, *this);
    by.locals.push_back(std::move(fresh));
  }
}

void event_publisher::cancel(event_receiver& which) {
  intrusive_ptr<event_receiver> dropped;
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    const auto at = topics_.find(which.event().message.name);
    if (at == topics_.end()) return;
    auto& filters = which.which().whole_key ? at->second.whole : at->second.prefixes;
    const auto by = filters.find(which.which().key);
    if (by == filters.end()) return;
    auto& locals = by->second.locals;
    const auto found =
        std::find_if(locals.begin(), locals.end(), [&](const auto& each) { return each.get() == &which; });
    if (found == locals.end()) return;
    dropped = std::move(*found);
    locals.erase(found);
    waiters.swap(at->second.waiters);
    if (!by->second.is_used()) left(by->second);
  }
  for (const auto& each : waiters) each->on_room();
}

void event_publisher::drop_actor(const detail::cell& ended) {
  std::vector<intrusive_ptr<event_receiver>> dropped;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, each] : filters_) {
      for (const auto& local : each->locals) {
        if (&local->actor() == &ended) dropped.push_back(local);
      }
    }
  }
  for (const auto& each : dropped) each->cancel();
}

void event_publisher::on_progress(event_receiver& by) {
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = topics_.find(by.event().message.name); at != topics_.end()) waiters.swap(at->second.waiters);
  }
  for (const auto& each : waiters) each->on_room();
}

// Subscribers of other nodes.

event_publisher::flow_state& event_publisher::open_flow(event_flow flow) {
  flow_state& state = flows_[static_cast<std::size_t>(flow)];
  if (!state.outlet) {
    state.outlet = home_.open_outlet(flow, std::make_shared<outlet_events>(*this, flow));
    state.endpoint = home_.advertised(state.outlet->endpoint());
  }
  return state;
}

void event_publisher::open() {
  const std::lock_guard lock(mutex_);
  static_cast<void>(open_flow(event_flow::lossy));
}

std::string event_publisher::endpoint(event_flow flow) const {
  const std::lock_guard lock(mutex_);
  return flows_[static_cast<std::size_t>(flow)].endpoint;
}

void event_publisher::on_subscribe(session& by, event_request what) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  std::size_t remotes = 0;
  std::size_t bytes = what.bytes;
  for (const auto& [id, each] : filters_) {
    remotes += each->remotes.size();
    for (const remote& there : each->remotes) bytes += there.bytes;
  }
  if (remotes >= most_subscriptions || bytes > most_subscription_bytes) {
    return refuse(by, what.number, errc::overloaded, "the publisher has too many subscriptions");
  }
  topic& at = topic_for(what.name);
  if (at.codec != nullptr && (at.fingerprint != what.fingerprint || at.codec->lossless != what.lossless)) {
    const std::string words = mismatch(at.name, what.shape, what.lossless, at.shape, at.codec->lossless);
    if (!words.empty()) return refuse(by, what.number, errc::incompatible, words);
  }
  const flow_state* flow = nullptr;
  try {
    flow = &open_flow(what.lossless ? event_flow::lossless : event_flow::lossy);
  } catch (const setup_error& why) {
    forget_unused(at);
    return refuse(by, what.number, why.code(), std::string("the publisher cannot be subscribed to: ") + why.what());
  }
  filter& to = filter_for(at, what.key, what.whole_key);
  byte_buffer answer;
  wire::put_kind(answer, wire::record::subscribed);
  wire::put_varint(answer, what.number);
  wire::put_u8(answer, 0);
  wire::put_varint(answer, to.id);
  wire::put_text(answer, flow->endpoint);
  if (!by.say_record(answer.view())) {  // Its end may have been told already.
    if (!to.is_used()) left(to);
    return;
  }
  filters_change();
  std::optional<schema> unproven;
  if (at.codec == nullptr) unproven = std::move(what.shape);
  to.remotes.push_back(
      {intrusive_ptr<session>(&by), what.number, what.lossless, false, 0, std::move(unproven), what.bytes});
}

/// A node's token has come behind its subscriptions: they hold from now on. Once more, when the connection was lost and
/// is there again: then it hears how far the numbers go.
void event_publisher::on_subscribed(event_flow flow, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const std::optional<wire::subscriber_token> token = wire::token_of(name);
  if (!token) {
    if (flow != event_flow::lossy) return;
    if (!home_.options().door) return;
    if (!wire::is_node_topic(name)) {
      if (texts_.size() < most_subscriptions) texts_.emplace(name);
    } else if (name.front() == '\xff') {  // A foreign program asks whether its subscriptions hold.
      std::array<byte_buffer, 2> parts;
      parts[0].append(name.data(), name.size());
      const std::string answer = R"({"node":")" + to_hex(home_.core().id()) + R"("})";
      parts[1].append(answer.data(), answer.size());
      flows_[static_cast<std::size_t>(flow)].outlet->send(parts);
    }
    return;
  }
  std::map<std::uint64_t, std::pair<intrusive_ptr<session>, std::vector<wire::event_mark>>> confirmed;
  for (const auto& [id, each] : filters_) {
    for (remote& there : each->remotes) {
      if (there.with->peer_node() != token->node) continue;
      if ((there.lossless ? event_flow::lossless : event_flow::lossy) != flow) continue;
      // Also when what it came behind was cancelled meanwhile: the node hears an earlier token no longer.
      auto& latest = tokens_[there.with->number()][static_cast<std::size_t>(flow)];
      latest = std::max(latest, token->number);
      if (there.confirmed || there.request > token->number) continue;
      there.confirmed = true;
      there.received = each->sequence;
      auto& [with, marks] = confirmed[there.with->number()];
      with = there.with;
      if (marks.empty() || marks.back().filter != id) marks.push_back({id, each->sequence});
    }
  }
  if (confirmed.empty()) static_cast<void>(mark_tails(token->node));
  for (const auto& [number, each] : confirmed) {
    byte_buffer answer;
    wire::put_kind(answer, wire::record::confirmed);
    wire::put_varint(answer, token->number);
    wire::put_marks(answer, each.second);
    each.first->say_record(answer.view());
  }
}

void event_publisher::on_unsubscribed(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = texts_.find(name); found != texts_.end()) texts_.erase(found);
}

void event_publisher::on_unsubscribe(session& by, std::uint64_t request) {
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    filters_change();
    for (const auto& [id, each] : filters_) {
      const auto gone = std::erase_if(
          each->remotes, [&](const remote& there) { return there.with.get() == &by && there.request == request; });
      if (gone == 0) continue;
      waiters.swap(each->of->waiters);
      if (!each->is_used()) left(*each);
      break;
    }
  }
  for (const auto& each : waiters) each->on_room();
}

void event_publisher::on_received(session& by, const wire::event_mark& mark) {
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    const auto found = filters_.find(mark.filter);
    if (found == filters_.end()) return;
    filter& of = *found->second;
    if (mark.sequence > of.sequence) throw wire::violation("an event was received that was not sent");
    for (remote& there : of.remotes) {
      if (there.with.get() == &by) there.received = std::max(there.received, mark.sequence);
    }
    if (!of.of->waiters.empty()) {
      trim(of);
      if (of.under_way.size() * 2 <= most_under_way && of.bytes_under_way * 2 <= home_.options().receiver_credit) {
        waiters.swap(of.of->waiters);
      }
    }
  }
  for (const auto& each : waiters) each->on_room();
}

void event_publisher::on_session_over(session& gone) {
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    filters_change();
    tokens_.erase(gone.number());
    std::vector<std::uint64_t> lost;
    for (const auto& [id, each] : filters_) {
      if (std::erase_if(each->remotes, [&](const remote& there) { return there.with.get() == &gone; }) == 0) continue;
      waiters.insert(waiters.end(), each->of->waiters.begin(), each->of->waiters.end());
      each->of->waiters.clear();
      lost.push_back(id);
    }
    for (const std::uint64_t id : lost) {
      if (const auto each = filters_.find(id); each != filters_.end()) keep_counting(*each->second);
      // It may have been too many.
      if (const auto each = filters_.find(id); each != filters_.end() && !each->second->is_used()) left(*each->second);
    }
  }
  for (const auto& each : waiters) each->on_room();
}

// The last events: whoever lacks them hears nothing after them. So it is told how far the numbers go, over the same
// socket, until it says that it has heard so. Of a lossless type only a lost connection can have taken them.

/// To one node, or to all. True when nobody has to be told.
bool event_publisher::mark_tails(std::uint64_t node) {
  for (flow_state& each : flows_) flush(each);  // Or they would be told of what is still to come.
  bool none = true;
  for (const bool lossless : {false, true}) {
    const auto flow = static_cast<std::size_t>(lossless ? event_flow::lossless : event_flow::lossy);
    std::map<std::string, std::vector<wire::event_mark>> tails;  // By token.
    for (const auto& [id, each] : filters_) {
      for (const remote& there : each->remotes) {
        if (there.lossless != lossless || !there.confirmed || there.received >= each->sequence) continue;
        if (node != 0 && there.with->peer_node() != node) continue;
        const auto token = tokens_.find(there.with->number());
        if (token == tokens_.end()) continue;
        auto& marks = tails[wire::to_topic({there.with->peer_node(), token->second[flow]})];
        if (marks.empty() || marks.back().filter != id) marks.push_back({id, each->sequence});
      }
    }
    for (const auto& [token, marks] : tails) {
      byte_buffer frame;
      frame.append(token.data(), token.size());
      wire::put_marks(frame, marks);
      flows_[flow].outlet->send_each({&frame, 1});
    }
    none = none && tails.empty();
  }
  return none;
}

void event_publisher::schedule_tick() {
  if (std::exchange(ticks_, true)) return;
  home_.core().scheduler().at(home_.now() + home_.options().heartbeat_interval,
                              make_intrusive<member_alarm<event_publisher>>(*this, &event_publisher::on_tick));
}

void event_publisher::on_tick() {
  const std::lock_guard lock(mutex_);
  ticks_ = false;
  if (closed_) return;
  if (!mark_tails()) schedule_tick();
}

bool event_publisher::settle() {
  const std::lock_guard lock(mutex_);
  if (closed_) return true;
  bool settled = mark_tails();
  for (const auto& [id, each] : filters_) {
    trim(*each);
    settled = settled && each->under_way.empty();
  }
  return settled;
}

void event_publisher::close() {
  std::vector<intrusive_ptr<event_receiver>> locals;
  std::vector<intrusive_ptr<detail::room_waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    filters_change();
    closed_ = true;
    for (const auto& [id, each] : filters_) {
      locals.insert(locals.end(), each->locals.begin(), each->locals.end());
      each->locals.clear();
      each->remotes.clear();
    }
    for (auto& [name, each] : topics_) {
      waiters.insert(waiters.end(), each.waiters.begin(), each.waiters.end());
      each.waiters.clear();
    }
    flows_ = {};
  }
  for (const auto& each : locals) each->close();
  for (const auto& each : waiters) each->on_room();
}

// Programs that are not nodes.

/// Has anybody subscribed to a beginning of it? Of the names that sort before it, only its beginnings can be.
bool event_publisher::text_wanted(std::string_view name) const {
  std::string_view left = name;
  for (;;) {
    auto next = texts_.upper_bound(left);
    if (next == texts_.begin()) return false;
    --next;
    if (name.starts_with(*next)) return true;
    const auto differs = std::mismatch(left.begin(), left.end(), next->begin(), next->end()).first;
    left = left.substr(0, static_cast<std::size_t>(differs - left.begin()));
  }
}

void event_publisher::send_text(topic& to, std::string_view key, const byte_buffer& body) {
  std::string text;
  try {
    home_.options().door->write(text, to.shape, to.shape.message, body.view());
  } catch (const codec_error&) {
    return;  // It cannot be written: a type that only its own functions know. `describe` says so.
  }
  std::array<byte_buffer, 3> parts;
  const std::string name = text_topic(to.name, key);
  const std::string about =
      R"({"node":")" + to_hex(home_.core().id()) + R"(","sequence":)" + std::to_string(++to.text_sequence) + "}";
  parts[0].append(name.data(), name.size());
  parts[1].append(text.data(), text.size());
  parts[2].append(about.data(), about.size());
  flows_[static_cast<std::size_t>(event_flow::lossy)].outlet->send(parts);
}

errc event_publisher::publish_text(const std::string& name, const std::string& key, std::string_view text) {
  const detail::event_codec* how = nullptr;
  schema shape;
  {
    const std::lock_guard lock(mutex_);
    const auto at = topics_.find(name);
    if (at == topics_.end() || at->second.codec == nullptr) return errc::no_such_message;
    how = at->second.codec;
    shape = at->second.shape;
  }
  if (!home_.options().door) return errc::denied;
  byte_buffer bytes;
  home_.options().door->read(bytes, shape, shape.message, text);
  const detail::message_type& type = *how->message.type;
  struct event_block {
    const detail::message_type& type;
    void* at = ::operator new(type.size, std::align_val_t(type.align));
    bool made = false;
    ~event_block() {
      if (made && type.destroy != nullptr) type.destroy(at);
      ::operator delete(at, std::align_val_t(type.align));
    }
  } event{type};
  input_archive archive(bytes.view(), &home_);
  how->message.decode(archive, event.at);
  event.made = true;
  archive.finish();
  return publish(*how, event.at, key, {});
}

}  // namespace zooid
