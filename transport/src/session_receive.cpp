// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include "cell.hpp"
#include "engine.hpp"
#include "event_hub.hpp"
#include "message_source.hpp"
#include "remote_target.hpp"
#include "route.hpp"
#include "schema_wire.hpp"

#include <algorithm>
#include <new>
#include <utility>

// What a session receives; session.cpp has its life and what it sends. Longer than other files, because each record
// kind has its function here.

namespace zooid {
namespace {

constexpr std::uint64_t lazy_acknowledgement = 1024;               // Answers that are acknowledged together, at most.
constexpr std::uint64_t most_gathered = 64;                        // Messages that go into a mailbox together.
constexpr std::size_t most_target_bytes = std::size_t{256} << 20;  // Far more than a million refs take.
constexpr std::size_t most_contract_bytes = std::size_t{32} << 20;

/// Tells a session that a full mailbox has room for what it holds.
class held_room final : public detail::room_waiter {
 public:
  held_room(session& of, std::uint32_t target) : session_(&of), target_(target) {}
  void on_room() override { session_->room_for(target_); }

 private:
  intrusive_ptr<session> session_;
  std::uint32_t target_;
};

errc take_errc(wire::reader& from) {
  const std::uint8_t code = from.u8();
  if (code == 0 || code >= errc_count) throw wire::violation("error code " + std::to_string(code));
  return static_cast<errc>(code);
}

}  // namespace

void session::on_frame(std::span<const std::byte> frame, bool more) {
  try {
    wire::reader from(frame);
    const wire::header head = wire::take_header(from);
    state now{};
    const time_point time = home_->now();
    {
      const std::lock_guard lock(mutex_);
      now = state_;
      heard_ = time;
    }
    if (now == state::over) return;
    if (head.kind != wire::frame::data) {
      on_greeting(head.kind, from);
      return;
    }
    if (now != state::open) throw wire::violation("data before the handshake");
    on_data(head.first, from, time);
  } catch (const wire::violation& broken) {
    const error why{errc::malformed, std::string("a frame broke the protocol: ") + broken.what(), {}};
    refuse(why);
    end({errc::malformed, describe() + ": " + why.detail, {}});
    return;
  }
  if (more) return;
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return;
  // Answers alone are acknowledged with the next thing to say, unless they become many.
  if (owes_soon_ || !exceptions_.empty() || !batch_.empty() ||
      received_ - acknowledged_there_ >= lazy_acknowledgement) {
    owes_soon_ = true;
    schedule_flush();
  }
}

void session::on_greeting(wire::frame kind, wire::reader& from) {
  bool force = false;
  if (kind == wire::frame::hello || kind == wire::frame::welcome || kind == wire::frame::redundant) {
    const bool dialled = origin_.get() != nullptr;
    if (dialled == (kind == wire::frame::hello)) throw wire::violation("a greeting from the wrong side");
    force = from.u8() != 0;
    const std::uint64_t node = from.u64();
    if (peer_node() != 0 && (peer_node() != node || is_open())) throw wire::violation("a second greeting");
    peer_node_ = node;
    peer_frame_limit_ = from.u64();
    peer_endpoint_ = from.text();
    if (peer_node_ == 0) throw wire::violation("a node without an id");
  }
  switch (kind) {
    case wire::frame::hello:
      return home_->on_hello(*this, force);
    case wire::frame::welcome:
      return home_->on_welcome(*this);
    case wire::frame::confirm:
      if (!welcome_said_) throw wire::violation("a confirmation of what was not offered");
      return home_->on_confirm(*this);
    case wire::frame::redundant:
      return home_->on_redundant(*this);
    case wire::frame::refuse: {
      const errc code = take_errc(from);
      const std::string words(from.text());
      const bool before = peer_node_ == 0;
      end({before ? errc::incompatible : errc::disconnected,
           describe() + " refused the session: " + std::string(to_string(code)) + ": " + words,
           {}});
      return;
    }
    case wire::frame::bye:
      bye();  // With the last acknowledgement before it.
      end({errc::disconnected, describe() + " is stopping", {}});
      return;
    case wire::frame::data:
      return;
  }
}

void session::on_data(std::uint64_t first, wire::reader& from, time_point now) {
  const std::lock_guard lock(in_mutex_);
  if (first != expected_) {
    throw wire::violation("record number " + std::to_string(first) + " where " + std::to_string(expected_) +
                          " was expected");
  }
  frame_time_ = now;
  bool has_messages = false;
  try {
    while (!from.empty()) {
      const auto kind = static_cast<wire::record>(from.u8());
      if (kind == wire::record::tell || kind == wire::record::call) {
        on_message(kind, from);
        has_messages = true;
      } else {
        push_gathered();
        on_other_record(kind, from);
      }
    }
  } catch (const wire::violation&) {
    push_gathered();  // What came before holds.
    throw;
  }
  push_gathered();
  last_in_ = nullptr;
  last_receiver_ = nullptr;
  publish(has_messages);
}

void session::on_other_record(wire::record kind, wire::reader& from) {
  switch (kind) {
    case wire::record::contract:
      return on_contract(from);
    case wire::record::target:
      return on_target(from);
    case wire::record::forget:
      return forget_target(static_cast<std::uint32_t>(from.varint()));
    case wire::record::reply:
    case wire::record::failure:
      return on_answer(kind, from);
    case wire::record::cancel:
      return on_cancel(from);
    case wire::record::acknowledge:
      return on_acknowledge(from);
    case wire::record::subscribe:
    case wire::record::unsubscribe:
    case wire::record::subscribed:
    case wire::record::confirmed:
    case wire::record::received:
      return on_event_record(kind, from);
    default:
      throw wire::violation("record of unknown kind " + std::to_string(static_cast<unsigned>(kind)));
  }
}

namespace {

std::size_t memory_of(const schema& what) {
  std::size_t sum = what.types.size() * sizeof(schema_type);
  for (const schema_type& each : what.types) sum += each.parts.size() * sizeof(schema_part);
  return sum;
}

}  // namespace

void session::on_contract(wire::reader& from) {
  const std::size_t before = from.size();
  const auto number = static_cast<std::uint32_t>(from.varint());
  in_contract fresh;
  fresh.name = from.text();
  const std::uint64_t count = from.varint();
  if (count > from.size() / 10) throw wire::violation("a contract of " + std::to_string(count) + " messages");
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string name(from.text());
    const std::uint64_t fingerprint = from.u64();
    fresh.messages.push_back({std::move(name), fingerprint, wire::take_schema(from)});
    contracts_bytes_ += sizeof(in_message) + memory_of(fresh.messages.back().shape);
    if (contracts_bytes_ > most_contract_bytes) throw wire::violation("too many contracts in one session");
  }
  contracts_bytes_ += sizeof(in_contract) + before - from.size();
  if (contracts_bytes_ > most_contract_bytes) throw wire::violation("too many contracts in one session");
  if (!contracts_.emplace(number, std::move(fresh)).second) throw wire::violation("a contract announced twice");
}

