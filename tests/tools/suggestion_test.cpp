// SPDX-License-Identifier: Apache-2.0
#include "suggestion.hpp"

#include "catch.hpp"

TEST_CASE("a suggestion is the nearest word, if one is near", "[suggestion]") {
  const std::vector<std::string> words{"arguments", "command", "calls", "needs", "within", "a"};
  CHECK(suggestion("argments", words) == "; did you mean \"arguments\"?");
  CHECK(suggestion("argumnest", words) == "; did you mean \"arguments\"?");
  CHECK(suggestion("commands", words) == "; did you mean \"command\"?");
  CHECK(suggestion("need", words) == "; did you mean \"needs\"?");
  CHECK(suggestion("call", words) == "; did you mean \"calls\"?");
  CHECK(suggestion("witihn", words) == "; did you mean \"within\"?");
  CHECK(suggestion("colour", words).empty());
  CHECK(suggestion("b", words).empty());
  CHECK(suggestion("", words).empty());
  CHECK(suggestion(std::string(1000, 'a'), words).empty());
  CHECK(suggestion("needs", {}).empty());
}
