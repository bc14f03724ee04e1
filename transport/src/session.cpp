// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include "batch_room.hpp"
#include "cell.hpp"
#include "engine.hpp"
#include "member_alarm.hpp"
#include "remote_target.hpp"
#include "route.hpp"
#include "schema_wire.hpp"

#include <algorithm>
#include <utility>

// The life of a session and what it sends; session_receive.cpp has what it receives. Longer than other files, because
// numbering, credit and batching are one state under one lock.

namespace zooid {
namespace {

/// Messages under way to one receiver, at most, however small they are: with the default bounds, half of its mailbox.
constexpr std::uint64_t most_to_receiver = 2048;
constexpr duration latest_flush = std::chrono::milliseconds(1);
constexpr std::size_t short_batch = 1024;  // After one of less, room for so much is made at first.
constexpr std::uint32_t no_target = 0;
/// What an acknowledgement says of single records, at most; the others wait for the next one.
constexpr std::size_t most_exceptions = 4096;
/// What a frame holds beside its last record, at most: its header and an acknowledgement.
constexpr std::size_t frame_reserve = 64 << 10;

}  // namespace

std::uint64_t session_accounts::refused_in_all() const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t each : refused) sum += each;
  return sum;
}

std::string to_hex(std::uint64_t id) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; id >>= 4) text[i] = "0123456789abcdef"[id & 15];
  return text;
}

/// The other node as the caller of calls that arrive here.
class session::port final : public detail::target {
 public:
  explicit port(session& of) : session_(&of) {}
  void completed(intrusive_ptr<detail::call> answered) noexcept override { session_->reply(std::move(answered)); }

  // Nothing is sent to it.
  errc accept(const detail::request&) override { return errc::no_such_actor; }
  void when_room(intrusive_ptr<detail::room_waiter> waiter) override { waiter->on_room(); }
  errc abandon(detail::call&) noexcept override { return errc::timeout; }
  [[nodiscard]] detail::core* home() const noexcept override { return nullptr; }
  [[nodiscard]] bool stores_messages() const noexcept override { return false; }
  [[nodiscard]] actor_id id() const noexcept override { return {session_->peer_node(), 0}; }
  [[nodiscard]] std::string describe() const override { return session_->describe(); }

 private:
  intrusive_ptr<session> session_;
};

class session::link_events final : public link_listener {
 public:
  explicit link_events(session& to) : to_(&to) {}
  void on_up() override { to_->on_up(); }
  void on_frame(std::span<const std::byte> frame, bool more) override { to_->on_frame(frame, more); }
  void on_down(std::string_view why) override { to_->end({errc::disconnected, std::string(why), {}}); }
  void on_refused(errc code, std::string_view why) override { to_->end({code, std::string(why), {}}); }

 private:
  intrusive_ptr<session> to_;
};

session::session(engine& home, route* origin) : home_(&home), origin_(origin), number_(home.next_number()) {
  announced_.emplace_back();  // no_target.
}

session::~session() = default;

std::shared_ptr<link_listener> session::listener() { return std::make_shared<link_events>(*this); }

void session::attach(std::shared_ptr<link> over) {
  link_ = std::move(over);
  port_ = make_intrusive<port>(*this);
  accounts_.peer = link_->peer();
  heard_ = home_->now();
}

void session::attach_dialled(network& by, const std::string& endpoint) {
  {
    const std::lock_guard lock(mutex_);  // The engine knows it already.
    accounts_.peer = endpoint;
    heard_ = home_->now();
    if (state_ != state::over) port_ = make_intrusive<port>(*this);
  }
  // Its first event may come before it is known here.
  std::shared_ptr<link> over = by.dial(endpoint, listener());
  state now{};
  {
    const std::lock_guard lock(mutex_);
    link_ = over;
    now = state_;
  }
  if (now == state::greeting) say_hello(false);
  if (now == state::over) over->close();
}

void session::leave() {
  std::shared_ptr<link> over;
  intrusive_ptr<detail::target> caller;  // They hold each other no longer.
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state::over) return;
    state_ = state::over;
    over = link_;
    caller = std::move(port_);
  }
  if (over) over->close();
  home_->on_left(*this);
}