void session::on_target(wire::reader& from) {
  const std::size_t before = from.size();
  const auto number = static_cast<std::uint32_t>(from.varint());
  in_target fresh;
  fresh.kind = static_cast<wire::location>(from.u8());
  if (fresh.kind != wire::location::named && fresh.kind != wire::location::pinned) {
    throw wire::violation("a target of unknown kind");
  }
  fresh.number = from.u64();
  fresh.name = from.text();
  const auto contract = contracts_.find(static_cast<std::uint32_t>(from.varint()));
  if (contract == contracts_.end()) throw wire::violation("a target with a contract that was not announced");
  fresh.contract = &contract->second;
  fresh.bytes = sizeof(in_target) + before - from.size();
  forget_target(number);
  targets_bytes_ += fresh.bytes;
  if (targets_bytes_ > most_target_bytes) throw wire::violation("too many targets in one session");
  targets_.emplace(number, std::move(fresh));
}

void session::forget_target(std::uint32_t number) {
  const auto found = targets_.find(number);
  if (found == targets_.end()) return;
  last_in_ = nullptr;
  last_receiver_ = nullptr;
  targets_bytes_ -= found->second.bytes;
  for (const held_message& each : found->second.held) held_bytes_ -= each.body.size();
  targets_.erase(found);
}

