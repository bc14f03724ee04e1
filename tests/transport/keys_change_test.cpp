// SPDX-License-Identifier: Apache-2.0
// Nodes with keys while their allow-lists change, and while many come at the same time.
#include "keyed_bank.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

TEST_CASE("a refused dialler tries again with the next call, and gets in once it is allowed", "[keys]") {
  bank_world world;
  zooid::node late(world.options_of("late"));
  const auto bank = late.find<Bank>(world.bank->endpoint() + "/bank");
  for (int i = 0; i < 3; ++i) CHECK(code_of(bank.within(patience).call<Deposit>(1).result()) == zooid::errc::denied);
  world.folder.allow("at_bank", {"customer", "late"});
  CHECK(bank.within(patience).call<Deposit>(1).get() == 1);
}

TEST_CASE("a subscription of somebody who is denied says so, and holds once he is allowed", "[keys]") {
  bank_world world;
  zooid::node_options options = world.options_of("late");
  options.heartbeat_interval = 50ms;  // It tries again after one.
  zooid::node late(std::move(options));
  std::atomic<int> heard = 0;
  const auto paid = late.subscribe<Payout>([&](const Payout&) { ++heard; }, zooid::from(world.bank->endpoint()));
  const auto denied = paid.confirmed(patience).result();
  REQUIRE_FALSE(denied);
  CHECK(denied.error().code == zooid::errc::denied);
  CHECK_THAT(denied.error().detail, has("does not let this node in"));

  world.folder.allow("at_bank", {"customer", "late"});
  CHECK(eventually([&] { return static_cast<bool>(paid.confirmed(patience).result()); }));
  CHECK(world.bank->publish(Payout{1}));
  CHECK(eventually([&] { return heard == 1; }));
}

TEST_CASE("a key that was withdrawn keeps its connection, and gets no new one", "[keys]") {
  bank_world world;
  zooid::node_options options = world.options_of("customer");
  options.heartbeat_interval = 50ms;  // A subscription is tried again after one.
  zooid::node customer(std::move(options));
  const auto bank = customer.find<Bank>(world.bank->endpoint() + "/bank");
  CHECK(bank.within(patience).call<Deposit>(1).get() == 1);
  world.folder.allow("at_bank", {"other"});
  CHECK(bank.within(patience).call<Deposit>(1).get() == 2);

  // Its subscription needs another connection.
  std::atomic<int> heard = 0;
  const auto paid = customer.subscribe<Payout>([&](const Payout&) { ++heard; }, zooid::from(world.bank->endpoint()));
  CHECK(code_of(paid.confirmed(patience).result()) == zooid::errc::denied);
  zooid::node second(world.options_of("customer"));
  const auto answer = second.find<Bank>(world.bank->endpoint() + "/bank").within(patience).call<Deposit>(1).result();
  CHECK(code_of(answer) == zooid::errc::denied);
  CHECK(bank.within(patience).call<Deposit>(1).get() == 3);

  world.folder.allow("at_bank", {"customer"});
  CHECK(eventually([&] { return static_cast<bool>(paid.confirmed(patience).result()); }));
  CHECK(world.bank->publish(Payout{1}));
  CHECK(eventually([&] { return heard == 1; }));
}

TEST_CASE("while the allow-list is wrong nobody gets in or out, and it is said why", "[keys]") {
  bank_world world;
  zooid::node customer(world.options_of("customer"));
  const auto bank = customer.find<Bank>(world.bank->endpoint() + "/bank");
  CHECK(bank.within(patience).call<Deposit>(1).get() == 1);

  world.folder.write("at_bank", "# Who?\nnonsense\n", 0644);
  zooid::node second(world.options_of("customer"));
  const auto second_bank = second.find<Bank>(world.bank->endpoint() + "/bank");
  const auto refused = second_bank.within(patience).call<Deposit>(1).result();
  REQUIRE(code_of(refused) == zooid::errc::denied);
  CHECK_THAT(refused.error().detail, has("lets nobody in at the moment"));
  CHECK_THAT(world.refused.last(), has("refused a connection from 127.0.0.1: ") && has("at_bank:2: "));
  CHECK(bank.within(patience).call<Deposit>(1).get() == 2);

  world.folder.allow("at_bank", {"customer"});
  world.folder.write("at_customer", "nonsense\n", 0644);
  const auto wrong = second_bank.within(patience).call<Deposit>(1).result();
  REQUIRE(code_of(wrong) == zooid::errc::denied);
  CHECK_THAT(wrong.error().detail, has("at_customer:1: "));

  world.folder.allow("at_customer", {"bank 127.0.0.1"});
  CHECK(second_bank.within(patience).call<Deposit>(1).get() == 3);
}

TEST_CASE("many connections with and without a right to them come at the same time", "[keys]") {
  bank_world world;
  std::vector<std::thread> threads;
  std::atomic<int> in = 0;
  std::atomic<int> out = 0;
  for (int i = 0; i < 4; ++i) {
    const zooid::node_options options = world.options_of(i % 2 == 0 ? "customer" : "thief");
    threads.emplace_back([&, options] {
      for (int round = 0; round < 5; ++round) {
        zooid::node client(options);
        const auto bank = client.find<Bank>(world.bank->endpoint() + "/bank");
        const auto answer = bank.within(patience).call<Deposit>(1).result();
        if (answer) ++in;
        if (code_of(answer) == zooid::errc::denied) ++out;
      }
    });
  }
  for (auto& each : threads) each.join();
  CHECK(in == 10);
  CHECK(out == 10);
}