/// The same words for a node, whichever of the two has dialled.
std::string session::describe() const {
  if (origin_) return origin_->describe();
  return peer_node() != 0 ? "node " + to_hex(peer_node()) : accounts_.peer;
}

// The handshake.

void session::on_up() {
  bool has_link = false;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != state::connecting) return;
    state_ = state::greeting;
    heard_ = home_->now();
    has_link = link_ != nullptr;
  }
  home_->core().scheduler().at(home_->now() + home_->options().heartbeat_interval,
                               make_intrusive<member_alarm<session>>(*this, &session::tick));
  if (origin_ && has_link) say_hello(false);
}

void session::say_hello(bool force) {
  byte_buffer frame;
  wire::put_header(frame, wire::frame::hello);
  wire::put_u8(frame, force ? 1 : 0);
  wire::put_u64(frame, home_->core().id());
  wire::put_u64(frame, home_->options().frame_limit);
  wire::put_text(frame, home_->endpoint());
  transmit(std::move(frame));
}

void session::say(wire::frame kind) {
  byte_buffer frame;
  wire::put_header(frame, kind);
  if (kind == wire::frame::welcome) welcome_said_ = true;
  if (kind == wire::frame::welcome || kind == wire::frame::redundant) {
    wire::put_u8(frame, 0);
    wire::put_u64(frame, home_->core().id());
    wire::put_u64(frame, home_->options().frame_limit);
    wire::put_text(frame, home_->endpoint());
  }
  transmit(std::move(frame));
}

void session::refuse(const error& why) {
  byte_buffer frame;
  wire::put_header(frame, wire::frame::refuse);
  wire::put_u8(frame, static_cast<std::uint8_t>(why.code));
  wire::put_text(frame, why.detail);
  transmit(std::move(frame));
}

/// During the handshake, when the link may not be known yet.
void session::transmit(byte_buffer frame) {
  std::shared_ptr<link> over;
  {
    const std::lock_guard lock(mutex_);
    over = link_;
  }
  if (over) over->send(std::move(frame));
}

void session::open() {
  const std::lock_guard lock(mutex_);
  if (state_ == state::greeting) state_ = state::open;
}

bool session::over() const {
  const std::lock_guard lock(mutex_);
  return state_ == state::over;
}

std::string session::peer_key() const {
  const std::lock_guard lock(mutex_);
  return link_ ? link_->key() : std::string();
}

bool session::is_open() const {
  const std::lock_guard lock(mutex_);
  return state_ == state::open;
}

bool session::is_settled() const {
  const std::lock_guard lock(mutex_);
  return state_ == state::over || (acknowledged_ >= prompt_ && held_there_.empty());
}

void session::bye() {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state::over || std::exchange(bye_said_, true)) return;
    if (state_ == state::open) {
      begin_batch();
      owes_soon_ = true;
      flush_locked();
    }
  }
  say(wire::frame::bye);
}

void session::end(const error& why) {
  std::vector<std::pair<std::uint64_t, intrusive_ptr<detail::call>>> unanswered;
  std::vector<std::pair<std::uint64_t, intrusive_ptr<detail::call>>> unneeded;
  std::vector<std::pair<std::uint32_t, intrusive_ptr<detail::room_waiter>>> waiters;
  std::shared_ptr<link> over;
  intrusive_ptr<detail::target> caller;  // They hold each other no longer.
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state::over) return;
    state_ = state::over;
    over = link_;
    caller = std::move(port_);
    unanswered = pending_.take_all();
    unneeded = incoming_.take_all();
    accounts_.cut_off += unacknowledged_.size() + held_there_.size();
    unacknowledged_.clear();
    held_there_.clear();
    batch_.clear();
    outstanding_ = 0;
    waiters.swap(waiters_);
  }
  if (over) over->close();
  const auto by_number = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::sort(unanswered.begin(), unanswered.end(), by_number);
  std::sort(unneeded.begin(), unneeded.end(), by_number);
  for (auto& [number, call] : unneeded) static_cast<void>(call->abandon());
  home_->on_over(*this, why);
  for (auto& [number, call] : unanswered) {
    call->fail(why);
    detail::call::complete(std::move(call));
  }
  for (const auto& [target, each] : waiters) each->on_room();
}

