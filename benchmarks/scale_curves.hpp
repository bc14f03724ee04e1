// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace bench {

/// One point of a curve: what a system reached at `x`, in the curve's unit. Each throws when it fails or when a message
/// is missing or was changed, starts what it needs itself, and has ended everything when it returns.
double zooid_actors(std::uint64_t actors);
double zooid_links(std::uint64_t peers);
double zooid_size(std::uint64_t bytes);
double libzmq_size(std::uint64_t bytes);
double zooid_worker_threads(std::uint64_t workers);
double zooid_subscribers(std::uint64_t subscribers);
double zooid_subscriber_nodes(std::uint64_t subscribers);

/// The other processes: each prints one line for each of its `nodes` that says where it listens, and serves until it is
/// told to finish. `services`: to the listeners, how many subscribers each node has; to the frames, how long they are.
void serve_scale_sinks(unsigned nodes, unsigned services);
void serve_scale_listeners(unsigned nodes, unsigned services);
void serve_scale_chunks(unsigned nodes, unsigned services);
void serve_scale_frames(unsigned nodes, unsigned services);

}  // namespace bench
