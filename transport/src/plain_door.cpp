// SPDX-License-Identifier: Apache-2.0
#include "plain_door.hpp"

#include "cell.hpp"
#include "member_alarm.hpp"
#include "message_source.hpp"

#include <algorithm>
#include <utility>

namespace zooid {
namespace {

constexpr std::size_t most_text = std::size_t{4} << 20;      // Bytes of a request's JSON.
constexpr std::size_t most_envelope = std::size_t{4} << 10;  // Bytes that are sent back.
constexpr std::size_t longest_name = 256;
constexpr std::string_view nothing = "null";

std::string_view as_text(std::span<const std::byte> part) {
  return {reinterpret_cast<const char*>(part.data()), part.size()};
}

byte_buffer as_bytes(std::string_view text) {
  byte_buffer bytes(text.size());
  bytes.append(text.data(), text.size());
  return bytes;
}

/// {"error": "...", "detail": "..."}
schema make_error_shape() {
  schema shape;
  shape.types.push_back({type_kind::record, "error", {{"error", 1}, {"detail", 1}}, 0, 0});
  shape.types.push_back({type_kind::string, "string", {}, 0, 0});
  return shape;
}

std::string write_error(const text_codec& codec, std::string_view status, std::string detail) {
  const schema shape = make_error_shape();
  for (;;) {
    byte_buffer encoded;
    output_archive archive(encoded);
    const std::size_t begin = archive.begin_record();
    archive(std::string(status), detail);
    archive.end_record(begin);
    std::string text;
    try {
      codec.write(text, shape, shape.message, encoded.view());
      return text;
    } catch (const codec_error&) {  // Whose words are no text?
      std::replace_if(detail.begin(), detail.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    }
  }
}

std::string list_messages(const contract_codec& of) {
  std::string text;
  for (const message_codec& each : of.messages) text.append(text.empty() ? "" : ", ").append(each.name);
  return text;
}

}  // namespace

plain_door::plain_door(engine& home, std::shared_ptr<const text_codec> codec)
    : home_(&home), codec_(std::move(codec)) {}

plain_door::~plain_door() = default;

void plain_door::on_request(std::span<const std::span<const std::byte>> parts, foreign_answer answer) noexcept try {
  constexpr std::size_t asked = 3;
  // Before service, message and text: the requester's envelope, which ends in an empty part. What is none is sent back
  // up to where its sender's socket would look for the answer.
  std::size_t envelope = parts.size() > asked ? parts.size() - asked : 0;
  const bool is_whole = parts.size() >= asked && (envelope == 0 || parts[envelope - 1].empty());
  if (!is_whole) {
    const auto before_last = parts.empty() ? parts.end() : parts.end() - 1;
    const auto empty = std::find_if(parts.begin(), before_last, [](const auto& part) { return part.empty(); });
    if (empty != before_last) envelope = static_cast<std::size_t>(empty - parts.begin()) + 1;
  }
  requester who{{}, std::move(answer)};
  std::size_t size = 0;
  for (std::size_t i = 0; i < envelope; ++i) {
    size += parts[i].size();
    if (size > most_envelope) return;  // Nobody's envelope.
    who.envelope.push_back(as_bytes(as_text(parts[i])));
  }
  if (!is_whole) {
    return refuse(who, {errc::malformed,
                        "expected service, message and JSON as the last three parts, and before them nothing, or an "
                        "envelope that ends in an empty part",
                        {}});
  }
  const auto last = parts.last(asked);
  handle(who, {as_text(last[0]), as_text(last[1]), as_text(last[2])});
} catch (...) {
  // No memory is left: he is not answered.
}

void plain_door::handle(requester& who, const text_request& what) {
  const auto no = [&](errc code, std::string detail) { refuse(who, {code, std::move(detail), {}}); };
  if (!codec_) return no(errc::incompatible, {});
  if (what.service.size() > longest_name || what.message.size() > longest_name) {
    return no(errc::malformed, "a name of more than " + std::to_string(longest_name) + " bytes");
  }
  if (what.text.size() > most_text) {
    return no(errc::too_large, "more than " + std::to_string(most_text) + " bytes of JSON");
  }
  detail::core& core = home_->core();
  if (core.stopping()) return no(errc::shutdown, "the node is stopping");
  const std::string service(what.service);
  const intrusive_ptr<detail::slot> slot = core.find_known(service);
  const intrusive_ptr<detail::cell> to = slot ? slot->current() : nullptr;
  if (!to) return no(errc::no_such_service, "no service \"" + service + "\" runs on " + home_->endpoint());
  const known_contract* const contract = home_->known(to->contract());
  if (contract == nullptr) {
    return no(errc::denied, "\"" + service + "\" has a contract that this node does not offer to others");
  }
  const auto& messages = contract->codec->messages;
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [&](const message_codec& each) { return each.name == what.message; });
  if (found == messages.end()) {
    return no(errc::no_such_message, "\"" + service + "\" does not know the message \"" + std::string(what.message) +
                                         "\"; it knows " + list_messages(*contract->codec));
  }
  const auto index = static_cast<std::size_t>(found - messages.begin());
  const schema& shape = contract->schemas[index];
  std::string obstacle = codec_->obstacle(shape, shape.message);
  if (obstacle.empty() && shape.reply < schema::void_reply) obstacle = codec_->obstacle(shape, shape.reply);
  if (!obstacle.empty()) return no(errc::incompatible, "only nodes can send it: " + obstacle);

