// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <cstdint>
#include <string>

// The contract of the programs orders_v1: its next version is v2/orders.hpp.

inline constexpr int version = 1;

struct Receipt {
  std::int64_t total = 0;
  std::int32_t served_by = 0;
};
struct Place {
  using reply = Receipt;
  std::int64_t quantity = 0;
  std::int64_t price = 0;
};
struct Quote {
  using reply = std::int64_t;
  std::int32_t article = 0;
};
struct Cancel {
  using reply = std::int64_t;
  std::int64_t number = 0;
};
struct Orders : zooid::contract<"orders", Place, Quote, Cancel> {};

struct Shop {
  using contract = Orders;
  Receipt on(const Place& place) { return {.total = place.quantity * place.price, .served_by = version}; }
  std::int64_t on(Quote quote) { return std::int64_t{3} * quote.article; }
  std::int64_t on(Cancel cancel) { return cancel.number; }
};

inline Place make_place(std::int64_t number) { return {.quantity = number, .price = 7}; }
inline bool is_right(std::int64_t number, const Receipt& receipt) { return receipt.total == number * 7; }
inline std::string words_of(const Receipt& receipt) {
  return "total " + std::to_string(receipt.total) + ", served by " + std::to_string(receipt.served_by);
}
/// What only this version knows.
using Special = Cancel;
