// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <cstdint>
#include <string>
#include <vector>

// What became of v1/orders.hpp: Place and Receipt have grown, Quote has changed, Cancel is gone and Refund is new.

inline constexpr int version = 2;

struct Receipt {
  std::int64_t total = 0;
  std::int32_t served_by = 0;
  std::string currency = "EUR";
};
struct Discount {
  std::int64_t amount = 0;
};
struct Place {
  using reply = Receipt;
  std::int64_t quantity = 0;
  std::int64_t price = 0;
  std::vector<Discount> discounts;
};
struct Quote {
  using reply = std::int64_t;
  std::int64_t article = 0;
};
struct Refund {
  using reply = std::int64_t;
  std::int64_t number = 0;
};
struct Orders : zooid::contract<"orders", Refund, Place, Quote> {};

struct Shop {
  using contract = Orders;
  Receipt on(const Place& place) {
    Receipt receipt{.total = place.quantity * place.price, .served_by = version, .currency = "CHF"};
    for (const Discount& each : place.discounts) receipt.total -= each.amount;
    return receipt;
  }
  std::int64_t on(Quote quote) { return 3 * quote.article; }
  std::int64_t on(Refund refund) { return refund.number; }
};

inline Place make_place(std::int64_t number) { return {.quantity = number, .price = 7, .discounts = {{1}, {2}}}; }
/// An old server knows neither of discounts nor of currencies.
inline bool is_right(std::int64_t number, const Receipt& receipt) {
  return receipt.served_by == 1 ? receipt.total == number * 7 && receipt.currency == "EUR"
                                : receipt.total == number * 7 - 3 && receipt.currency == "CHF";
}
inline std::string words_of(const Receipt& receipt) {
  return "total " + receipt.currency + " " + std::to_string(receipt.total) + ", served by " +
         std::to_string(receipt.served_by);
}
/// What only this version knows.
using Special = Refund;
