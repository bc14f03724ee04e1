// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <cstdint>
#include <optional>
#include <string>

// What the services of this topology say to each other. Money is in cents.
//
//   gateway ── PriceOf ──────────> catalogue
//        ├──── Reserve, Release ─> inventory
//        └──── Charge ───────────> payments ── Enter ──> ledger
//
// Whoever asks twice with the same order gets the answer that was stored the first time. So a call that failed is
// simply made again, whatever had become of it.

/// A line of orders.csv.
struct Order {
  std::int64_t id{};
  std::string customer{};
  std::string article{};
  std::int64_t quantity{};
  std::string card{};
};

// ---- Calls ----------------------------------------------------------------------------------------------------------

/// In cents; nothing when there is no such article.
struct PriceOf {
  using reply = std::optional<std::int64_t>;
  std::string article{};
};
struct Catalogue : zooid::contract<"catalogue", PriceOf> {};

/// Puts pieces aside for an order. False: there are not so many.
struct Reserve {
  using reply = bool;
  std::int64_t order{};
  std::string article{};
  std::int64_t quantity{};
};
/// Puts back what was put aside for an order, if it was.
struct Release {
  using reply = void;
  std::int64_t order{};
};
struct Inventory : zooid::contract<"inventory", Reserve, Release> {};

struct Payment {
  bool paid{};
  std::string why_not{};
};
struct Charge {
  using reply = Payment;
  std::int64_t order{};
  std::string customer{};
  std::string card{};
  std::int64_t cents{};
};
struct Payments : zooid::contract<"payments", Charge> {};

/// Enters in the books what a customer paid.
struct Enter {
  using reply = void;
  std::int64_t order{};
  std::string customer{};
  std::int64_t cents{};
};
struct Ledger : zooid::contract<"ledger", Enter> {};

/// Answered as soon as the listener hears all the events that it wants: the gateway waits for that before it begins.
struct Listening {
  using reply = void;
};
struct Listener : zooid::contract<"listener", Listening> {};

// ---- Events ---------------------------------------------------------------------------------------------------------

// The gateway's. Customers wait for the last two: none is dropped because somebody hears them too slowly.
struct OrderPlaced {
  std::int64_t order{};
  std::string customer{};
};
struct OrderPaid {
  static constexpr bool lossless = true;
  std::int64_t order{};
  std::string customer{};
  std::int64_t cents{};
};
struct OrderRejected {
  static constexpr bool lossless = true;
  std::int64_t order{};
  std::string customer{};
  std::string why{};
};

/// The inventory's: fewer are left than there should be.
struct StockLow {
  std::string article{};
  std::int64_t left{};
};