void session::tick() {
  bool silent = false;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state::over) return;
    const time_point now = home_->now();
    silent = now - heard_ > home_->options().heartbeat_timeout;
    if (!silent && state_ == state::open && !std::exchange(said_something_, false)) {
      begin_batch();
      owes_soon_ = true;
      flush_locked();
      said_something_ = false;
    }
  }
  if (silent) {
    end({errc::disconnected, "no sign of life from " + describe() + " within the heartbeat timeout", {}});
    return;
  }
  home_->core().scheduler().at(home_->now() + home_->options().heartbeat_interval,
                               make_intrusive<member_alarm<session>>(*this, &session::tick));
}

session_accounts session::accounts() const {
  const std::lock_guard lock(mutex_);
  session_accounts copy = accounts_;
  copy.peer = describe();
  copy.sent = next_;
  copy.in_flight = unacknowledged_.size() + held_there_.size();
  copy.received = received_;
  copy.events = events_.load(std::memory_order_relaxed);
  copy.credit_used = outstanding_;
  copy.over = state_ == state::over;
  return copy;
}

// Sending.

void session::begin_batch() {
  if (!batch_.empty()) return;
  batch_ = last_batch_ < short_batch ? byte_buffer(short_batch) : take_batch_room();
  wire::put_header(batch_, wire::frame::data, next_);
}

errc session::announce(const contract_codec& contract, std::uint32_t& number) {
  const auto [at, fresh] = announced_contracts_.try_emplace(&contract, announced_contracts_.size() + 1);
  number = at->second;
  if (!fresh) return errc{};
  byte_buffer record;
  wire::put_u8(record, static_cast<std::uint8_t>(wire::record::contract));
  wire::put_varint(record, number);
  wire::put_text(record, contract.name);
  const known_contract& known = home_->learn(contract);
  wire::put_varint(record, known.schemas.size());
  for (std::size_t i = 0; i < known.schemas.size(); ++i) {
    wire::put_text(record, contract.messages[i].name);
    wire::put_u64(record, known.fingerprints[i]);
    wire::put_schema(record, known.schemas[i]);
  }
  // A long one travels alone, so that nothing else gets too long by it.
  const bool alone = record.size() > frame_reserve / 4;
  if (alone && wire::header_size + record.size() + frame_reserve > peer_frame_limit_) {
    announced_contracts_.erase(at);
    return errc::too_large;
  }
  if (batch_.size() > wire::header_size && batch_.size() + record.size() > longest_batch) {
    flush_locked();
    begin_batch();
  }
  batch_.append(record.data(), record.size());
  if (alone) {
    flush_locked();
    begin_batch();
  }
  return errc{};
}

errc session::announce(remote_target& to) {
  if (to.announced_in == number_) return errc{};
  std::uint32_t contract = 0;
  if (const errc why = announce(to.codec(), contract); why != errc{}) return why;
  to.announced_in = number_;
  if (free_targets_.empty()) {
    to.wire_id = static_cast<std::uint32_t>(announced_.size());
    announced_.emplace_back();
  } else {
    to.wire_id = free_targets_.back();
    free_targets_.pop_back();
  }
  announced_[to.wire_id] = {0, false, &to.codec(), to.describe()};
  wire::put_u8(batch_, static_cast<std::uint8_t>(wire::record::target));
  wire::put_varint(batch_, to.wire_id);
  wire::put_u8(batch_, static_cast<std::uint8_t>(to.place().kind));
  wire::put_u64(batch_, to.place().number);
  wire::put_text(batch_, to.place().name);
  wire::put_varint(batch_, contract);
  return errc{};
}

std::uint64_t session::share_of(const sent_record& what) const noexcept {
  return what.bytes == 0 ? 0 : std::max<std::uint64_t>(what.bytes, home_->options().receiver_credit / most_to_receiver);
}

bool session::out_of_credit(std::uint64_t share) const noexcept {
  return outstanding_ >= home_->options().session_credit || share >= home_->options().receiver_credit;
}

errc session::send(const detail::request& what, remote_target& to) {
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return errc::disconnected;
  if (out_of_credit(to.announced_in == number_ ? announced_[to.wire_id].share : 0)) return errc::overloaded;
  begin_batch();
  const auto kind = what.answer != nullptr ? wire::record::call : wire::record::tell;
  const errc why = add_message(kind, to, what.index, what.sender, what.answer, &what, nullptr);
  if (why != errc{}) return why;
  decide_flush(what.answer != nullptr);
  if (what.answer != nullptr) home_->core().scheduler().expect_silence();
  return errc{};
}

