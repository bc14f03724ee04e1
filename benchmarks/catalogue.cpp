// SPDX-License-Identifier: Apache-2.0
#include "catalogue.hpp"

#include "opponents/opponents.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace bench {

const std::vector<workload>& all_workloads() {
  static const std::vector<metric> event_metrics{{"lossless", "events/s", better::more},
                                                 {"default", "events/s", better::more},
                                                 {"default-lost", "%", better::less}};
  static const std::vector<workload> all = with_opponents(std::vector<workload>{
      {"local-tell",
       "64 B tells to one actor of the same node",
       {{"from-thread", "messages/s", better::more}, {"from-actor", "messages/s", better::more}},
       {{"zooid", zooid_local_tell},
        {"swap-queue", swap_queue_local_tell},
        {"libzmq-push-pull", libzmq_push_pull_local_tell}}},
      {"local-fan-in",
       "64 B tells of four producers to one actor of the same node",
       {{"from-threads", "messages/s", better::more}, {"from-actors", "messages/s", better::more}},
       {{"zooid", zooid_local_fan_in},
        {"swap-queue", swap_queue_local_fan_in},
        {"libzmq-push-pull", libzmq_push_pull_local_fan_in}}},
      {"local-ping-pong",
       "one pair of actors of the same node tell each other 64 B, one message in flight",
       {{"rate", "round trips/s", better::more}},
       {{"zooid", zooid_local_ping_pong}, {"libzmq-pair", libzmq_pair_local_ping_pong}}},
      {"local-ping-pong-100",
       "100 such pairs at once",
       {{"rate", "messages/s", better::more}},
       {{"zooid", zooid_local_ping_pong_100}}},
      {"local-call",
       "64 B calls, one at a time, to an actor of the same node",
       {{"awaited", "calls/s", better::more}, {"blocking", "calls/s", better::more}},
       {{"zooid", zooid_local_call}, {"libzmq-req-rep", libzmq_req_rep_local_call}}},
      {"spawn",
       "actors with an empty state, each told one message; memory of one while idle",
       {{"from-thread", "actors/s", better::more},
        {"from-actor", "actors/s", better::more},
        {"bytes", "B", better::less}},
       {{"zooid", zooid_spawn}}},
      {"remote-tell-64",
       "64 B tells to one actor of another process, tcp loopback",
       {{"from-thread", "messages/s", better::more}, {"from-actor", "messages/s", better::more}},
       {{"zooid", zooid_remote_tell_64},
        {"libzmq-push-pull", libzmq_push_pull_remote_tell_64},
        {"libzmq-dealer-router", libzmq_dealer_router_remote_tell_64}}},
      {"remote-tell-1k",
       "1,024 B tells to one actor of another process, tcp loopback",
       {{"from-thread", "messages/s", better::more}, {"from-actor", "messages/s", better::more}},
       {{"zooid", zooid_remote_tell_1k},
        {"libzmq-push-pull", libzmq_push_pull_remote_tell_1k},
        {"libzmq-dealer-router", libzmq_dealer_router_remote_tell_1k}}},
      {"remote-call-latency",
       "64 B calls, one at a time, from a thread to an actor of another process, tcp loopback",
       {{"p50", "us", better::less}, {"p99", "us", better::less}},
       {{"zooid", zooid_remote_call_latency},
        {"libzmq-req-rep", libzmq_req_rep_remote_call_latency},
        {"libzmq-dealer-router", libzmq_dealer_router_remote_call_latency}}},
      {"remote-call-pipelined",
       "64 B calls, 256 outstanding, to an actor of another process, tcp loopback",
       {{"from-thread", "calls/s", better::more}, {"from-actor", "calls/s", better::more}},
       {{"zooid", zooid_remote_call_pipelined}, {"libzmq-dealer-router", libzmq_dealer_router_remote_call_pipelined}}},
      {"events-1",
       "64 B events to one subscriber in another process, tcp loopback",
       event_metrics,
       {{"zooid", zooid_events_1},
        {"libzmq-pub-sub", libzmq_pub_sub_events_1},
        {"libzmq-xpub-nodrop", libzmq_xpub_nodrop_events_1}}},
      {"events-4",
       "64 B events to four subscribers, each in a process of its own, tcp loopback",
       event_metrics,
       {{"zooid", zooid_events_4},
        {"libzmq-pub-sub", libzmq_pub_sub_events_4},
        {"libzmq-xpub-nodrop", libzmq_xpub_nodrop_events_4}}},
      {"door-call",
       "calls in JSON, one at a time, from a REQ socket to an actor of another process, tcp loopback",
       {{"p50", "us", better::less}, {"p99", "us", better::less}, {"from-thread", "calls/s", better::more}},
       {{"zooid", zooid_door_call}, {"libzmq-req-rep", libzmq_req_rep_door_call}}},
  });
  return all;
}