session::verdict session::find_receiver(in_target& to, intrusive_ptr<detail::cell>& receiver) {
  detail::core& core = home_->core();
  if (core.stopping()) return {errc::shutdown, "the node is stopping"};
  if (to.kind == wire::location::named) {
    if (!to.slot) to.slot = core.find_known(to.name);
    if (to.slot) receiver = to.slot->current();
    if (!receiver) return {errc::no_such_service, "no service \"" + to.name + "\" runs on " + home_->endpoint()};
  } else {
    receiver = core.find_exported(to.number);
    if (!receiver) return {errc::no_such_actor, to.name + "#" + std::to_string(to.number) + " has stopped"};
  }
  if (to.contract->resolved_for != receiver->contract()) resolve(*to.contract, receiver->contract());
  if (to.contract->here == nullptr) {
    return {
        errc::denied,
        "\"" + to.name +
            "\" has a contract that this node does not offer to others: a local one, or one that was only used inside "
            "actors; node::spawn_as or node::find with that contract offers it"};
  }
  if (const auto& here = *to.contract->here->codec; here.name != to.contract->name) {
    return {errc::incompatible, "\"" + to.name + "\" on " + home_->endpoint() + " implements the contract \"" +
                                    std::string(here.name) + "\", not \"" + to.contract->name + "\""};
  }
  return {};
}

namespace {

/// The index of a message; that of the end when there is none of the name.
std::size_t find_by_name(const contract_codec& in, std::string_view name) {
  const auto known = std::find_if(in.messages.begin(), in.messages.end(),
                                  [&](const message_codec& each) { return each.name == name; });
  return static_cast<std::size_t>(known - in.messages.begin());
}

}  // namespace

/// Which of the sender's messages is which of the receiver's.
void session::resolve(in_contract& asked, const detail::contract_type* contract) {
  asked.resolved_for = contract;
  asked.here = home_->known(contract);
  asked.indices.clear();
  if (asked.here == nullptr || asked.here->codec->name != asked.name) return;
  for (in_message& each : asked.messages) {
    each.difference.clear();
    const std::size_t at = find_by_name(*asked.here->codec, each.name);
    if (at == asked.here->schemas.size()) {
      asked.indices.push_back(-static_cast<int>(errc::no_such_message));
      continue;
    }
    if (asked.here->fingerprints[at] != each.fingerprint) {
      each.difference = difference(each.shape, asked.here->schemas[at]);
    }
    asked.indices.push_back(each.difference.empty() ? static_cast<int>(at) : -static_cast<int>(errc::incompatible));
  }
}

session::verdict session::find_message(const in_target& to, std::uint64_t index, const message_codec*& found) const {
  const in_contract& asked = *to.contract;
  if (index >= asked.indices.size()) return {errc::malformed, "message number " + std::to_string(index)};
  const int at = asked.indices[index];
  if (at >= 0) {
    found = &asked.here->codec->messages[static_cast<std::size_t>(at)];
    return {};
  }
  const std::string where = "\"" + to.name + "\" on " + home_->endpoint();
  const std::string& name = asked.messages[index].name;
  if (at == -static_cast<int>(errc::no_such_message)) {
    return {errc::no_such_message, where + " does not know the message " + name};
  }
  return {errc::incompatible, where + " knows " + name + " differently: " + asked.messages[index].difference};
}

session::verdict session::deliver(in_target& to, std::uint64_t index, const actor_id& sender,
                                  std::span<const std::byte> body, detail::call* answer, const message_codec& codec,
                                  detail::cell& receiver, detail::message_chain* gathered) {
  message_source source{codec, body, *home_};
  const detail::request what{receiver.contract(),
                             codec.type,
                             static_cast<std::size_t>(to.contract->indices[index]),
                             &construct_message,
                             &source,
                             nullptr,
                             static_cast<std::uint32_t>(std::max<std::size_t>(codec.type->size, body.size())),
                             sender,
                             answer};
  try {
    const errc why = gathered != nullptr ? receiver.gather(*gathered, what) : receiver.accept(what);
    if (why == errc{}) return {};
    return {why, why == errc::overloaded ? "the mailbox of " + receiver.describe() + " is full"
                                         : receiver.describe() + " has stopped"};
  } catch (const std::exception& broken) {
    return {errc::malformed, std::string(codec.name) + " could not be decoded: " + broken.what()};
  }
}

