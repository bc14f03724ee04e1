// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// One number that a system reached in one round, and what it cost.
struct figure {
  std::string metric;
  double value{};
  std::uint64_t lost{};     ///< Messages that were sent and not received.
  std::uint64_t retried{};  ///< Sends that were refused at first and waited for room.
};

/// What a system did in one round. A system that has one way to do what Zooid offers two for reports its number
/// under both metrics.
struct outcome {
  std::vector<figure> figures;
};

/// The 50% and 99% quantiles, as metrics `p50` and `p99`. In: microseconds each.
[[nodiscard]] std::vector<figure> latency_figures(const std::vector<double>& microseconds, std::uint64_t lost);

/// The figures of one system in one workload (their shape: README.md). Each throws when it fails, starts what it needs
/// itself, and has ended everything when it returns.
outcome zooid_local_tell();
outcome zooid_local_fan_in();
outcome zooid_local_ping_pong();
outcome zooid_local_ping_pong_100();
outcome zooid_local_call();
outcome zooid_spawn();
outcome zooid_remote_tell_64();
outcome zooid_remote_tell_1k();
outcome zooid_remote_call_latency();
outcome zooid_remote_call_pipelined();
outcome zooid_events_1();
outcome zooid_events_4();
outcome zooid_door_call();

outcome swap_queue_local_tell();
outcome swap_queue_local_fan_in();

outcome libzmq_push_pull_local_tell();
outcome libzmq_push_pull_local_fan_in();
outcome libzmq_pair_local_ping_pong();
outcome libzmq_req_rep_local_call();
outcome libzmq_push_pull_remote_tell_64();
outcome libzmq_push_pull_remote_tell_1k();
outcome libzmq_dealer_router_remote_tell_64();
outcome libzmq_dealer_router_remote_tell_1k();
outcome libzmq_req_rep_remote_call_latency();
outcome libzmq_dealer_router_remote_call_latency();
outcome libzmq_dealer_router_remote_call_pipelined();
outcome libzmq_pub_sub_events_1();
outcome libzmq_pub_sub_events_4();
outcome libzmq_xpub_nodrop_events_1();
outcome libzmq_xpub_nodrop_events_4();
outcome libzmq_req_rep_door_call();

/// The other process of the remote workloads: prints one line that says where it listens, and serves until it was told
/// to finish.
void serve_zooid();
void serve_zooid_listener();
void serve_zooid_door();
void serve_libzmq_pull_64();
void serve_libzmq_pull_1k();
void serve_libzmq_router_sink_64();
void serve_libzmq_router_sink_1k();
void serve_libzmq_router_echo();
void serve_libzmq_rep();
void serve_libzmq_listener();
void serve_libzmq_rep_texts();

}  // namespace bench