  byte_buffer body;
  try {
    codec_->read(body, shape, shape.message, what.text);
  } catch (const codec_error& why) {
    return no(errc::malformed, why.what());
  }
  if (body.size() > home_->options().frame_limit) return no(errc::too_large, "larger than the frame limit");
  message_source source{*found, body.view(), *home_};
  detail::request request{to->contract(),
                          found->type,
                          index,
                          &construct_message,
                          &source,
                          nullptr,
                          static_cast<std::uint32_t>(std::max<std::size_t>(found->type->size, body.size())),
                          {},
                          nullptr};
  if (found->reply != nullptr) return call(who, shape, *found, *to, request);
  const error why = deliver(*to, request);
  if (why.code != errc{}) return refuse(who, why);
  give(who, "ok", nothing);
}

error plain_door::deliver(detail::cell& to, const detail::request& what) {
  try {
    const errc why = to.accept(what);
    if (why == errc{}) return {};
    detail::count_refusal(to, why);
    return {why,
            why == errc::overloaded ? "the mailbox of " + to.describe() + " is full" : to.describe() + " has stopped",
            {}};
  } catch (const std::exception& broken) {
    detail::count_refusal(to, errc::malformed);
    return {errc::malformed, broken.what(), {}};
  } catch (...) {  // From a user's own serialize.
    detail::count_refusal(to, errc::malformed);
    return {errc::malformed, std::string(what.type->name) + " could not be made", {}};
  }
}

void plain_door::call(requester& who, const schema& shape, const message_codec& codec, detail::cell& to,
                      detail::request& what) {
  detail::core& core = home_->core();
  intrusive_ptr<detail::call> made = detail::call::make(*codec.type, *codec.reply_type, true);
  made->codec = codec.reply;
  made->caller = intrusive_ptr<detail::target>(this);
  what.answer = made.get();
  const time_point now = home_->now();
  std::uint64_t number = 0;
  errc why{};
  bool arm = false;
  {
    const std::lock_guard lock(mutex_);
    // Half of them, so that programs outside cannot use up all calls of the node.
    const bool full = visits_.size() >= (std::size_t{core.options().pending_calls} + 1) / 2;
    if (closed_) {
      why = errc::shutdown;
    } else if (full || !core.begin_call()) {
      why = errc::overloaded;
    } else {
      number = ++next_;
      made->correlation = number;
      made->deadline = now + std::min<duration>(core.options().call_timeout, duration::max() / 4);
      arm = !std::exchange(armed_, true);
      visits_.emplace(number, visit{std::move(who), made, &shape});
    }
  }
  if (why != errc{}) {
    core.refused(why);
    return refuse(who, {why, why == errc::shutdown ? "the node is stopping" : "too many calls are under way", {}});
  }
  if (arm) core.scheduler().at(made->deadline, make_intrusive<member_alarm<plain_door>>(*this, &plain_door::expire));
  const error refused = deliver(to, what);
  if (refused.code == errc{}) return;
  visit ended = take(number);
  if (ended.made) refuse(ended.who, refused);
}

/// Whoever gets it answers it.
plain_door::visit plain_door::take(std::uint64_t number) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = visits_.find(number);
  if (found == visits_.end()) return {};
  visit taken = std::move(found->second);
  visits_.erase(found);
  home_->core().end_call();
  return taken;
}

