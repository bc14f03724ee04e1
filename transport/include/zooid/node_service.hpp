// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/contract.hpp>

namespace zooid {

/// The service that every node runs under the reserved name "zooid":
/// `node.find<zooid::node_service>("tcp://host:port/zooid").call<zooid::service::ping>()`.
namespace service {

/// Answered at once, as long as the node handles messages.
struct ping {
  using reply = void;
};
/// Does the node accept work? False once it is stopping.
struct ready {
  using reply = bool;
};

}  // namespace service

struct node_service : contract<"zooid", service::ping, service::ready> {};

}  // namespace zooid
