// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "entrants.hpp"

namespace bench {

outcome caf_local_tell();
outcome caf_local_fan_in();
outcome caf_local_ping_pong();
outcome caf_local_ping_pong_100();
outcome caf_local_call();
outcome caf_spawn();
outcome caf_remote_tell_64();
outcome caf_remote_tell_1k();
outcome caf_remote_call_latency();
outcome caf_remote_call_pipelined();

void serve_caf_sink();

}  // namespace bench