void session::on_message(wire::record kind, wire::reader& from) {
  const auto number = static_cast<std::uint32_t>(from.varint());
  const std::uint64_t index = from.varint();
  const actor_id sender{peer_node_, from.varint()};
  call_head head;
  if (kind == wire::record::call) head = take_call_head(from);
  const std::span<const std::byte> body = from.bytes(from.u32());
  if (last_in_ == nullptr || last_target_ != number) {
    push_gathered();
    const auto found = targets_.find(number);
    if (found == targets_.end()) throw wire::violation("target number " + std::to_string(number));
    last_target_ = number;
    last_in_ = &found->second;
    last_receiver_ = nullptr;
  }
  in_target& to = *last_in_;
  verdict result;
  if (!last_receiver_ || (to.slot && to.slot->is_shared())) {
    push_gathered();
    last_receiver_ = nullptr;
    result = find_receiver(to, last_receiver_);
    if (result.why != errc{}) last_receiver_ = nullptr;  // It was found, but the next message must not get there.
  }
  const message_codec* codec = nullptr;
  if (result.why == errc{}) result = find_message(to, index, codec);
  const bool gathers = kind == wire::record::tell && result.why == errc{} && to.held.empty();
  if (gathers) {
    result = deliver(to, index, sender, body, nullptr, *codec, *last_receiver_, &gathered_);
    if (result.why == errc{}) {
      if (gathered_run_.first == gathered_run_.end) gathered_run_ = {expected_, expected_};
      gathered_run_.end = ++expected_;
      if (gathered_run_.end - gathered_run_.first == most_gathered) push_gathered();
      return;
    }
  }
  push_gathered();
  if (!last_receiver_ && (result.why == errc{} || result.why == errc::overloaded)) {
    result = {errc::no_such_actor, to.name + " has just stopped"};
  }
  const std::uint64_t sequence = expected_++;
  intrusive_ptr<detail::call> answer;
  if (kind == wire::record::call && result.why == errc{}) {
    if (codec->reply == nullptr) {
      result = {errc::no_such_message, std::string(codec->name) + " has no reply here: it can only be told"};
    } else {
      answer = make_incoming(*codec, head);
      if (!answer) return;  // The session has just ended.
    }
  }
  if (result.why == errc{} || result.why == errc::overloaded) {
    // Behind what is held already, so that the order stays.
    if (!to.held.empty()) {
      result = {errc::overloaded, "the mailbox of " + last_receiver_->describe() + " is full"};
    } else if (!gathers) {
      result = deliver(to, index, sender, body, answer.get(), *codec, *last_receiver_, nullptr);
    }
    // A sender that keeps to its credit stays below this bound.
    const bool may_hold = held_bytes_ < home_->options().session_credit;
    if (result.why == errc::overloaded && kind == wire::record::tell && may_hold) {
      held_message kept{sequence, index, sender, byte_buffer(body.size())};
      kept.body.append(body.data(), body.size());
      hold(number, to, std::move(kept), *last_receiver_);
      held(sequence, number);
      return;
    }
  }
  if (result.why == errc::no_such_actor) last_receiver_ = nullptr;
  dealt_with(sequence, result.why);
  if (result.why == errc{}) return;
  if (to.slot) to.slot->counters.refused(result.why);
  const std::lock_guard lock(mutex_);
  if (kind == wire::record::call) {
    static_cast<void>(incoming_.take(head.correlation));
    add_failure(head.correlation, {result.why, std::move(result.detail).value_or(std::string()), {}});
  } else {
    home_->core().refused(result.why);
  }
}

