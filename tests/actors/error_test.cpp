// SPDX-License-Identifier: Apache-2.0
#include <zooid/error.hpp>

#include "catch.hpp"

#include <set>
#include <string>

TEST_CASE("every code has a name of its own", "[error]") {
  std::set<std::string_view> names;
  for (std::size_t code = 1; code < zooid::errc_count; ++code) {
    const std::string_view name = zooid::to_string(static_cast<zooid::errc>(code));
    CHECK(name != "unknown");
    names.insert(name);
  }
  CHECK(names.size() == zooid::errc_count - 1);
  CHECK(zooid::to_string(zooid::errc::malformed_address) == "malformed_address");
}

TEST_CASE("a number that is no code is unknown", "[error]") {
  CHECK(zooid::to_string(zooid::errc{}) == "unknown");
  CHECK(zooid::to_string(static_cast<zooid::errc>(zooid::errc_count)) == "unknown");
  CHECK(zooid::to_string(static_cast<zooid::errc>(255)) == "unknown");
}

TEST_CASE("an error's text has its code, its words and its chain", "[error]") {
  CHECK(zooid::error{zooid::errc::timeout, {}, {}}.to_string() == "timeout");
  CHECK(zooid::error{zooid::errc::timeout, "too slow", {}}.to_string() == "timeout: too slow");
  CHECK(zooid::error{zooid::errc::denied, "no", {"a", "b"}}.to_string() == "denied: no (via a, b)");
}

TEST_CASE("the exceptions carry code and text", "[error]") {
  const zooid::call_error call(zooid::errc::overloaded, "full");
  CHECK(call.code() == zooid::errc::overloaded);
  CHECK(call.why().detail == "full");
  CHECK(std::string(call.what()) == "overloaded: full");
  const zooid::setup_error setup(zooid::errc::name_taken, "greeter");
  CHECK(setup.code() == zooid::errc::name_taken);
  CHECK(std::string(setup.what()) == "name_taken: greeter");
}