errc session::send_queued(queued_message& what) {
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return errc::disconnected;
  if (what.call && what.call->abandoned()) return errc{};
  begin_batch();
  const auto kind = what.call ? wire::record::call : wire::record::tell;
  const errc why = add_message(kind, *what.to, what.index, what.sender, what.call.get(), nullptr, &what.body);
  if (why == errc{}) prompt_ = next_;
  if (batch_.size() >= longest_batch) flush_locked();
  return why;
}

/// With the message itself, or with its encoded body.
errc session::add_message(wire::record kind, remote_target& to, std::size_t index, const actor_id& sender,
                          detail::call* answer, const detail::request* what, const byte_buffer* body) {
  if (to.place().kind == wire::location::pinned && to.place().node != peer_node()) return errc::no_such_actor;
  if (const errc why = announce(to); why != errc{}) return why;
  const std::size_t start = batch_.size();
  wire::put_u8(batch_, static_cast<std::uint8_t>(kind));
  wire::put_varint(batch_, to.wire_id);
  wire::put_varint(batch_, index);
  wire::put_varint(batch_, sender.actor);
  std::uint64_t correlation = 0;
  if (answer != nullptr) {
    correlation = home_->next_number();
    const time_point now = what != nullptr ? what->made_at : home_->now();
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(answer->deadline - now).count();
    wire::put_varint(batch_, correlation);
    wire::put_varint(batch_, left > 0 ? static_cast<std::uint64_t>(left) : 0);
    // Who waits for it: an actor that made it, and those that wait for that one. A plain thread closes no cycle.
    std::uint64_t waiting = 0;
    const detail::call* top = answer;
    for (const detail::call* each = answer; each != nullptr && sender.actor != 0; each = each->parent.get()) {
      top = each;
      if (each != answer && each->ancestry != nullptr) break;
      ++waiting;
    }
    const bool from_elsewhere = top->ancestry != nullptr;
    wire::put_varint(batch_, waiting + (from_elsewhere ? top->ancestry->size() : 0));
    const detail::call* each = answer;
    for (std::uint64_t i = 0; i < waiting; ++i, each = each->parent.get()) {
      wire::put_u64(batch_, home_->core().id());
      wire::put_u64(batch_, each->number());
    }
    if (from_elsewhere) {
      for (const detail::call_id& id : *top->ancestry) {
        wire::put_u64(batch_, id.node);
        wire::put_u64(batch_, id.number);
      }
    }
  }
  const std::size_t length_at = batch_.size();
  wire::put_u32(batch_, 0);
  if (body != nullptr) {
    batch_.append(body->data(), body->size());
  } else if (const errc why = home_->encode(to.codec().messages[index], what->plain, batch_); why != errc{}) {
    batch_.truncate(start);
    return why;
  }
  const std::size_t length = batch_.size() - length_at - sizeof(std::uint32_t);
  if (batch_.size() - start + frame_reserve > peer_frame_limit_) {
    batch_.truncate(start);
    return errc::too_large;
  }
  wire::patch_u32(batch_, length_at, static_cast<std::uint32_t>(length));
  if (answer != nullptr) {
    answer->road = intrusive_ptr<detail::target>(&to);
    answer->correlation = correlation;
    answer->codec = to.codec().messages[index].reply;
    pending_.emplace(correlation, intrusive_ptr<detail::call>(answer));
  }
  added(start, {static_cast<std::uint32_t>(batch_.size() - start), to.wire_id, static_cast<std::uint32_t>(index)});
  return errc{};
}

/// A numbered record stands at `start` of the batch. What makes the batch too long goes into the next one.
void session::added(std::size_t start, const sent_record& what) {
  ++next_;
  unacknowledged_.push_back(what);
  outstanding_ += what.bytes;
  announced_[what.target].share += share_of(what);
  if (batch_.size() <= longest_batch || start == wire::header_size) return;
  byte_buffer rest = take_batch_room();
  wire::put_header(rest, wire::frame::data, next_ - 1);
  rest.append(batch_.data() + start, batch_.size() - start);
  batch_.truncate(start);
  --next_;
  flush_locked();
  ++next_;
  batch_ = std::move(rest);
}