/// To the mailbox of last_receiver_. When that is more than half full then, the sender gets its credit back only when
/// it is not any more: so that one who keeps to it fills no mailbox.
void session::push_gathered() {
  const sequence_run run = std::exchange(gathered_run_, {});
  if (run.first == run.end) return;
  in_target& to = *last_in_;
  const errc why = last_receiver_->push(gathered_);
  if (why != errc{}) {
    for (std::uint64_t each = run.first; each < run.end; ++each) {
      dealt_with(each, why);
      if (to.slot) to.slot->counters.refused(why);
      home_->core().refused(why);
    }
    last_receiver_ = nullptr;
  } else if (last_receiver_->is_half_full()) {
    to.late.push_back(run);
    held(run.end - 1, last_target_);
    wait_for_room(last_target_, to, *last_receiver_);
  } else {
    dealt_with(run.end - 1, errc{});
  }
}

session::call_head session::take_call_head(wire::reader& from) {
  call_head head;
  head.correlation = from.varint();
  head.microseconds_left = from.varint();
  const std::uint64_t waiting = from.varint();
  if (waiting > from.size() / 16) throw wire::violation("a call chain of " + std::to_string(waiting));
  head.ancestry.reserve(waiting);
  for (std::uint64_t i = 0; i < waiting; ++i) {
    const std::uint64_t node = from.u64();
    head.ancestry.push_back({node, from.u64()});
  }
  return head;
}

intrusive_ptr<detail::call> session::make_incoming(const message_codec& codec, call_head& head) {
  intrusive_ptr<detail::call> made = detail::call::make(*codec.type, *codec.reply_type, true);
  made->correlation = head.correlation;
  made->codec = codec.reply;
  constexpr std::uint64_t a_year = std::uint64_t{365} * 24 * 3600 * 1'000'000;
  made->deadline = frame_time_ + std::chrono::microseconds(std::min(head.microseconds_left, a_year));
  if (!head.ancestry.empty()) {
    made->ancestry = std::make_unique<const std::vector<detail::call_id>>(std::move(head.ancestry));
  }
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return nullptr;
  made->caller = port_;
  if (!incoming_.emplace(head.correlation, made)) throw wire::violation("a correlation number used twice");
  return made;
}

// What was received is acknowledged by one number, and what was refused or held by name. What is held for a single
// receiver, with nothing else behind it, is rather not acknowledged yet: when there is room, one number does again.

void session::dealt_with(std::uint64_t sequence, errc why) {
  report_held();
  if (why != errc{}) new_exceptions_.emplace_back(sequence, static_cast<std::uint8_t>(why));
  dealt_with_ = sequence + 1;
}

void session::held(std::uint64_t sequence, std::uint32_t target) {
  if (held_target_ != target) report_held();
  held_target_ = target;
  held_end_ = sequence + 1;
}

void session::report_held() {
  for (; dealt_with_ < held_end_; ++dealt_with_) new_exceptions_.emplace_back(dealt_with_, wire::held);
}

void session::settled(std::uint64_t sequence, errc why) {
  const bool reported = sequence < dealt_with_;
  if (reported || why != errc{}) new_exceptions_.emplace_back(sequence, static_cast<std::uint8_t>(why));
  if (!reported) dealt_with_ = sequence + 1;
}

/// For the next acknowledgement, which is to be `soon`.
void session::publish(bool soon) {
  const std::lock_guard lock(mutex_);
  received_ = dealt_with_;
  exceptions_.insert(exceptions_.end(), new_exceptions_.begin(), new_exceptions_.end());
  new_exceptions_.clear();
  owes_soon_ = owes_soon_ || soon;
}

// A full mailbox does not stop the others: what is for it is kept here, and uses up the sender's credit, until there is
// room for it.

void session::hold(std::uint32_t number, in_target& at, held_message what, detail::cell& receiver) {
  held_bytes_ += what.body.size();
  at.held.push_back(std::move(what));
  wait_for_room(number, at, receiver);
}