const std::vector<server>& all_servers() {
  static const std::vector<server> all =
      with_opponents(std::vector<server>{{"zooid", serve_zooid},
                                         {"zooid-listener", serve_zooid_listener},
                                         {"zooid-door", serve_zooid_door},
                                         {"libzmq-pull-64", serve_libzmq_pull_64},
                                         {"libzmq-pull-1k", serve_libzmq_pull_1k},
                                         {"libzmq-router-sink-64", serve_libzmq_router_sink_64},
                                         {"libzmq-router-sink-1k", serve_libzmq_router_sink_1k},
                                         {"libzmq-router-echo", serve_libzmq_router_echo},
                                         {"libzmq-rep", serve_libzmq_rep},
                                         {"libzmq-listener", serve_libzmq_listener},
                                         {"libzmq-rep-texts", serve_libzmq_rep_texts}});
  return all;
}

namespace {

/// Insertions, deletions and replacements between the two (Wagner and Fischer, 1974).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

void require_known(std::string_view kind, const std::string& name, const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const auto nearest = *std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return edit_distance(name, a) < edit_distance(name, b);
  });
  throw unknown_name("no " + std::string(kind) + " is called \"" + name + "\": did you mean \"" + std::string(nearest) +
                     "\"? `zooid-bench list` shows all");
}

bool matches(std::string_view system, std::string_view opponent) {
  return system == opponent || (opponent == "libzmq" && system.starts_with("libzmq-"));
}

bool chosen(std::string_view system, const std::vector<std::string>& opponents) {
  return system == "zooid" || std::any_of(opponents.begin(), opponents.end(),
                                          [&](const std::string& opponent) { return matches(system, opponent); });
}

bool takes_part(const std::string& opponent, const std::vector<workload>& workloads) {
  return std::any_of(workloads.begin(), workloads.end(), [&](const workload& load) {
    return std::any_of(load.entrants.begin(), load.entrants.end(),
                       [&](const entrant& one) { return matches(one.system, opponent); });
  });
}

}  // namespace

std::vector<workload> select(const std::vector<std::string>& workloads, const std::vector<std::string>& opponents) {
  std::vector<std::string_view> workload_names{"all"};
  std::vector<std::string_view> opponent_names{"libzmq"};
  for (const workload& load : all_workloads()) {
    workload_names.push_back(load.name);
    for (const entrant& one : load.entrants) {
      if (one.system != "zooid") opponent_names.push_back(one.system);
    }
  }
  for (const std::string& name : workloads) require_known("workload", name, workload_names);
  for (const std::string& name : opponents) require_built(name);
  for (const std::string& name : opponents) require_known("opponent", name, opponent_names);

  std::vector<workload> selected;
  for (workload load : all_workloads()) {
    const bool wanted = std::any_of(workloads.begin(), workloads.end(),
                                    [&](const std::string& name) { return name == "all" || name == load.name; });
    if (!wanted) continue;
    std::erase_if(load.entrants, [&](const entrant& one) { return !chosen(one.system, opponents); });
    selected.push_back(std::move(load));
  }
  for (const std::string& opponent : opponents) {
    if (!takes_part(opponent, selected)) {
      throw unknown_name(opponent + " takes part in none of the chosen workloads: `zooid-bench list` shows its own");
    }
  }
  return selected;
}

std::vector<figure> latency_figures(const std::vector<double>& microseconds, std::uint64_t lost) {
  return {{"p50", quantile(microseconds, 0.5), lost, 0}, {"p99", quantile(microseconds, 0.99), lost, 0}};
}

}  // namespace bench