/// A message leaves at once when none is unacknowledged; else with an acknowledgement, a full batch, the end of the
/// turn, or, from a plain thread, when a worker comes to it: soon if it is `awaited`.
void session::decide_flush(bool awaited) {
  prompt_ = next_;
  if (batch_.size() >= longest_batch || acknowledged_ >= prompt_flushed_) {
    flush_locked();
  } else if (detail::turn* const now = detail::turn::current()) {
    now->at_end(*this);
  } else if (awaited) {
    schedule_flush();
  } else {
    flush_late();
  }
}

/// A plain thread has no turn that ends, and to wake a worker for each of its batches costs more than the batches do.
/// The other side answers what brings messages with a frame, be they taken or held, and that takes along what has
/// gathered (`on_frame`). The alarm is for when it has no worker free to do so.
void session::flush_late() {
  if (std::exchange(late_, true)) return;
  home_->core().scheduler().at(home_->now() + latest_flush,
                               make_intrusive<member_alarm<session>>(*this, &session::on_late));
}

void session::on_late() {
  const std::lock_guard lock(mutex_);
  late_ = false;
  flush_locked();
}

/// The first answer of a turn leaves at once, the others at its end. Answers wait for no acknowledgement, because the
/// other side sends none for them while it has nothing else to say.
void session::decide_answer_flush() {
  home_->core().scheduler().expect_silence();
  detail::turn* const now = detail::turn::current();
  if (now == nullptr) {
    schedule_flush();
  } else if (now->at_end(*this) || batch_.size() >= longest_batch) {
    flush_locked();
  }
}

/// Behind what is ready already, so that the answers it brings go with the acknowledgement.
void session::schedule_flush() {
  if (std::exchange(scheduled_, true)) return;
  retain();  // Until `run`.
  home_->core().scheduler().defer(*this);
}

void session::flush() noexcept {
  const std::lock_guard lock(mutex_);
  if (!batch_.empty()) flush_locked();
}

void session::flush_locked() {
  if (batch_.empty() || state_ != state::open) return;
  add_acknowledgement();
  said_something_ = true;
  if (prompt_ > prompt_flushed_) prompt_flushed_ = std::min(prompt_, next_);
  last_batch_ = batch_.size();
  link_->send(std::exchange(batch_, {}));
}

void session::add_acknowledgement() {
  if (acknowledged_there_ == received_ && exceptions_.empty() && !owes_soon_) return;
  std::uint64_t up_to = received_;
  std::size_t count = exceptions_.size();
  if (count > most_exceptions) {
    // All of those about records below `up_to` have to be in it.
    wire::sort(exceptions_);
    for (count = most_exceptions; count < exceptions_.size(); ++count) {
      if (exceptions_[count].first != exceptions_[count - 1].first) break;
    }
    if (count < exceptions_.size()) up_to = std::clamp(exceptions_[count].first, acknowledged_there_, received_);
  }
  wire::put_u8(batch_, static_cast<std::uint8_t>(wire::record::acknowledge));
  wire::put_varint(batch_, up_to);
  wire::put_varint(batch_, count);
  for (std::size_t i = 0; i < count; ++i) {
    wire::put_varint(batch_, exceptions_[i].first);
    wire::put_u8(batch_, exceptions_[i].second);
  }
  exceptions_.erase(exceptions_.begin(), exceptions_.begin() + static_cast<std::ptrdiff_t>(count));
  acknowledged_there_ = up_to;
  owes_soon_ = !exceptions_.empty();
  if (owes_soon_) schedule_flush();
}

void session::add_failure(std::uint64_t correlation, const error& why) {
  begin_batch();
  const std::size_t start = batch_.size();
  wire::put_u8(batch_, static_cast<std::uint8_t>(wire::record::failure));
  wire::put_varint(batch_, correlation);
  wire::put_u8(batch_, static_cast<std::uint8_t>(why.code));
  wire::put_text(batch_, std::string_view(why.detail).substr(0, 4096));
  const std::size_t links = std::min<std::size_t>(why.chain.size(), detail::call::longest_chain);
  wire::put_varint(batch_, links);
  for (std::size_t i = 0; i < links; ++i) wire::put_text(batch_, std::string_view(why.chain[i]).substr(0, 256));
  added(start, {0, no_target, 0});
}

