// SPDX-License-Identifier: Apache-2.0
#include "node_servant.hpp"

#include "cell.hpp"
#include "engine.hpp"
#include "event_hub.hpp"
#include "session.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace zooid {
namespace {

std::vector<service::field_description> fields_of(const schema& from, const schema_type& record) {
  std::vector<service::field_description> fields;
  for (const schema_part& each : record.parts) fields.push_back({each.name, from.name_of(each.type)});
  return fields;
}

service::message_description describe_message(std::string_view name, const schema& from) {
  service::message_description text;
  text.name = name;
  const schema_type& message = from.types[from.message];
  if (message.kind == type_kind::record) text.fields = fields_of(from, message);
  if (from.reply != schema::no_reply) {
    text.reply = from.reply == schema::void_reply ? "void" : from.name_of(from.reply);
  }
  for (std::uint32_t i = 0; i < from.types.size(); ++i) {
    const schema_type& each = from.types[i];
    if (i != from.message && each.kind == type_kind::record) text.structs.push_back({each.name, fields_of(from, each)});
  }
  return text;
}

template <class Counts>
std::map<std::string, std::uint64_t> by_name(const Counts& count_of) {
  std::map<std::string, std::uint64_t> named;
  for (std::size_t i = 1; i < errc_count; ++i) {
    if (const std::uint64_t count = count_of(i); count != 0) {
      named.emplace(to_string(static_cast<errc>(i)), count);
    }
  }
  return named;
}

}  // namespace

bool node_servant::on(const service::ready&) const { return !home_.core().stopping(); }

result<service::node_description> node_servant::on(const service::describe& asked) const {
  service::node_description all;
  all.node = to_hex(home_.core().id());
  all.endpoint = home_.endpoint();
  event_publisher& publisher = home_.events().publisher();
  if (home_.options().door) {
    try {
      publisher.open();             // Whoever asks may want to subscribe.
    } catch (const setup_error&) {  // Then there is nothing to subscribe to.
    }
  }
  all.events = publisher.endpoint(event_flow::lossy);
  for (const auto& each : home_.core().services()) {
    const std::string name = each->describe();
    if (!asked.service.empty() && asked.service != name) continue;
    const intrusive_ptr<detail::cell> carrier = each->current();
    const known_contract* const known = carrier ? home_.known(carrier->contract()) : nullptr;
    if (known == nullptr) continue;  // A local one, or one that is not offered to others.
    service::service_description text{name, std::string(known->codec->name), {}};
    for (std::size_t i = 0; i < known->schemas.size(); ++i) {
      text.messages.push_back(describe_message(known->codec->messages[i].name, known->schemas[i]));
    }
    all.services.push_back(std::move(text));
  }
  if (!asked.service.empty()) {
    if (all.services.empty()) {
      return error{errc::no_such_service, "no service \"" + asked.service + "\" runs on " + home_.endpoint(), {}};
    }
    return all;
  }
  for (const auto& [name, type] : publisher.types()) {
    all.types_of_events.push_back({describe_message(name, type.shape), type.lossless});
  }
  return all;
}

service::node_stats node_servant::on(const service::stats&) const {
  service::node_stats all;
  const accounts sums = home_.core().accounts();
  all.taken = sums.taken;
  all.handled = sums.handled;
  all.queued = sums.queued;
  all.refused = by_name([&](std::size_t i) { return sums.refused[i]; });
  all.dead_letters = by_name([&](std::size_t i) { return sums.dead_letters[i]; });
  for (const auto& each : home_.core().services()) {
    service::service_stats one;
    one.name = each->describe();
    one.handled = each->counters.handled();
    for (const auto& carrier : each->carriers()) {
      one.queued += carrier->queued();
      one.handled += carrier->handled();
    }
    one.refused = by_name([&](std::size_t i) { return each->counters.refused_by(i); });
    one.handler_nanoseconds = each->counters.time().count();
    all.services.push_back(std::move(one));
  }
  for (const session_accounts& each : home_.sessions()) {
    service::peer_stats one;
    one.peer = each.peer;
    one.sent = each.sent;
    one.taken = each.taken;
    one.refused = by_name([&](std::size_t i) { return each.refused[i]; });
    one.cut_off = each.cut_off;
    one.in_flight = each.in_flight;
    one.received = each.received;
    one.credit_used = each.credit_used;
    one.credit = each.over ? 0 : home_.options().session_credit;
    one.events = each.events;
    all.peers.push_back(std::move(one));
  }
  return all;
}

result<void> node_servant::on(const service::publish& event) const {
  try {
    const errc why = home_.events().publisher().publish_text(event.event, event.key, event.json);
    if (why == errc{}) return {};
    const std::string what = "the event " + event.event + " was not published";
    switch (why) {
      case errc::no_such_message:
        return error{why, what + ": nothing on this node has published it or subscribed to it", {}};
      case errc::denied:
        return error{why, what + ": this node has no node_options::door", {}};
      case errc::overloaded:
        return error{why, what + ": its slowest subscriber has no room", {}};
      case errc::malformed:
        return error{why, what + ": it cannot be encoded, or its key is longer than 1024 bytes or has a zero byte", {}};
      default:
        return error{why, what, {}};
    }
  } catch (const codec_error& broken) {
    return error{errc::malformed, "the event " + event.event + " was not published: " + broken.what(), {}};
  }
}

}  // namespace zooid
