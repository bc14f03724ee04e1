// SPDX-License-Identifier: Apache-2.0
#include "graph_rates.hpp"

#include "door_client.hpp"
#include "failure.hpp"
#include "node_counts.hpp"
#include "print.hpp"

namespace {

/// Nothing when the counter went back: then the node was started, or their session begun, anew in between.
std::optional<double> rate(std::uint64_t before, std::uint64_t after, const node_figures& from,
                           const node_figures& to) {
  const std::chrono::duration<double> time = to.at - from.at;
  if (from.node != to.node || after < before || time.count() <= 0) return {};
  return static_cast<double>(after - before) / time.count();
}

std::string in_words(double per_second) {
  std::string words = with_digits(per_second) + "/s";
  const std::size_t digits = words.find_first_not_of("0123456789");
  for (std::size_t i = digits; i > 3; i -= 3) words.insert(i - 3, ",");
  return words;
}

/// Of the counters by peer, the one of that node: it is named by where it listens, or by its id.
std::uint64_t count_with(const std::map<std::string, std::uint64_t>& by_peer, const node_figures& other) {
  for (const std::string& name : {other.endpoint, "node " + other.node}) {
    if (const auto found = by_peer.find(name); found != by_peer.end()) return found->second;
  }
  return 0;
}

/// What went from one node to another, at one of two moments.
struct hop {
  const node_figures& from;
  const node_figures& to;
};

std::optional<double> rate_of_events(const hop& before, const hop& after) {
  if (before.from.node != after.from.node) return {};
  return rate(count_with(before.to.events, before.from), count_with(after.to.events, after.from), before.to, after.to);
}

/// The sender knows it, or else the receiver does; the same one for both moments.
std::optional<double> rate_of_messages(const hop& before, const hop& after) {
  const bool sender_knows = count_with(after.from.sent, after.to) != 0;
  const auto count = [&](const hop& at) {
    return sender_knows ? count_with(at.from.sent, at.to) : count_with(at.to.received, at.from);
  };
  if (before.to.node != after.to.node) return {};
  return rate(count(before), count(after), before.from, after.from);
}

}  // namespace

node_figures make_figures(const ordered_json& stats, const ordered_json& description) {
  node_figures made;
  made.at = std::chrono::steady_clock::now();
  made.node = description.at("node").get<std::string>();
  made.endpoint = description.at("endpoint").get<std::string>();
  const node_counts counts = read_counts(stats);
  made.handled = counts.handled;
  made.queued = counts.queued;
  for (const ordered_json& each : stats.at("peers")) {
    const auto peer = each.at("peer").get<std::string>();
    made.sent[peer] += each.at("sent").get<std::uint64_t>();
    made.received[peer] += each.at("received").get<std::uint64_t>();
    made.events[peer] += each.at("events").get<std::uint64_t>();
  }
  return made;
}

figures ask_figures(const topology& of, const running_topology& running, std::chrono::milliseconds patience,
                    const tool_keys& keys) {
  figures all;
  for (const service_plan& each : of.services) {
    all.emplace_back();
    const auto endpoint = running.endpoints.find(each.name);
    if (endpoint == running.endpoints.end()) continue;
    try {
      door_client node(endpoint->second, patience, keys_of_several(keys, endpoint->second));
      const std::string description = node.ask("zooid", "describe", R"({"service": "zooid"})");
      const std::string stats = node.ask("zooid", "stats", "{}");
      all.back() = make_figures(parse_answer(stats, node.endpoint()), parse_answer(description, node.endpoint()));
    } catch (const failure& why) {
      if (why.code() == exit_code::usage) throw;  // The others are drawn as services that were not reached.
    }
  }
  return all;
}

void add_rates(graph& picture, const figures& before, const figures& after) {
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    graph_box& box = picture.boxes[i];
    if (box.endpoint.empty()) continue;
    box.rate = "not reached";
    if (!after[i]) continue;
    box.endpoint = shown_endpoint(after[i]->endpoint);
    const auto handled = before[i] ? rate(before[i]->handled, after[i]->handled, *before[i], *after[i]) : std::nullopt;
    box.rate = handled ? in_words(*handled) : "started just now";
    if (after[i]->queued > 0) box.rate += ", " + std::to_string(after[i]->queued) + " queued";
  }
  for (graph_arrow& arrow : picture.arrows) {
    if (arrow.is == graph_arrow::kind::need) continue;
    const auto &from_before = before[arrow.from], &from = after[arrow.from];
    const auto &to_before = before[arrow.to], &to = after[arrow.to];
    if (!from_before || !from || !to_before || !to) continue;
    const hop then{*from_before, *to_before};
    const hop now{*from, *to};
    const auto per_second =
        arrow.is == graph_arrow::kind::event ? rate_of_events(then, now) : rate_of_messages(then, now);
    if (per_second) arrow.rate = in_words(*per_second);
  }
}
