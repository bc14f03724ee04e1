// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include "cell.hpp"
#include "engine.hpp"
#include "remote_target.hpp"
#include "route.hpp"

#include <algorithm>
#include <new>
#include <utility>

// What a session receives; session.cpp has its life and what it sends. Longer than other files, because each record
// kind has its function here.

namespace zooid {
namespace {

constexpr std::uint64_t lazy_acknowledgement = 1024;  // Answers that are acknowledged together, at most.
constexpr std::size_t most_targets = 1 << 20;

/// Bytes that become a message where the receiver wants it.
struct message_source {
  const message_codec& codec;
  std::span<const std::byte> body;
  ref_codec& refs;
};

void construct_message(void* at, void* source) {
  const auto& from = *static_cast<const message_source*>(source);
  input_archive archive(from.body, &from.refs);
  from.codec.decode(archive, at);
  try {
    archive.finish();
  } catch (...) {
    if (from.codec.type->destroy != nullptr) from.codec.type->destroy(at);
    throw;
  }
}

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
    {
      const std::lock_guard lock(mutex_);
      now = state_;
      heard_ = home_->now();
    }
    if (now == state::over) return;
    if (head.kind != wire::frame::data) {
      on_greeting(head.kind, from);
      return;
    }
    if (now != state::open) throw wire::violation("data before the handshake");
    on_data(head.first, from);
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
    peer_node_ = from.u64();
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
      if (peer_node_ == 0 || origin_) throw wire::violation("a confirmation without a greeting");
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

void session::on_data(std::uint64_t first, wire::reader& from) {
  const std::lock_guard lock(in_mutex_);
  if (first != expected_) {
    throw wire::violation("record number " + std::to_string(first) + " where " + std::to_string(expected_) +
                          " was expected");
  }
  while (!from.empty()) {
    const auto kind = static_cast<wire::record>(from.u8());
    switch (kind) {
      case wire::record::target:
        on_target(from);
        break;
      case wire::record::forget:
        targets_.erase(static_cast<std::uint32_t>(from.varint()));
        break;
      case wire::record::tell:
      case wire::record::call:
        on_message(kind, from);
        break;
      case wire::record::reply:
      case wire::record::failure:
        on_answer(kind, from);
        break;
      case wire::record::cancel:
        on_cancel(from);
        break;
      case wire::record::acknowledge:
        on_acknowledge(from);
        break;
      default:
        throw wire::violation("record of unknown kind " + std::to_string(static_cast<unsigned>(kind)));
    }
  }
}

void session::on_target(wire::reader& from) {
  const auto number = static_cast<std::uint32_t>(from.varint());
  in_target fresh;
  fresh.kind = static_cast<wire::location>(from.u8());
  if (fresh.kind != wire::location::named && fresh.kind != wire::location::pinned) {
    throw wire::violation("a target of unknown kind");
  }
  fresh.number = from.u64();
  fresh.name = from.text();
  fresh.contract = from.text();
  const std::uint64_t count = from.varint();
  if (count > from.size()) throw wire::violation("a contract of " + std::to_string(count) + " messages");
  fresh.messages.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string name(from.text());
    const std::uint64_t fingerprint = from.u64();
    fresh.messages.emplace_back(std::move(name), fingerprint);
  }
  if (targets_.size() >= most_targets) throw wire::violation("too many targets in one session");
  targets_.insert_or_assign(number, std::move(fresh));
}

session::verdict session::find_receiver(in_target& to, std::uint64_t index, intrusive_ptr<detail::cell>& receiver,
                                        const message_codec*& found) {
  detail::core& core = home_->core();
  if (core.stopping()) return {errc::shutdown, "the node is stopping"};
  if (to.kind == wire::location::named) {
    if (const auto name = core.find_known(to.name)) receiver = name->current();
    if (!receiver) return {errc::no_such_service, "no service \"" + to.name + "\" runs on " + home_->endpoint()};
  } else {
    receiver = core.find_exported(to.number);
    if (!receiver) return {errc::no_such_actor, to.name + "#" + std::to_string(to.number) + " has stopped"};
  }
  const contract_codec* const contract = home_->codec_for(receiver->contract());
  if (contract == nullptr)
    return {errc::denied, "\"" + to.name + "\" has a local contract: only its own node reaches it"};
  if (to.resolved_for != contract) {
    to.resolved_for = contract;
    to.indices.clear();
    for (const auto& [name, fingerprint] : to.messages) {
      const auto same_name = [&](const message_codec& each) { return each.name == name; };
      const auto known = std::find_if(contract->messages.begin(), contract->messages.end(), same_name);
      int at = -static_cast<int>(errc::no_such_message);
      if (known != contract->messages.end()) {
        at = known->fingerprint() == fingerprint ? static_cast<int>(known - contract->messages.begin())
                                                 : -static_cast<int>(errc::incompatible);
      }
      to.indices.push_back(at);
    }
  }
  const std::string where = "\"" + to.name + "\" on " + home_->endpoint();
  if (contract->name != to.contract) {
    return {errc::incompatible,
            where + " implements the contract \"" + std::string(contract->name) + "\", not \"" + to.contract + "\""};
  }
  if (index >= to.indices.size()) return {errc::malformed, "message number " + std::to_string(index)};
  const int at = to.indices[index];
  if (at == -static_cast<int>(errc::incompatible)) {
    const auto same_name = [&](const message_codec& each) { return each.name == to.messages[index].first; };
    const auto known = std::find_if(contract->messages.begin(), contract->messages.end(), same_name);
    return {errc::incompatible, where + " knows " + to.messages[index].first + " differently: " + known->describe()};
  }
  if (at < 0) return {errc::no_such_message, where + " does not know the message " + to.messages[index].first};
  found = &contract->messages[static_cast<std::size_t>(at)];
  return {};
}

session::verdict session::deliver(in_target& to, std::uint64_t index, const actor_id& sender,
                                  std::span<const std::byte> body, detail::call* answer, const message_codec** found,
                                  const intrusive_ptr<detail::cell>& receiver) {
  const message_codec& codec = **found;
  message_source source{codec, body, *home_};
  detail::request what{receiver->contract(),
                       codec.type,
                       static_cast<std::size_t>(to.indices[index]),
                       &construct_message,
                       &source,
                       nullptr,
                       static_cast<std::uint32_t>(std::max<std::size_t>(codec.type->size, body.size())),
                       sender,
                       answer};
  try {
    const errc why = receiver->accept(what);
    if (why == errc{}) return {};
    return {why, why == errc::overloaded ? "the mailbox of " + receiver->describe() + " is full"
                                         : receiver->describe() + " has stopped"};
  } catch (const std::exception& broken) {
    return {errc::malformed, std::string(codec.name) + " could not be decoded: " + broken.what()};
  }
}

void session::on_message(wire::record kind, wire::reader& from) {
  const auto number = static_cast<std::uint32_t>(from.varint());
  const std::uint64_t index = from.varint();
  const actor_id sender{peer_node_, from.varint()};
  std::uint64_t correlation = 0;
  std::uint64_t left = 0;
  std::vector<detail::call_id> ancestry;
  if (kind == wire::record::call) {
    correlation = from.varint();
    left = from.varint();
    const std::uint64_t waiting = from.varint();
    if (waiting > from.size() / 16) throw wire::violation("a call chain of " + std::to_string(waiting));
    ancestry.reserve(waiting);
    for (std::uint64_t i = 0; i < waiting; ++i) {
      const std::uint64_t node = from.u64();
      ancestry.push_back({node, from.u64()});
    }
  }
  const std::span<const std::byte> body = from.bytes(from.u32());
  const auto found_target = targets_.find(number);
  if (found_target == targets_.end()) throw wire::violation("target number " + std::to_string(number));
  in_target& to = found_target->second;
  const std::uint64_t sequence = expected_++;

  intrusive_ptr<detail::cell> receiver;
  const message_codec* codec = nullptr;
  verdict result = find_receiver(to, index, receiver, codec);
  intrusive_ptr<detail::call> answer;
  if (kind == wire::record::call && result.why == errc{}) {
    if (codec->reply == nullptr) {
      result = {errc::no_such_message, std::string(codec->name) + " has no reply here: it can only be told"};
    } else if (!to.held.empty()) {
      result = {errc::overloaded, "the mailbox of " + receiver->describe() + " is full"};
    } else {
      answer = detail::call::make(*codec->type, *codec->reply_type, true);
      answer->caller = port_;
      answer->correlation = correlation;
      answer->codec = codec->reply;
      const time_point now = home_->now();
      constexpr std::uint64_t a_year = std::uint64_t{365} * 24 * 3600 * 1'000'000;
      answer->deadline = now + std::chrono::microseconds(std::min(left, a_year));
      if (!ancestry.empty())
        answer->ancestry = std::make_unique<const std::vector<detail::call_id>>(std::move(ancestry));
      const std::lock_guard lock(mutex_);
      if (!incoming_.emplace(correlation, answer).second) throw wire::violation("a correlation number used twice");
    }
  }
  if (result.why == errc{}) {
    result = to.held.empty() ? deliver(to, index, sender, body, answer.get(), &codec, receiver)
                             : verdict{errc::overloaded, {}};
    if (result.why == errc::overloaded && kind == wire::record::tell) {
      held_message kept{sequence, index, sender, byte_buffer(body.size())};
      kept.body.append(body.data(), body.size());
      hold(number, to, std::move(kept), receiver);
      const std::lock_guard lock(mutex_);
      owe(sequence, wire::held);
      return;
    }
  }
  const std::lock_guard lock(mutex_);
  received_ = expected_;
  owes_soon_ = true;
  if (result.why == errc{}) return;
  exceptions_.emplace_back(sequence, static_cast<std::uint8_t>(result.why));
  if (kind == wire::record::call) {
    incoming_.erase(correlation);
    add_failure(correlation, {result.why, std::move(result.detail), {}});
  } else {
    home_->core().refused(result.why);
  }
}

/// With mutex_ held: the other side is to be told of `sequence`.
void session::owe(std::uint64_t sequence, std::uint8_t code) {
  received_ = std::max(received_, sequence + 1);
  exceptions_.emplace_back(sequence, code);
  owes_soon_ = true;
}

// A full mailbox does not stop the others: what is for it is kept here, and uses up the sender's credit, until there is
// room for it.

void session::hold(std::uint32_t number, in_target& at, held_message what,
                   const intrusive_ptr<detail::cell>& receiver) {
  at.held.push_back(std::move(what));
  if (std::exchange(at.waits_for_room, true)) return;
  receiver->when_room(make_intrusive<held_room>(*this, number));
}

void session::room_for(std::uint32_t target) noexcept {
  const std::lock_guard lock(mutex_);
  roomy_.push_back(target);
  schedule_flush();
}

void session::run() {
  std::vector<std::uint32_t> roomy;
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    roomy.swap(roomy_);
  }
  if (!roomy.empty()) {
    const std::lock_guard lock(in_mutex_);
    for (const std::uint32_t each : roomy) retry_held(each);
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
  while (!at.held.empty()) {
    held_message& next = at.held.front();
    intrusive_ptr<detail::cell> receiver;
    const message_codec* codec = nullptr;
    verdict result = find_receiver(at, next.index, receiver, codec);
    if (result.why == errc{}) {
      result = deliver(at, next.index, next.sender, next.body.view(), nullptr, &codec, receiver);
    }
    if (result.why == errc::overloaded) {
      at.waits_for_room = true;
      receiver->when_room(make_intrusive<held_room>(*this, number));
      return;
    }
    if (result.why != errc{}) home_->core().refused(result.why);
    const std::lock_guard lock(mutex_);
    owe(next.sequence, static_cast<std::uint8_t>(result.why));
    at.held.pop_front();
  }
}

// Answers and acknowledgements to what was sent from here.

void session::on_answer(wire::record kind, wire::reader& from) {
  const std::uint64_t correlation = from.varint();
  ++expected_;
  intrusive_ptr<detail::call> answered;
  {
    const std::lock_guard lock(mutex_);
    received_ = expected_;
    if (const auto found = pending_.find(correlation); found != pending_.end()) {
      answered = std::move(found->second);
      pending_.erase(found);
    }
  }
  if (kind == wire::record::reply) {
    const std::span<const std::byte> body = from.bytes(from.u32());
    if (!answered) return;
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
    error why{take_errc(from), std::string(from.text()), {}};
    const std::uint64_t links = from.varint();
    if (links > detail::call::longest_chain) throw wire::violation("an error's chain of " + std::to_string(links));
    for (std::uint64_t i = 0; i < links; ++i) why.chain.emplace_back(from.text());
    if (!answered) return;
    answered->fail(std::move(why));
  }
  detail::call::complete(std::move(answered));
}

void session::on_cancel(wire::reader& from) {
  const std::uint64_t correlation = from.varint();
  intrusive_ptr<detail::call> given_up;  // Freed without the lock, since a ref in its message asks for it.
  const std::lock_guard lock(mutex_);
  const auto found = incoming_.find(correlation);
  if (found == incoming_.end()) return;
  given_up = std::move(found->second);
  incoming_.erase(found);
  static_cast<void>(given_up->abandon());
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
  std::stable_sort(exceptions.begin(), exceptions.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });

  std::vector<intrusive_ptr<detail::room_waiter>> ready;
  {
    const std::lock_guard lock(mutex_);
    if (up_to > next_ || up_to < acknowledged_) throw wire::violation("an acknowledgement of what was not sent");
    const auto settle = [this](const sent_record& sent, std::uint8_t code) {
      outstanding_ -= sent.bytes;
      shares_[sent.target] -= sent.bytes;
      if (code == 0) {
        ++accounts_.taken;
      } else {
        ++accounts_.refused[code < errc_count ? code : 0];
      }
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
}

}  // namespace zooid
