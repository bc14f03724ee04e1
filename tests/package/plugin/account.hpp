// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/actors.hpp>

#include <string>

struct Total {
  using reply = int;
};
struct ZOOID_API Account : zooid::contract<"account", Total> {};

/// Defined in the plugin.
ZOOID_API std::string ask(zooid::actor_system& in);
