// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/scheduler.hpp>

#include <functional>
#include <utility>

/// What a scheduler runs, made of a function.
class job final : public zooid::runnable {
 public:
  explicit job(std::function<void()> what) : what_(std::move(what)) {}
  void run() override { what_(); }

 private:
  std::function<void()> what_;
};

/// What a scheduler rings, made of a function.
class bell final : public zooid::alarm {
 public:
  explicit bell(std::function<void()> what) : what_(std::move(what)) {}
  void ring() override { what_(); }

 private:
  std::function<void()> what_;
};