void plain_door::completed(intrusive_ptr<detail::call> answered) noexcept {
  visit ended = take(answered->correlation);
  if (!ended.made) return;
  home_->core().scheduler().expect_silence();
  if (const error* const why = answered->answered_failure()) return refuse(ended.who, *why);
  try {
    give(ended.who, "ok", write_reply(*answered, *ended.shape, answered->reply_storage()));
  } catch (const call_error& why) {
    refuse(ended.who, why.why());
  } catch (const std::exception& why) {
    refuse(ended.who, {errc::malformed, "the reply could not be written: " + std::string(why.what()), {}});
  } catch (...) {  // From a user's own serialize.
    refuse(ended.who, {errc::malformed, "the reply could not be written", {}});
  }
}

std::string plain_door::write_reply(const detail::call& of, const schema& shape, void* reply) const {
  if (shape.reply == schema::void_reply) return std::string(nothing);
  byte_buffer encoded;
  output_archive archive(encoded, home_.get());
  static_cast<const reply_codec*>(of.codec)->encode(archive, reply);
  std::string text;
  codec_->write(text, shape, shape.reply, encoded.view());
  if (text.size() > home_->options().frame_limit) {
    throw call_error(errc::too_large, "the reply to " + std::string(of.type->name) + " is larger than the frame limit");
  }
  return text;
}

void plain_door::expire() noexcept {
  const time_point now = home_->now();
  for (;;) {
    visit late;
    time_point next{};
    {
      const std::lock_guard lock(mutex_);
      if (visits_.empty()) {
        armed_ = false;
        return;
      }
      const auto first = visits_.begin();
      next = first->second.made->deadline;
      if (next <= now) {
        late = std::move(first->second);
        visits_.erase(first);
        home_->core().end_call();
      }
    }
    if (!late.made)
      return home_->core().scheduler().at(next, make_intrusive<member_alarm<plain_door>>(*this, &plain_door::expire));
    static_cast<void>(late.made->abandon());
    refuse(late.who, {errc::timeout, std::string(late.made->type->name) + " was not answered in time", {}});
  }
}

void plain_door::close() noexcept {
  std::map<std::uint64_t, visit> cut_off;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    cut_off.swap(visits_);
  }
  for (auto& [number, each] : cut_off) {
    home_->core().end_call();
    static_cast<void>(each.made->abandon());
    refuse(each.who, {errc::shutdown, "the node is stopping", {}});
  }
}

void plain_door::give(requester& to, std::string_view status, std::string_view text) const {
  std::vector<byte_buffer> parts = std::move(to.envelope);
  parts.push_back(as_bytes(status));
  parts.push_back(as_bytes(text));
  to.answer(std::move(parts));
}

void plain_door::refuse(requester& to, const error& why) const noexcept try {
  const std::string_view status = to_string(why.code);
  if (codec_) return give(to, status, write_error(*codec_, status, why.detail));
  give(to, to_string(errc::incompatible),
       R"({"error":"incompatible","detail":"this node speaks to other nodes only: it has no node_options::door"})");
} catch (...) {
  // No memory is left: he is not answered.
}

}  // namespace zooid
