// SPDX-License-Identifier: Apache-2.0
// expect: a local_contract cannot be found from other nodes
#include <zooid/zooid.hpp>

struct Move {};
struct Inside : zooid::local_contract<Move> {};

void use(zooid::node& node) { static_cast<void>(node.find<Inside>("inside")); }
