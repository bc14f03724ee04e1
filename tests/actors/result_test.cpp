// SPDX-License-Identifier: Apache-2.0
#include <zooid/result.hpp>

#include "catch.hpp"

#include <memory>
#include <string>
#include <utility>

namespace {
const zooid::error too_late{zooid::errc::timeout, "too late", {}};
}

TEST_CASE("a result has a value or an error", "[result]") {
  const zooid::result<std::string> good(std::string("yes"));
  REQUIRE(good);
  CHECK(*good == "yes");
  CHECK(good->size() == 3);
  CHECK(good.value() == "yes");
  const zooid::result<std::string> bad(too_late);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == zooid::errc::timeout);
  CHECK_THROWS_AS(bad.value(), zooid::call_error);
}

TEST_CASE("results are copied, moved and assigned across their two kinds", "[result]") {
  zooid::result<std::string> value(std::string(100, 'x'));
  zooid::result<std::string> failure(too_late);
  const zooid::result<std::string> copy = value;
  CHECK(*copy == *value);
  const zooid::result<std::string> copied_failure = failure;
  CHECK(copied_failure.error().detail == "too late");
  value = failure;
  CHECK_FALSE(value.has_value());
  CHECK(failure.error().detail == "too late");
  failure = copy;
  CHECK(failure.value() == std::string(100, 'x'));
  const zooid::result<std::string> moved = std::move(failure);
  CHECK(moved->size() == 100);
  value = zooid::result<std::string>(std::string("again"));
  CHECK(*value == "again");
}

TEST_CASE("a result holds what can only be moved", "[result]") {
  zooid::result<std::unique_ptr<int>> owner(std::make_unique<int>(7));
  zooid::result<std::unique_ptr<int>> next = std::move(owner);
  const std::unique_ptr<int> taken = std::move(next).value();
  CHECK(*taken == 7);
}

TEST_CASE("a result of nothing is done, or the error that came instead", "[result]") {
  const zooid::result<void> done;
  CHECK(done);
  CHECK_NOTHROW(done.value());
  const zooid::result<void> failure(too_late);
  CHECK_FALSE(failure.has_value());
  CHECK(failure.error().code == zooid::errc::timeout);
  CHECK_THROWS_AS(failure.value(), zooid::call_error);
}
