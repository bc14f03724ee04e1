// SPDX-License-Identifier: Apache-2.0
#include "live_table.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

std::vector<live_row> two_services() {
  live_row payments;
  payments.service = "payments";
  payments.pid = 4711;
  payments.state = "ready";
  payments.uptime = 187s;
  payments.restarts = 3;
  payments.rate = 1234.4;
  payments.queued = 12;
  payments.last_error = "ended by signal 9";
  live_row view;
  view.service = "view";
  view.state = "waiting";
  view.how = live_row::mood::busy;
  return {payments, view};
}

}  // namespace

TEST_CASE("the table has a line for each service", "[up][live_table]") {
  CHECK(render_table("orders: 1 of 2 ready", two_services(), {80, 24}, false) ==
        texts{"orders: 1 of 2 ready", "service    pid  state       up  restarts  messages/s  queued  last error",
              "payments  4711  ready    3m07s         3        1234      12  ended by signal 9",
              "view         -  waiting      -         0           -       -"});
}

TEST_CASE("a table that is too wide is cut, also within characters of several bytes", "[up][live_table]") {
  auto rows = two_services();
  rows[0].last_error = "größer als erlaubt";
  for (std::size_t columns = 1; columns < 90; ++columns) {
    for (const bool colours : {false, true}) {
      for (const std::string& each : render_table("orders", rows, {columns, 24}, colours)) {
        INFO(each);
        CHECK(columns_of(each) <= columns);
      }
    }
  }
  CHECK(render_table("orders", rows, {66, 24}, false)[2] ==
        "payments  4711  ready    3m07s         3        1234      12  grö…");
}

TEST_CASE("a table that is too long says how much is missing", "[up][live_table]") {
  std::vector<live_row> rows(10);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].service = "s" + std::to_string(i);
  const texts table = render_table("many", rows, {80, 6}, false);
  REQUIRE(table.size() == 5);
  CHECK(table[3].starts_with("s1"));
  CHECK(table[4] == "... 8 more");
  CHECK(render_table("many", rows, {80, 13}, false).size() == 12);
  CHECK(render_table("many", rows, {80, 1}, false).size() == 1);
}

TEST_CASE("colours change nothing but colours", "[up][live_table]") {
  const texts plain = render_table("orders", two_services(), {80, 24}, false);
  const texts coloured = render_table("orders", two_services(), {80, 24}, true);
  REQUIRE(coloured.size() == plain.size());
  CHECK(coloured[2] ==
        "payments  4711  \x1b[32mready\x1b[0m    3m07s         3        1234      12  ended by signal 9");
  CHECK(coloured[3].find("\x1b[33mwaiting\x1b[0m") != std::string::npos);
  for (std::size_t i = 0; i < plain.size(); ++i) CHECK(columns_of(coloured[i]) == columns_of(plain[i]));
}

TEST_CASE("an error does not command the terminal", "[up][live_table]") {
  auto rows = two_services();
  rows[0].last_error = "bad\x1b[2Jthings\n";
  CHECK(render_table("orders", rows, {120, 24}, false)[2].ends_with("bad?[2Jthings?"));
}

TEST_CASE("times are short", "[up][live_table]") {
  CHECK(short_time(0ms) == "0s");
  CHECK(short_time(59'999ms) == "59s");
  CHECK(short_time(60s) == "1m00s");
  CHECK(short_time(3599s) == "59m59s");
  CHECK(short_time(1h + 5min + 59s) == "1h05m");
  CHECK(short_time(24h + 3h) == "1d03h");
  CHECK(short_time(1000h) == "41d16h");
}
