// SPDX-License-Identifier: Apache-2.0
#include "orders_run.hpp"

#include "catch.hpp"

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>

namespace {

// With a sanitizer everything is some ten times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t all_orders = 5'000;
#else
constexpr std::uint64_t all_orders = 50'000;
#endif
constexpr std::uint64_t some_orders = 4'000;

auto has(const std::string& part) { return Catch::Matchers::Contains(part); }

void require_equal_books(const orders_program& check) {
  INFO(check.output << check.errors);
  CHECK(check.status == "exit code 0");
  CHECK_THAT(check.output, has("ledger     ") && has(": equal\n") && !has("DIFFERENT"));
}

void require_success(orders_run& run) {
  const std::string status = run.wait();
  INFO(run.transcript());
  REQUIRE(status == "exit code 0");
}

std::string run_python(const std::string& script, const std::string& argument) {
  child_process python("/usr/bin/python3", {"-c", script, argument});
  return python.wait();
}

}  // namespace

TEST_CASE("the books of orders are right though payments is killed ten times", "[integration][orders]") {
  const orders_folder folder(all_orders);
  orders_run run(folder, {"deaths=0", "progress=" + std::to_string(all_orders / 500)});
  std::mt19937 random(20);
  for (std::uint64_t death = 0; death < 10; ++death) {
    // Anywhere within a tenth of the orders, but the last half of the last tenth.
    const std::uint64_t tenth = all_orders / 10;
    const bool reached = run.reach(death * tenth + random() % (tenth / 2) + 1);
    const bool returned = reached && run.dies_and_comes_back("payments");
    INFO(run.transcript());
    REQUIRE(reached);
    REQUIRE(returned);
  }
  require_success(run);
  INFO(run.transcript());
  CHECK(run.deaths("payments") == 10);

  const orders_program check = folder.check();
  require_equal_books(check);
  // Neither the gateway nor who hears it was killed: nobody missed anything.
  CHECK_THAT(check.output, has(": 0 orders without one, 0 with several\n"));
  const std::string summary = run.last_line("gateway", " orders in ");
  const std::size_t paid = summary.find(": ") + 2;
  const std::string counts = summary.substr(paid, summary.find(';') - paid);  // "46000 paid, 4000 rejected"
  CHECK_THAT(run.last_line("view", " placed, "), has(std::to_string(all_orders) + " placed, " + counts + ";"));
  CHECK_THAT(run.last_line("notifier", " letters: "), has(counts) && has("; 0 missed"));
}

TEST_CASE("payments of orders dies as often as it is told, between storing and answering", "[integration][orders]") {
  const orders_folder folder(some_orders);
  orders_run run(folder, {"die_after=" + std::to_string(some_orders / 20)});
  require_success(run);
  INFO(run.transcript());
  CHECK(run.deaths("payments") == 10);
  const orders_program check = folder.check();
  require_equal_books(check);
  CHECK_THAT(check.output, has("died 10 times"));
}

TEST_CASE("any service of orders may be killed, and the books are right", "[integration][orders]") {
  const orders_folder folder(some_orders);
  orders_run run(folder, {"deaths=0", "progress=20"});
  std::uint64_t settled = 0;
  for (const char* service : {"ledger", "inventory", "catalogue", "notifier", "view", "gateway"}) {
    const bool reached = run.reach(settled += some_orders / 10);
    const bool returned = reached && run.dies_and_comes_back(service);
    INFO(service << '\n' << run.transcript());
    REQUIRE(reached);
    REQUIRE(returned);
  }
  require_success(run);
  INFO(run.transcript());
  require_equal_books(folder.check());
}

TEST_CASE("orders that were settled before are not settled again", "[integration][orders]") {
  const orders_folder folder(some_orders);
  for (int time = 0; time < 2; ++time) {
    orders_run run(folder, {"deaths=0"});
    require_success(run);
    INFO(run.transcript());
    require_equal_books(folder.check());
  }
}

TEST_CASE("orders without their files end with words", "[integration][orders]") {
  const orders_folder folder(some_orders);
  std::filesystem::remove(folder.path() + "/articles.csv");
  orders_run run(folder, {});
  CHECK(run.wait() == "exit code 1");
  CHECK_THAT(run.transcript(), has("cannot read " + folder.path() + "/articles.csv: make it with make_orders.py"));
}

TEST_CASE("check_orders.py says what differs from the CSV", "[integration][orders]") {
  const orders_folder folder(some_orders);
  {
    orders_run run(folder, {"deaths=0"});
    require_success(run);
  }
  const std::string change = GENERATE("DELETE FROM entries WHERE order_id = (SELECT min(order_id) FROM entries)",
                                      "UPDATE entries SET cents = cents + 1 WHERE customer = 'customer-0002'",
                                      "INSERT INTO entries VALUES (4001, 'customer-0001', 100)");
  const std::string script =
      "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1] + '/ledger.db') as database:\n"
      "  database.execute(\"" +
      change + "\")";
  REQUIRE(run_python(script, folder.path()) == "exit code 0");
  const orders_program check = folder.check();
  INFO(check.output);
  CHECK(check.status == "exit code 1");
  CHECK_THAT(check.output, has("DIFFERENT") && has("ledger: sum of customer-"));
}

TEST_CASE("make_orders.py makes the same orders from the same seed", "[integration][orders]") {
  const orders_folder one(some_orders);
  const orders_folder other(some_orders);
  child_process compare("/usr/bin/diff", {"-r", one.path(), other.path()});
  CHECK(compare.wait() == "exit code 0");
}
