// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <stdexcept>
#include <string>

/// What client and server both know: the functions that can be called from other programs.
struct Calculator {
  virtual ~Calculator() = default;
  virtual int add(int, int) = 0;
  virtual int divide(int, int) = 0;
  virtual std::string send(const std::string&) = 0;
  using contract = zooid::interface<"calculator", &Calculator::add, &Calculator::divide, &Calculator::send>;
};

/// What only the server knows.
class PocketCalculator : public Calculator {
 public:
  int add(int a, int b) override { return a + b; }
  int divide(int a, int b) override {
    if (b == 0) throw std::domain_error("division by zero");
    return a / b;
  }
  std::string send(const std::string& text) override { return "send message " + text; }
};
