// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology_draft.hpp"

/// The steps that make a topology of a draft, in this order; load_topology takes them. Service number i of the topology
/// is number i of the draft.

/// `needs`, `calls`, `hears`, `until`: from names to indices. Complains about what has no such name, and about services
/// that need each other; sets `level`, if no circle forbids it.
void link_services(const topology_draft& draft, topology& made, complaints& wrong);

/// Complains about endpoints that are malformed, and empties them; and about those that are there twice.
void check_endpoints(topology& made, complaints& wrong);

/// Takes a port for each service that has a TCP endpoint; complains about what is in use, TCP or ipc.
void hold_ports(topology& made, complaints& wrong);
