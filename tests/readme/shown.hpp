// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include "catch.hpp"

#include <chrono>
#include <iostream>
#include <sstream>
#include <streambuf>
#include <string>

// What several of the pages' blocks use.

using namespace std::chrono_literals;

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};

struct PoliteGreeter {
  using contract = Greeter;
  std::string on(const Greet& greet) { return "hello, " + greet.name; }
};

/// What is written to a stream while it lives.
class printed {
 public:
  explicit printed(std::ostream& to = std::cout) : stream_(to), before_(to.rdbuf(text_.rdbuf())) {}
  printed(printed&&) = delete;
  ~printed() { stream_.rdbuf(before_); }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* before_;
};
