// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

// Systems of others that are built in when what they need is found.

namespace bench {

/// Where one takes part.
struct entry {
  std::string_view workload;
  outcome (*measure)(){};
};

/// What an optional system adds to the program. Each is defined in a target of its own.
struct contribution {
  std::vector<entry> entries;
  std::vector<server> servers;
};
[[nodiscard]] contribution caf_contribution();
[[nodiscard]] contribution capnp_contribution();
[[nodiscard]] contribution grpc_contribution();
[[nodiscard]] contribution nats_contribution();
[[nodiscard]] contribution nng_contribution();

/// Add those that were built in.
[[nodiscard]] std::vector<workload> with_opponents(std::vector<workload> workloads);
[[nodiscard]] std::vector<server> with_opponents(std::vector<server> servers);

/// Throws unknown_name when `opponent` is one that was not built in; the message says what it needs.
void require_built(const std::string& opponent);

}  // namespace bench
