// SPDX-License-Identifier: Apache-2.0
#include "caf_entrants.hpp"

#include "opponents.hpp"

namespace bench {

contribution caf_contribution() {
  return {{{"local-tell", caf_local_tell},
           {"local-fan-in", caf_local_fan_in},
           {"local-ping-pong", caf_local_ping_pong},
           {"local-ping-pong-100", caf_local_ping_pong_100},
           {"local-call", caf_local_call},
           {"spawn", caf_spawn},
           {"remote-tell-64", caf_remote_tell_64},
           {"remote-tell-1k", caf_remote_tell_1k},
           {"remote-call-latency", caf_remote_call_latency},
           {"remote-call-pipelined", caf_remote_call_pipelined}},
          {{"caf-sink", serve_caf_sink}}};
}

}  // namespace bench