void session::wait_for_room(std::uint32_t number, in_target& at, detail::cell& receiver) {
  if (std::exchange(at.waits_for_room, true)) return;
  const auto room = make_intrusive<held_room>(*this, number);
  room->ticket = at.room_ticket;
  receiver.when_half_empty(room);
  at.room_ticket = room->ticket;
}

void session::room_for(std::uint32_t target) noexcept {
  const std::lock_guard lock(mutex_);
  if (state_ != state::open) return;
  roomy_.push_back(target);
  schedule_flush();
}

void session::run() {
  std::vector<std::uint32_t> roomy;
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    if (state_ == state::open) roomy.swap(roomy_);
  }
  if (!roomy.empty()) {
    const std::lock_guard lock(in_mutex_);
    for (const std::uint32_t each : roomy) retry_held(each);
    publish(true);
  }
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state::open && (owes_soon_ || !exceptions_.empty())) begin_batch();
    flush_locked();
  }
  release();
}

void session::retry_held(std::uint32_t number) {
  const auto found = targets_.find(number);
  if (found == targets_.end()) return;
  in_target& at = found->second;
  at.waits_for_room = false;
  for (const sequence_run& each : at.late) {
    for (std::uint64_t sequence = each.first; sequence < each.end; ++sequence) settled(sequence, errc{});
  }
  at.late.clear();
  while (!at.held.empty()) {
    held_message& next = at.held.front();
    intrusive_ptr<detail::cell> receiver;
    const message_codec* codec = nullptr;
    verdict result = find_receiver(at, receiver);
    if (result.why == errc{}) result = find_message(at, next.index, codec);
    if (result.why == errc{})
      result = deliver(at, next.index, next.sender, next.body.view(), nullptr, *codec, *receiver, nullptr);
    if (result.why == errc::overloaded) return wait_for_room(number, at, *receiver);
    if (result.why != errc{}) {
      home_->core().refused(result.why);
      if (at.slot) at.slot->counters.refused(result.why);
    }
    settled(next.sequence, result.why);
    held_bytes_ -= next.body.size();
    at.held.pop_front();
  }
  at.room_ticket = 0;
}

// Answers and acknowledgements to what was sent from here.

void session::on_answer(wire::record kind, wire::reader& from) {
  const std::uint64_t correlation = from.varint();
  std::span<const std::byte> body;
  error why;
  if (kind == wire::record::reply) {
    body = from.bytes(from.u32());
  } else {
    why.code = take_errc(from);
    why.detail = from.text();
    const std::uint64_t links = from.varint();
    if (links > detail::call::longest_chain) throw wire::violation("an error's chain of " + std::to_string(links));
    for (std::uint64_t i = 0; i < links; ++i) why.chain.emplace_back(from.text());
  }
  dealt_with(expected_++, errc{});
  intrusive_ptr<detail::call> answered;
  {
    const std::lock_guard lock(mutex_);
    answered = pending_.take(correlation);
  }
  if (!answered) return;
  if (kind == wire::record::reply) {
    bool made = false;
    try {
      input_archive archive(body, home_.get());
      static_cast<const reply_codec*>(answered->codec)->decode(archive, answered->reply_storage());
      made = true;
      archive.finish();
      answered->set_replied();
    } catch (const std::exception& broken) {
      if (made && answered->reply_type->destroy != nullptr) answered->reply_type->destroy(answered->reply_storage());
      answered->fail({errc::malformed,
                      "the reply of " + describe() + " to " + std::string(answered->type->name) +
                          " could not be decoded: " + broken.what(),
                      {}});
    }
  } else {
    answered->fail(std::move(why));
  }
  detail::call::complete(std::move(answered));
}

void session::on_cancel(wire::reader& from) {
  const std::uint64_t correlation = from.varint();
  intrusive_ptr<detail::call> given_up;  // Freed without the lock, since a ref in its message asks for it.
  const std::lock_guard lock(mutex_);
  given_up = incoming_.take(correlation);
  if (given_up) static_cast<void>(given_up->abandon());
}

