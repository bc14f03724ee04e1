// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <string>

/// Answered with a greeting.
struct Greet {
  using reply = std::string;
  std::string name{};
};
/// What the server publishes of each greeting.
struct Greeted {
  std::string name;
};
/// What client and server both know.
struct Greeter : zooid::contract<"greeter", Greet> {};