void session::reply(intrusive_ptr<detail::call> answered) noexcept {
  const std::lock_guard lock(mutex_);
  if (!incoming_.take(answered->correlation) || state_ != state::open) return;
  if (const error* const why = answered->answered_failure()) {
    add_failure(answered->correlation, *why);
    decide_answer_flush();
    return;
  }
  begin_batch();
  const std::size_t start = batch_.size();
  wire::put_u8(batch_, static_cast<std::uint8_t>(wire::record::reply));
  wire::put_varint(batch_, answered->correlation);
  const std::size_t length_at = batch_.size();
  wire::put_u32(batch_, 0);
  const auto& codec = *static_cast<const reply_codec*>(answered->codec);
  errc why{};
  try {
    output_archive archive(batch_, home_.get());
    codec.encode(archive, answered->reply_storage());
    if (batch_.size() - start + frame_reserve > peer_frame_limit_) why = errc::too_large;
  } catch (...) {  // Also from a user's own serialize.
    why = errc::malformed;
  }
  if (why != errc{}) {
    batch_.truncate(start);
    add_failure(answered->correlation,
                {why,
                 "the reply to " + std::string(answered->type->name) +
                     (why == errc::too_large ? " is larger than the frame limit" : " could not be encoded"),
                 {}});
  } else {
    wire::patch_u32(batch_, length_at, static_cast<std::uint32_t>(batch_.size() - length_at - sizeof(std::uint32_t)));
    added(start, {0, no_target, 0});
  }
  decide_answer_flush();
}

errc session::abandon(detail::call& given_up) noexcept {
  intrusive_ptr<detail::call> dropped;  // Freed without the lock, since a target that goes away asks for it.
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return errc::timeout;
  if (pending_.find(given_up.correlation) != &given_up) return errc::timeout;
  dropped = pending_.take(given_up.correlation);
  begin_batch();
  wire::put_u8(batch_, static_cast<std::uint8_t>(wire::record::cancel));
  wire::put_varint(batch_, given_up.correlation);
  flush_locked();
  return errc::timeout;
}

void session::forget(remote_target& gone) noexcept {
  const std::lock_guard lock(mutex_);
  if (state_ != state::open || gone.announced_in != number_) return;
  if (announced_[gone.wire_id].share != 0) {
    announced_[gone.wire_id].gone = true;  // As soon as nothing for it is under way any more.
  } else {
    add_forget(gone.wire_id);
  }
}

void session::add_forget(std::uint32_t target) {
  begin_batch();
  wire::put_u8(batch_, static_cast<std::uint8_t>(wire::record::forget));
  wire::put_varint(batch_, target);
  announced_[target] = {};
  free_targets_.push_back(target);
  if (batch_.size() >= longest_batch) flush_locked();
}

bool session::say_record(std::span<const std::byte> record) {
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return false;
  if (!batch_.empty() && batch_.size() + record.size() > longest_batch) flush_locked();
  begin_batch();
  batch_.append(record.data(), record.size());
  flush_locked();
  return true;
}

void session::when_room(intrusive_ptr<detail::room_waiter> waiter, const remote_target& in) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state::open) {  // Otherwise the target may belong to another session, and its lock.
      const std::uint32_t target = in.announced_in == number_ ? in.wire_id : no_target;
      if (out_of_credit(announced_[target].share)) {
        waiters_.emplace_back(target, std::move(waiter));
        return;
      }
    }
  }
  waiter->on_room();
}

/// Who waited for the room that there is now. With mutex_ held.
std::vector<intrusive_ptr<detail::room_waiter>> session::roomy_waiters() {
  std::vector<intrusive_ptr<detail::room_waiter>> ready;
  const node_options& limits = home_->options();
  std::erase_if(waiters_, [&](auto& each) {
    if (outstanding_ * 4 > limits.session_credit * 3 || announced_[each.first].share * 2 > limits.receiver_credit)
      return false;
    ready.push_back(std::move(each.second));
    return true;
  });
  return ready;
}

}  // namespace zooid
