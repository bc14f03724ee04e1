// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_folder.hpp"
#include "node_world.hpp"

#include <zooid/json.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

// What tests of nodes with keys share: a bank, its customer, and what they say to each other.

struct Deposit {
  using reply = int;
  int cents = 0;
};
struct Ring {};
struct Bell : zooid::contract<"bell", Ring> {};
/// Rings the bell that it is given.
struct Notify {
  using reply = void;
  zooid::ref<Bell> bell;
};
struct Bank : zooid::contract<"bank", Deposit, Notify> {};

struct SmallBank {
  using contract = Bank;
  int cents = 0;
  int on(const Deposit& deposit) { return cents += deposit.cents; }
  void on(const Notify& whom) { whom.bell.tell(Ring{}); }
};

struct Bells {
  using contract = Bell;
  std::atomic<int>* rung;
  void on(const Ring&) { ++*rung; }
};

struct Payout {
  int cents = 0;
};
struct Shipped {
  static constexpr bool lossless = true;
  int number = 0;
};

/// What a node says of those whom it refused. Any thread.
class refusals {
 public:
  [[nodiscard]] std::function<void(const std::string&)> teller() {
    return [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      texts_.push_back(text);
    };
  }
  [[nodiscard]] std::string last() const {
    const std::lock_guard lock(mutex_);
    return texts_.empty() ? std::string() : texts_.back();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
};

inline bool eventually(const std::function<bool()>& holds) { return zmq_world().eventually(holds); }
inline auto has(const std::string& part) { return Catch::Matchers::Contains(part); }

/// The bank and a customer, each with a key. Everybody is found at 127.0.0.1 unless a test says otherwise.
struct bank_world {
  explicit bank_world(const std::string& listen = "tcp://127.0.0.1:0", const std::string& found_at = "127.0.0.1") {
    folder.allow("at_bank", {"customer"});
    folder.allow("at_customer", {"bank " + found_at});
    zooid::security keys = folder.of("bank", "at_bank");
    keys.on_refused = refused.teller();
    bank = std::make_unique<zooid::node>(
        zooid::node_options{.listen = listen, .keys = std::move(keys), .door = zooid::json()});
    bank->spawn_as<SmallBank>("bank");
  }
  zooid::node_options options_of(const std::string& name, const std::string& list = "at_customer") {
    return {.keys = folder.of(name, list)};
  }
  /// What a call of such a node comes to; nothing is handled here if it fails.
  zooid::error failure_of(zooid::node_options options) {
    zooid::node client(std::move(options));
    const auto answer = client.find<Bank>(bank->endpoint() + "/bank").within(patience).call<Deposit>(1).result();
    REQUIRE_FALSE(answer);
    CHECK(sum_of(*bank).received == 0);
    CHECK(sum_of(client).sent == 0);
    return answer.error();
  }

  key_folder folder;
  refusals refused;
  std::unique_ptr<zooid::node> bank;
};
