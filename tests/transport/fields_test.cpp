// SPDX-License-Identifier: Apache-2.0
#include <zooid/fields.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace outer {

struct empty {};
struct one_optional {
  std::optional<int> only;
};
struct recursive {
  std::vector<recursive> children;
};
struct tag {};
struct tagged : tag {
  int x;
};
struct base {
  int a;
};
struct derived : base {
  int b;
};
template <class T>
struct box {
  T value;
};
struct named_by_hand {
  static constexpr auto wire_name = "its_own_name";
  int x;
};
namespace {
struct hidden {
  int number;
  std::string text;
};
}  // namespace
struct many {
  using reply = int;
  int number = 3;
  std::optional<std::string> optional;
  std::variant<int, std::string> variant;
  std::array<int, 3> array;
  std::vector<hidden> vector;
  std::map<int, hidden> map;
  std::optional<std::optional<int>> nested;
  hidden inner;
  tagged with_base;
  std::chrono::seconds duration;
  std::tuple<int, hidden> tuple;
  std::pair<int, int> pair;
  std::function<void()> function;
  std::unique_ptr<int> pointer;
  std::tuple<> no_bytes;
  std::variant<std::monostate, hidden> other;
  bool last;
};
struct thirty_two {
  int f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24,
      f25, f26, f27, f28, f29, f30, f31;
};

}  // namespace outer

TEST_CASE("fields of plain structs are counted, whatever their types", "[fields]") {
  STATIC_REQUIRE(zooid::field_count<outer::empty> == 0);
  STATIC_REQUIRE(zooid::field_count<outer::one_optional> == 1);
  STATIC_REQUIRE(zooid::field_count<outer::recursive> == 1);
  STATIC_REQUIRE(zooid::field_count<outer::many> == 17);
  STATIC_REQUIRE(zooid::field_count<outer::thirty_two> == 32);
}

TEST_CASE("a struct with a base that holds data is not plain, one with an empty base is", "[fields]") {
  STATIC_REQUIRE_FALSE(zooid::plain_struct<outer::derived>);
  STATIC_REQUIRE(zooid::plain_struct<outer::tagged>);
  STATIC_REQUIRE(zooid::field_count<outer::tagged> == 1);
}

TEST_CASE("fields are visited in their order and can be changed", "[fields]") {
  outer::hidden object{1, "a"};
  zooid::visit_fields(object, [](int& number, std::string& text) {
    number = 2;
    text = "b";
  });
  CHECK(object.number == 2);
  CHECK(object.text == "b");
  outer::thirty_two all{};
  int next = 0;
  zooid::visit_fields(all, [&next](auto&... field) { ((field = next++), ...); });
  CHECK(all.f0 == 0);
  CHECK(all.f31 == 31);
}

#if (defined(__clang__) && __clang_major__ >= 19) || (!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 12)
TEST_CASE("fields have names", "[fields]") {
  STATIC_REQUIRE(zooid::field_names<outer::hidden>[0] == "number");
  STATIC_REQUIRE(zooid::field_names<outer::hidden>[1] == "text");
  STATIC_REQUIRE(zooid::field_names<outer::tagged>[0] == "x");
  STATIC_REQUIRE(zooid::field_names<outer::many>[16] == "last");
  STATIC_REQUIRE(zooid::field_names<outer::box<outer::hidden>>[0] == "value");
}
#endif

TEST_CASE("a type's name on the wire has no namespaces and no template arguments", "[fields]") {
  struct local {};
  STATIC_REQUIRE(zooid::wire_name<outer::many>() == "many");
  STATIC_REQUIRE(zooid::wire_name<outer::hidden>() == "hidden");
  STATIC_REQUIRE(zooid::wire_name<outer::box<outer::hidden>>() == "box");
  STATIC_REQUIRE(zooid::wire_name<local>() == "local");
  STATIC_REQUIRE(zooid::wire_name<outer::named_by_hand>() == "its_own_name");
}
