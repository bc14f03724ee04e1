// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What the gateway's clerks say to their desk.

struct NextOrder {
  using reply = std::optional<Order>;
};
struct Settled {
  bool paid;
};
/// The order will be tried again.
struct Delayed {
  std::int64_t order;
  std::string why;
};
/// A clerk met an error that will not pass.
struct GaveUp {
  std::string why;
};
/// No more orders are given out.
struct Close {};
struct Desk : zooid::local_contract<NextOrder, Settled, Delayed, GaveUp, Close> {};

/// How the gateway's work ended.
struct Result {
  std::uint64_t paid{};
  std::uint64_t rejected{};
  std::uint64_t delays{};
  std::string failure{};  ///< Empty: all orders are settled.
};

/// Hands orders out, and knows when all are settled. Calls `ended` once.
class OrderDesk {
 public:
  using contract = Desk;

  /// `step`: after so many orders it says how far it is.
  OrderDesk(std::vector<Order> orders, std::uint64_t step, std::function<void(Result)> ended)
      : orders_(std::move(orders)), step_(step), ended_(std::move(ended)) {}

  std::optional<Order> on(const NextOrder&) {
    if (closed_ || given_ == orders_.size()) return {};
    return std::move(orders_[given_++]);
  }

  void on(const Settled& settled) {
    ++(settled.paid ? result_.paid : result_.rejected);
    const std::uint64_t done = result_.paid + result_.rejected;
    if (done % step_ == 0 || done == orders_.size()) {
      std::printf("%llu of %zu orders settled\n", static_cast<unsigned long long>(done), orders_.size());
    }
    if (done == orders_.size()) ended_(result_);
  }

  void on(const Delayed& delayed, zooid::context& in) {
    ++result_.delays;
    if (in.now() < silent_until_) return;  // All clerks meet the same trouble at the same time.
    silent_until_ = in.now() + std::chrono::milliseconds(200);
    std::printf("order %lld will be tried again: %s\n", static_cast<long long>(delayed.order), delayed.why.c_str());
  }

  void on(const GaveUp& clerk) {
    if (std::exchange(closed_, true)) return;
    result_.failure = clerk.why;
    ended_(result_);
  }

  void on(const Close&) { closed_ = true; }

 private:
  std::vector<Order> orders_;
  const std::uint64_t step_;
  const std::function<void(Result)> ended_;
  std::size_t given_ = 0;
  bool closed_ = false;
  Result result_;
  zooid::time_point silent_until_{};
};
