// SPDX-License-Identifier: Apache-2.0
#include "opponents.hpp"

#include <array>
#include <utility>

namespace bench {

namespace {

/// An optional system. Without its packages it has no contribution.
struct opponent {
  std::string_view name;
  std::string_view packages;  ///< Debian's.
  contribution (*contribute)() = nullptr;
};

constexpr std::array<opponent, 5> all_opponents{{
    {"caf", "libcaf-dev",
#ifdef BENCH_WITH_CAF
     caf_contribution
#endif
    },
    {"capnp", "libcapnp-dev with capnproto",
#ifdef BENCH_WITH_CAPNP
     capnp_contribution
#endif
    },
    {"grpc", "libgrpc++-dev with protobuf-compiler-grpc",
#ifdef BENCH_WITH_GRPC
     grpc_contribution
#endif
    },
    {"nats", "libnats-dev",
#ifdef BENCH_WITH_NATS
     nats_contribution
#endif
    },
    {"nng", "libnng-dev",
#ifdef BENCH_WITH_NNG
     nng_contribution
#endif
    },
}};

}  // namespace

std::vector<workload> with_opponents(std::vector<workload> workloads) {
  for (const opponent& one : all_opponents) {
    if (one.contribute == nullptr) continue;
    for (const entry& added : one.contribute().entries) {
      for (workload& load : workloads) {
        if (load.name == added.workload) load.entrants.push_back({one.name, added.measure});
      }
    }
  }
  return workloads;
}

std::vector<server> with_opponents(std::vector<server> servers) {
  for (const opponent& one : all_opponents) {
    if (one.contribute == nullptr) continue;
    for (const server& added : one.contribute().servers) servers.push_back(added);
  }
  return servers;
}

void require_built(const std::string& name) {
  for (const opponent& one : all_opponents) {
    if (one.name == name && one.contribute == nullptr) {
      throw unknown_name(name + " was not built in, since " + std::string(one.packages) +
                         " was not found: `cmake/setup.sh opponents` installs what all opponents need");
    }
  }
}

}  // namespace bench
