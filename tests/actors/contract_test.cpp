// SPDX-License-Identifier: Apache-2.0
#include <zooid/actors.hpp>

#include "catch.hpp"

#include <memory>
#include <string>

namespace {

struct Plain {};
struct Asked {
  using reply = int;
};
struct Renamed {
  static constexpr std::string_view wire_name = "another name";
};
template <class T>
struct Wrapped {};

struct Later;
struct Names {
  zooid::ref<Later> whom;
};
struct Later : zooid::contract<"later", Names, Asked> {};
struct Doubler {
  using contract = zooid::local_contract<int>;
  int seen = 0;
  void on(int n) { seen = 2 * n; }
};
struct Local : zooid::local_contract<std::unique_ptr<int>, Plain> {};

}  // namespace

namespace outer::inner {
struct Deep {};
}  // namespace outer::inner

TEST_CASE("a message is called by its unqualified name, or by its wire name", "[contract]") {
  CHECK(zooid::type_name<Plain>() == "Plain");
  CHECK(zooid::type_name<outer::inner::Deep>() == "Deep");
  CHECK(zooid::type_name<Renamed>() == "another name");
  CHECK(zooid::type_name<Wrapped<outer::inner::Deep>>().substr(0, 8) == "Wrapped<");
}

TEST_CASE("a contract lists its messages in order", "[contract]") {
  using zooid::detail::index_in;
  CHECK(Later::name == "later");
  CHECK_FALSE(Later::is_local);
  CHECK(Local::is_local);
  CHECK(index_in<Names, Later::messages> == 0);
  CHECK(index_in<Asked, Later::messages> == 1);
  CHECK(index_in<Plain, Later::messages> == zooid::detail::not_listed);
  CHECK(index_in<Plain, Local::messages> == 1);
}

TEST_CASE("a message with a reply type can be called", "[contract]") {
  CHECK(zooid::has_reply<Asked>);
  CHECK_FALSE(zooid::has_reply<Plain>);
}

TEST_CASE("contracts are told apart by address", "[contract]") {
  const auto* const later = &zooid::detail::contract_type_of<Later>;
  const auto* const local = &zooid::detail::contract_type_of<Local>;
  CHECK(later != local);
}

TEST_CASE("an actor is a plain object that a test can call", "[contract]") {
  Doubler doubler;
  doubler.on(21);
  CHECK(doubler.seen == 42);
}
