// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desk.hpp"
#include "messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

/// Whom a clerk calls.
struct Departments {
  zooid::ref<Catalogue> catalogue{};
  zooid::ref<Inventory> inventory{};
  zooid::ref<Payments> payments{};
};

/// To itself: go on.
struct Work {};
struct Clerk : zooid::local_contract<Work> {};

/// Takes one order after the other from the desk. When a call fails because somebody is away or busy, it begins the
/// order anew after a pause: who has done his part already only repeats his answer.
class OrderClerk {
 public:
  using contract = Clerk;

  OrderClerk(Departments departments, zooid::ref<Desk> desk)
      : departments_(std::move(departments)), desk_(std::move(desk)) {}

  zooid::task<> on(const Work&, zooid::context& in) {
    for (;;) {
      if (!order_) co_await take_order(in);
      if (!order_) co_return;
      const zooid::result<Outcome> outcome = co_await settle(*order_);
      if (!outcome) {
        put_off(outcome.error(), in);
        co_return;
      }
      const zooid::result<void> published = co_await publish(*order_, *outcome, in);
      if (!published) {
        put_off(published.error(), in);
        co_return;
      }
      desk_.tell(Settled{outcome->paid});
      order_.reset();
      pause_ = first_pause;
    }
  }

 private:
  static constexpr std::chrono::milliseconds first_pause{10};
  static constexpr std::chrono::milliseconds longest_pause{500};

  struct Outcome {
    bool paid{};
    std::int64_t cents{};
    std::string why_not{};
  };
  static Outcome rejected(std::string why_not) { return {false, 0, std::move(why_not)}; }

  zooid::task<> take_order(zooid::context& in) {
    zooid::result<std::optional<Order>> next = co_await desk_.call<NextOrder>();
    if (!next || !*next) co_return;  // There is none; or the desk has ended, and with it everything.
    order_ = **std::move(next);
    in.publish(OrderPlaced{order_->id, order_->customer});
  }

  zooid::task<zooid::result<Outcome>> settle(const Order& order) {
    const auto price = co_await departments_.catalogue.call<PriceOf>(order.article);
    if (!price) co_return price.error();
    if (!*price) co_return rejected("no such article");
    const std::int64_t cents = **price * order.quantity;

    const auto reserved = co_await departments_.inventory.call<Reserve>(order.id, order.article, order.quantity);
    if (!reserved) co_return reserved.error();
    if (!*reserved) co_return rejected("out of stock");

    const auto payment = co_await departments_.payments.call<Charge>(order.id, order.customer, order.card, cents);
    if (!payment) co_return payment.error();
    if (payment->paid) {
      Outcome paid{true, cents, {}};
      co_return paid;
    }
    const auto released = co_await departments_.inventory.call<Release>(order.id);
    if (!released) co_return released.error();
    co_return rejected(payment->why_not);
  }

  zooid::task<zooid::result<void>> publish(const Order& order, const Outcome& outcome, zooid::context& in) {
    if (outcome.paid) {
      const OrderPaid paid{order.id, order.customer, outcome.cents};
      auto told = in.publish(paid);
      co_return co_await told;  // Waits for the slowest who hears it, if need be.
    }
    const OrderRejected rejected{order.id, order.customer, outcome.why_not};
    auto told = in.publish(rejected);
    co_return co_await told;
  }

  static bool may_pass(zooid::errc why) {
    switch (why) {
      case zooid::errc::timeout:
      case zooid::errc::unreachable:
      case zooid::errc::disconnected:
      case zooid::errc::overloaded:
      case zooid::errc::no_such_service:  // It has just been started, or is about to end.
      case zooid::errc::shutdown:
        return true;
      default:
        return false;
    }
  }

  void put_off(const zooid::error& why, zooid::context& in) {
    if (!may_pass(why.code)) {
      desk_.tell(GaveUp{"order " + std::to_string(order_->id) + ": " + why.to_string()});
      return;
    }
    desk_.tell(Delayed{order_->id, why.to_string()});
    in.after(pause_, this, Work{});
    pause_ = std::min(pause_ * 2, longest_pause);
  }

  const Departments departments_;
  const zooid::ref<Desk> desk_;
  std::optional<Order> order_;
  std::chrono::milliseconds pause_ = first_pause;
};
