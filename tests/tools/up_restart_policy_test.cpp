// SPDX-License-Identifier: Apache-2.0
#include "restart_policy.hpp"

#include "catch.hpp"

#include <chrono>
#include <vector>

using namespace std::chrono_literals;

namespace {

using verdict = restart_policy::verdict;
using policy = restart_rule::policy;

/// A service that a clock of the test's own runs on.
struct service {
  explicit service(const restart_rule& rule) : decides(rule) {}

  restart_policy::decision end_after(std::chrono::milliseconds run, bool well = false) {
    const auto began = now;
    now += run;
    const restart_policy::decision next = decides.after(began, now, well);
    now += next.pause;
    return next;
  }

  restart_policy decides;
  restart_policy::time_point now{1h};
};

}  // namespace

TEST_CASE("a service is restarted by its rule", "[up][restart_policy]") {
  struct row {
    policy when;
    bool well;
    verdict expected;
  };
  const row each =
      GENERATE(row{policy::never, true, verdict::enough}, row{policy::never, false, verdict::failed},
               row{policy::on_failure, true, verdict::enough}, row{policy::on_failure, false, verdict::again},
               row{policy::always, true, verdict::again}, row{policy::always, false, verdict::again});
  service one({.when = each.when});
  CHECK(one.end_after(1s, each.well).what == each.expected);
}

TEST_CASE("pauses double up to five seconds, and are short again after a long run", "[up][restart_policy]") {
  service one({.times = 100, .backoff = 100ms});
  std::vector<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 8; ++i) pauses.push_back(one.end_after(10ms).pause);
  CHECK(pauses == std::vector<std::chrono::milliseconds>{100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5s, 5s});
  CHECK(one.end_after(10s - 1ms).pause == 5s);
  CHECK(one.end_after(10s).pause == 100ms);
  CHECK(one.end_after(10ms).pause == 200ms);
}

TEST_CASE("a first pause that is longer than five seconds stays", "[up][restart_policy]") {
  service one({.times = 100, .backoff = 20s});
  CHECK(one.end_after(1ms).pause == 20s);
  CHECK(one.end_after(1ms).pause == 20s);
}

TEST_CASE("a service that was restarted too often has failed for good", "[up][restart_policy]") {
  service one({.times = 3, .within = 1min, .backoff = 1ms});
  for (unsigned i = 1; i <= 3; ++i) {
    const auto next = one.end_after(1ms);
    CHECK(next.what == verdict::again);
    CHECK(next.number == i);
  }
  CHECK(one.end_after(1ms).what == verdict::failed);
}

TEST_CASE("restarts that are long past do not count", "[up][restart_policy]") {
  service one({.times = 2, .within = 1min, .backoff = 1ms});
  CHECK(one.end_after(0ms).number == 1);
  CHECK(one.end_after(30s).number == 2);
  CHECK(one.end_after(30s).number == 2);  // The first was a minute ago.
  CHECK(one.end_after(29s).what == verdict::failed);
}

TEST_CASE("no restart is allowed when the rule allows none", "[up][restart_policy]") {
  service one({.times = 0});
  CHECK(one.end_after(1h).what == verdict::failed);
}