void session::on_event_record(wire::record kind, wire::reader& from) {
  event_hub& events = home_->events();
  switch (kind) {
    case wire::record::subscribe: {
      const std::size_t before = from.size();
      event_request what{};
      what.number = from.varint();
      what.lossless = from.u8() != 0;
      what.whole_key = from.u8() != 0;
      what.name = from.text();
      what.key = from.text();
      what.fingerprint = from.u64();
      what.shape = wire::take_schema(from);
      what.bytes = sizeof what + before - from.size();
      if (!wire::is_event_key(what.name) || !wire::is_event_key(what.key)) {
        throw wire::violation("a topic that is too long, or has a zero byte");
      }
      return events.publisher().on_subscribe(*this, std::move(what));
    }
    case wire::record::unsubscribe:
      return events.publisher().on_unsubscribe(*this, from.varint());
    case wire::record::received: {
      const std::uint64_t filter = from.varint();
      return events.publisher().on_received(*this, {filter, from.varint()});
    }
    case wire::record::subscribed: {
      const std::uint64_t request = from.varint();
      const std::uint8_t code = from.u8();
      if (code >= errc_count) throw wire::violation("error code " + std::to_string(code));
      if (code != 0) {
        return events.subscriber().on_refused(
            *this, request, {static_cast<errc>(code), describe() + ": " + std::string(from.text()), {}});
      }
      const std::uint64_t filter = from.varint();
      if (filter == 0) throw wire::violation("a filter without a number");
      return events.subscriber().on_subscribed(*this, request, filter, std::string(from.text()));
    }
    case wire::record::confirmed: {
      const std::uint64_t number = from.varint();
      return events.subscriber().on_confirmed(*this, number, wire::take_marks(from));
    }
    default:
      return;
  }
}

void session::on_acknowledge(wire::reader& from) {
  const std::uint64_t up_to = from.varint();
  const std::uint64_t count = from.varint();
  if (count > from.size()) throw wire::violation("an acknowledgement with " + std::to_string(count) + " exceptions");
  std::vector<std::pair<std::uint64_t, std::uint8_t>> exceptions;
  exceptions.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t number = from.varint();
    exceptions.emplace_back(number, from.u8());
  }
  wire::sort(exceptions);

  std::vector<intrusive_ptr<detail::room_waiter>> ready;
  std::vector<dead_letter> refused;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != state::open) return;  // It has just ended, and what was under way is cut off.
    if (up_to > next_ || up_to < acknowledged_) throw wire::violation("an acknowledgement of what was not sent");
    const auto settle = [&](const sent_record& sent, std::uint8_t code) {
      outstanding_ -= sent.bytes;
      announced_[sent.target].share -= share_of(sent);
      if (code == 0) {
        ++accounts_.taken;
      } else {
        ++accounts_.refused[code < errc_count ? code : 0];
        const out_target& at = announced_[sent.target];
        if (home_->options().on_dead_letter && at.codec != nullptr && code < errc_count) {
          refused.push_back({at.codec->messages[sent.index].name, at.name, static_cast<errc>(code)});
        }
      }
      if (announced_[sent.target].gone && announced_[sent.target].share == 0) add_forget(sent.target);
    };
    auto next = exceptions.begin();
    const auto settle_held = [&](std::uint64_t number, std::uint8_t code) {
      const auto held = held_there_.find(number);
      if (held == held_there_.end() || code == wire::held) return;
      settle(held->second, code);
      held_there_.erase(held);
    };
    for (; next != exceptions.end() && next->first < acknowledged_; ++next) settle_held(next->first, next->second);
    for (; acknowledged_ < up_to; ++acknowledged_) {
      const sent_record sent = unacknowledged_.front();
      unacknowledged_.pop_front();
      std::uint8_t code = 0;
      for (; next != exceptions.end() && next->first == acknowledged_; ++next) {
        code = next->second;
      }
      if (code == wire::held) {
        held_there_.emplace(acknowledged_, sent);
      } else {
        settle(sent, code);
      }
    }
    ready = roomy_waiters();
    if (!batch_.empty()) flush_locked();
  }
  for (const auto& each : ready) each->on_room();
  for (const dead_letter& each : refused) home_->options().on_dead_letter(each);
}

}  // namespace zooid
