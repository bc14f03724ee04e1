// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>

#include <zooid/ref.hpp>

#include "catch.hpp"
#include "schema_wire.hpp"

#include <cereal/types/bitset.hpp>
#include <cereal/types/complex.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace {

using zooid::difference;
using zooid::schema;
using zooid::schema_type;
using zooid::type_kind;
namespace wire = zooid::wire;

template <class M>
schema schema_of() {
  return zooid::detail::describe_message<M>();
}

enum class unit : std::uint8_t { piece };
class secret {
 public:
  template <class Archive>
  void serialize(Archive& archive) {
    archive(number_);
  }

 private:
  int number_ = 0;
};
struct node {
  std::vector<node> children;
};
struct Room;
struct Join {
  zooid::ref<Room> room;
};
struct Room : zooid::contract<"room", Join> {};

// Versions of one message, and of what it may hold.
struct line {
  static constexpr auto wire_name = "Line";
  std::string sku;
};
struct line_with_unit {
  static constexpr auto wire_name = "Line";
  std::string sku;
  unit per{};
};
struct line_with_price {
  static constexpr auto wire_name = "Line";
  std::string sku;
  double price = 0;
};
struct line_with_price_in_front {
  static constexpr auto wire_name = "Line";
  double price = 0;
  std::string sku;
};
struct line_renamed {
  static constexpr auto wire_name = "Line";
  std::string article;
};
struct empty_line {
  static constexpr auto wire_name = "Line";
};
struct row {
  static constexpr auto wire_name = "Row";
  std::string sku;
};
template <class... T>
struct order;
template <>
struct order<> {
  static constexpr auto wire_name = "Order";
};
template <class T>
struct order<T> {
  static constexpr auto wire_name = "Order";
  T quantity{};
};
template <class T, class U>
struct order<T, U> {
  static constexpr auto wire_name = "Order";
  T quantity{};
  U note{};
};
template <class T, class U, class V>
struct order<T, U, V> {
  static constexpr auto wire_name = "Order";
  T quantity{};
  U note{};
  V rest{};
};
struct order_in_between {
  static constexpr auto wire_name = "Order";
  int quantity = 0;
  bool urgent = false;
  std::string note;
};
struct order_reordered {
  static constexpr auto wire_name = "Order";
  std::string note;
  int quantity = 0;
};
template <class R>
struct ask {
  static constexpr auto wire_name = "Ask";
  using reply = R;
};
struct tell_only {
  static constexpr auto wire_name = "Ask";
};

namespace wide {
enum class unit : std::uint16_t { piece };
}
namespace other {
enum class measure : std::uint8_t { piece };
struct Room;
struct Join {
  zooid::ref<Room> room;
};
struct Room : zooid::contract<"hall", Join> {};
}  // namespace other
namespace grown {
struct node {
  std::vector<node> children;
  std::string name;
};
}  // namespace grown
namespace changed {
struct node {
  std::vector<node> children;
  std::vector<int> numbers;
};
}  // namespace changed
namespace changed_otherwise {
struct node {
  std::vector<node> children;
  std::vector<std::string> numbers;
};
}  // namespace changed_otherwise

/// Everything at once, for what must hold for all schemas.
struct everything {
  using reply = std::map<std::string, node>;
  bool yes = false;
  std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t> integers;
  std::tuple<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t> naturals;
  std::tuple<char, char8_t, char16_t, char32_t, float, double> others;
  unit per{};
  std::string text;
  std::u16string wide_text;
  std::vector<line> lines;
  std::array<line, 3> three;
  std::set<std::string> words;
  std::unordered_map<std::string, double> prices;
  std::pair<int, bool> both;
  std::optional<node> tree;
  std::variant<std::monostate, int, line> choice;
  std::chrono::milliseconds wait{};
  std::chrono::system_clock::time_point when;
  zooid::ref<Room> room;
  secret hidden;
  std::complex<double> number;
  std::bitset<8> bits;
};

const std::string text_of_everything =
    "everything{yes: bool, integers: tuple<int8, int16, int32, int64>, "
    "naturals: tuple<uint8, uint16, uint32, uint64>, "
    "others: tuple<char, char8, char16, char32, float32, float64>, per: unit:uint8, text: string, "
    "wide_text: string<char16>, lines: list<Line{sku: string}>, three: array<Line, 3>, words: set<string>, "
    "prices: map<string, float64>, both: tuple<int32, bool>, tree: optional<node{children: list<node>}>, "
    "choice: variant<nothing, int32, Line>, wait: duration<int64>1/1000, when: time<duration<int64>1/1000000000>, "
    "room: ref<room>, hidden: secret{...}, number: complex<float64>, bits: bitset<8>} -> map<string, node>";

/// `Here` and `There` understand each other, whoever is who.
template <class Here, class There>
void check_compatible() {
  CHECK(difference(schema_of<Here>(), schema_of<There>()) == "");
  CHECK(difference(schema_of<There>(), schema_of<Here>()) == "");
}

template <class Here, class There>
std::string words() {
  CHECK(difference(schema_of<There>(), schema_of<Here>()) != "");
  return difference(schema_of<Here>(), schema_of<There>());
}

zooid::byte_buffer bytes_of(const schema& what) {
  zooid::byte_buffer bytes;
  wire::put_schema(bytes, what);
  return bytes;
}

schema take_all(std::span<const std::byte> bytes) {
  wire::reader from(bytes);
  schema taken = wire::take_schema(from);
  if (!from.empty()) throw wire::violation("bytes are left");
  return taken;
}

/// A type whose parts are these.
schema_type type_of(type_kind kind, std::string name, std::vector<std::uint32_t> parts) {
  schema_type made{.kind = kind, .name = std::move(name)};
  for (const std::uint32_t part : parts) made.parts.push_back({"part", part});
  return made;
}

}  // namespace

TEST_CASE("the text of a schema says every kind of type", "[schema]") {
  CHECK(schema_of<everything>().to_string() == text_of_everything);
  CHECK(schema_of<ask<void>>().to_string() == "Ask{} -> void");
  CHECK(schema_of<tell_only>().to_string() == "Ask{}");
  CHECK(schema_of<node>().to_string() == "node{children: list<node>}");
}

TEST_CASE("the name of a type lists no fields", "[schema]") {
  const schema all = schema_of<everything>();
  CHECK(all.name_of(all.message) == "everything");
  CHECK(all.name_of(all.reply) == "map<string, node>");
  const schema lines = schema_of<order<std::vector<line>>>();
  CHECK(lines.name_of(lines.types[lines.message].parts[0].type) == "list<Line>");
}

TEST_CASE("a message is compatible with itself", "[schema]") {
  check_compatible<everything, everything>();
  check_compatible<node, node>();
  check_compatible<Join, Join>();
  check_compatible<ask<void>, ask<void>>();
  check_compatible<tell_only, tell_only>();
}

TEST_CASE("types that are written alike are compatible", "[schema]") {
  check_compatible<order<std::vector<int>>, order<std::deque<int>>>();
  check_compatible<order<long>, order<std::int64_t>>();
  check_compatible<order<std::map<int, int>>, order<std::unordered_map<int, int>>>();
}

TEST_CASE("schemas with fields appended at the end are compatible both ways", "[schema]") {
  check_compatible<order<>, order<int>>();
  check_compatible<order<int>, order<int, std::string>>();
  check_compatible<order<int>, order<int, std::string, std::vector<line>>>();
  check_compatible<order<line>, order<line_with_unit>>();
  check_compatible<order<empty_line>, order<line>>();
  check_compatible<order<line, int>, order<line_with_unit, int, bool>>();
}

TEMPLATE_TEST_CASE("fields appended to a struct inside others are compatible", "[schema]", line, std::vector<line>,
                   (std::array<line, 3>), (std::map<std::string, line>), std::optional<line>, (std::variant<int, line>),
                   (std::pair<int, line>), std::vector<std::vector<line>>,
                   (std::map<int, std::vector<std::optional<line>>>)) {
  const schema before = schema_of<order<TestType>>();
  schema after = before;
  for (schema_type& each : after.types) {
    if (each.name != "Line") continue;
    each.parts.push_back({"note", each.parts[0].type});
  }
  CHECK(difference(before, after) == "");
  CHECK(difference(after, before) == "");
  for (schema_type& each : after.types) {
    if (each.name == "Line") each.parts[0].name = "article";
  }
  CHECK(difference(before, after) != "");
  CHECK(difference(before, after).find("field 1 is sku here, article there") != std::string::npos);
}

TEST_CASE("a reply is compared as its message is", "[schema]") {
  check_compatible<ask<line>, ask<line_with_unit>>();
  check_compatible<ask<std::vector<line>>, ask<std::vector<line_with_unit>>>();
  CHECK(words<ask<int>, ask<bool>>() == "reply to Ask: int32 here, bool there");
  CHECK(words<ask<line>, ask<line_renamed>>().starts_with("reply to Ask: field 1 is sku here, article there"));
  CHECK(words<ask<order<int>>, ask<order<double>>>() == "reply to Ask.quantity: int32 here, float64 there");
  CHECK(words<ask<int>, tell_only>() == "reply to Ask: int32 here, none there");
  CHECK(words<tell_only, ask<void>>() == "reply to Ask: none here, void there");
  CHECK(words<ask<void>, ask<std::vector<line>>>() == "reply to Ask: void here, list<Line> there");
}

TEST_CASE("a difference names the field, and both types", "[schema]") {
  CHECK(words<order<std::int32_t>, order<std::int64_t>>() == "Order.quantity: int32 here, int64 there");
  CHECK(words<order<std::uint32_t>, order<std::int32_t>>() == "Order.quantity: uint32 here, int32 there");
  CHECK(words<order<int>, order<std::string>>() == "Order.quantity: int32 here, string there");
  CHECK(words<order<std::string>, order<std::u16string>>() == "Order.quantity: string here, string<char16> there");
  CHECK(words<order<line>, order<row>>() == "Order.quantity: Line here, Row there");
  CHECK(words<order<line>, order<secret>>() == "Order.quantity: Line here, secret{...} there");
  CHECK(words<order<unit>, order<wide::unit>>() == "Order.quantity: uint8 here, uint16 there");
  CHECK(words<order<unit>, order<other::measure>>() == "Order.quantity: unit:uint8 here, measure:uint8 there");
  CHECK(words<order<unit>, order<std::uint8_t>>() == "Order.quantity: unit:uint8 here, uint8 there");
  CHECK(words<Join, other::Join>() == "Join.room: ref<room> here, ref<hall> there");
  CHECK(words<order<std::array<int, 3>>, order<std::array<int, 4>>>() ==
        "Order.quantity: array<int32, 3> here, array<int32, 4> there");
  CHECK(words<order<std::chrono::seconds>, order<std::chrono::milliseconds>>() ==
        "Order.quantity: duration<int64>1/1 here, duration<int64>1/1000 there");
  CHECK(words<order<std::bitset<8>>, order<std::bitset<9>>>() == "Order.quantity: bitset<8> here, bitset<9> there");
  CHECK(words<order<std::vector<int>>, order<std::set<int>>>() == "Order.quantity: list<int32> here, set<int32> there");
  CHECK(words<order<int>, order<std::optional<int>>>() == "Order.quantity: int32 here, optional<int32> there");
  CHECK(words<order<std::variant<int, bool>>, order<std::variant<int, bool, line>>>() ==
        "Order.quantity: variant<int32, bool> here, variant<int32, bool, Line> there");
  CHECK(words<order<std::tuple<int>>, order<std::pair<int, int>>>() ==
        "Order.quantity: tuple<int32> here, tuple<int32, int32> there");
  CHECK(words<order<int>, line>() == "Order: Order here, Line there");
}

TEST_CASE("a difference says where inside it is", "[schema]") {
  CHECK(words<order<order<int>>, order<order<bool>>>() == "Order.quantity.quantity: int32 here, bool there");
  CHECK(words<order<std::vector<int>>, order<std::vector<bool>>>() == "Order.quantity[]: int32 here, bool there");
  CHECK(words<order<std::array<int, 2>>, order<std::array<bool, 2>>>() == "Order.quantity[]: int32 here, bool there");
  CHECK(words<order<std::map<int, int>>, order<std::map<bool, int>>>() ==
        "Order.quantity[key]: int32 here, bool there");
  CHECK(words<order<std::map<int, order<int>>>, order<std::map<int, order<bool>>>>() ==
        "Order.quantity[].quantity: int32 here, bool there");
  CHECK(words<order<std::optional<int>>, order<std::optional<bool>>>() == "Order.quantity: int32 here, bool there");
  CHECK(words<order<std::variant<bool, int>>, order<std::variant<bool, char>>>() ==
        "Order.quantity[1]: int32 here, char there");
  CHECK(words<order<int, line, row>, order<int, line_with_unit, line>>() == "Order.rest: Row here, Line there");
}

TEST_CASE("fields keep their order and names", "[schema]") {
  const std::string rule = "; fields keep their order and names, new ones go to the end";
  CHECK(words<line, line_renamed>() == "Line: field 1 is sku here, article there" + rule);
  CHECK(words<order<int, std::string>, order_in_between>() == "Order: field 2 is note here, urgent there" + rule);
  CHECK(words<order<int, std::string>, order_reordered>() == "Order: field 1 is quantity here, note there" + rule);
  CHECK(words<order<line_with_price>, order<line_with_price_in_front>>() ==
        "Order.quantity: field 1 is sku here, price there" + rule);
  // Both appended, but not the same.
  CHECK(words<line_with_unit, line_with_price>() == "Line: field 2 is per here, price there" + rule);
}

TEST_CASE("a struct in the key of a set or map cannot grow", "[schema]") {
  CHECK(words<order<std::set<line>>, order<std::set<line_with_unit>>>() ==
        "Order.quantity[]: 1 fields here, 2 there; a struct in a key keeps its fields");
  CHECK(words<order<std::map<line, int>>, order<std::map<line_with_unit, int>>>().starts_with(
      "Order.quantity[key]: 1 fields here, 2 there"));
  // Also where it occurred elsewhere before, and deeper inside.
  CHECK(words<order<line, std::set<line>>, order<line_with_unit, std::set<line_with_unit>>>().starts_with(
      "Order.note[]: "));
  CHECK(words<order<std::set<std::vector<line>>>, order<std::set<std::vector<line_with_unit>>>>().starts_with(
      "Order.quantity[][]: "));
  check_compatible<order<std::map<int, line>>, order<std::map<int, line_with_unit>>>();
}

TEST_CASE("structs that hold themselves are compared, and grow", "[schema]") {
  check_compatible<node, grown::node>();
  check_compatible<node, changed::node>();
  CHECK(words<changed::node, changed_otherwise::node>() == "node.numbers[]: int32 here, string there");
  CHECK(words<grown::node, changed::node>().starts_with("node: field 2 is name here, numbers there"));
}

TEST_CASE("fingerprints tell what is compatible but not the same", "[schema]") {
  CHECK(schema_of<line>().fingerprint() != schema_of<line_with_unit>().fingerprint());
  CHECK(schema_of<line>().fingerprint() == schema_of<line>().fingerprint());
}

TEST_CASE("a schema survives the wire", "[schema]") {
  for (const schema& each : {schema_of<everything>(), schema_of<node>(), schema_of<Join>(), schema_of<tell_only>(),
                             schema_of<ask<void>>(), schema_of<ask<line>>(), schema_of<order<>>()}) {
    const zooid::byte_buffer bytes = bytes_of(each);
    const schema taken = take_all(bytes.view());
    CHECK(taken.to_string() == each.to_string());
    CHECK(taken.reply == each.reply);
    CHECK(difference(taken, each) == "");
    const zooid::byte_buffer again = bytes_of(taken);
    CHECK(std::equal(bytes.view().begin(), bytes.view().end(), again.view().begin(), again.view().end()));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CHECK_THROWS_AS(take_all(bytes.view().first(size)), wire::violation);
    }
  }
}

TEST_CASE("a schema from the wire refers only to its own types", "[schema]") {
  zooid::byte_buffer bytes;
  const auto begin = [&](std::uint64_t message, std::uint64_t reply, std::uint64_t types) {
    wire::put_varint(bytes, message);
    wire::put_varint(bytes, reply);
    wire::put_varint(bytes, types);
  };
  const auto put_type = [&](std::uint8_t kind, std::uint64_t parts) {
    wire::put_u8(bytes, kind);
    wire::put_text(bytes, "T");
    wire::put_varint(bytes, 0);
    wire::put_varint(bytes, 0);
    wire::put_varint(bytes, parts);
  };
  const auto number = static_cast<std::uint8_t>(type_kind::number);
  const auto list = static_cast<std::uint8_t>(type_kind::list);
  SECTION("no types") { begin(0, schema::no_reply, 0); }
  SECTION("a message that is not there") {
    begin(1, schema::no_reply, 1);
    put_type(number, 0);
  }
  SECTION("a reply that is not there") {
    begin(0, 1, 1);
    put_type(number, 0);
  }
  SECTION("a reply beyond 32 bits") {
    begin(0, (std::uint64_t{1} << 32) | schema::no_reply, 1);
    put_type(number, 0);
  }
  SECTION("a message beyond 32 bits") {
    begin(std::uint64_t{1} << 32, schema::no_reply, 1);
    put_type(number, 0);
  }
  SECTION("a part that is not there") {
    begin(0, schema::no_reply, 1);
    put_type(list, 1);
    wire::put_text(bytes, "");
    wire::put_varint(bytes, 1);
  }
  SECTION("a part beyond 32 bits") {
    begin(0, schema::no_reply, 1);
    put_type(list, 1);
    wire::put_text(bytes, "");
    wire::put_varint(bytes, std::uint64_t{1} << 32);
  }
  SECTION("kind 0") {
    begin(0, schema::no_reply, 1);
    put_type(0, 0);
  }
  SECTION("a kind behind the last") {
    begin(0, schema::no_reply, 1);
    put_type(static_cast<std::uint8_t>(type_kind::standard) + 1, 0);
  }
  SECTION("endless types") { begin(0, schema::no_reply, ~std::uint64_t{0}); }
  SECTION("more types than a message can have") {
    begin(0, schema::no_reply, 4'097);
    for (int i = 0; i < 4'097; ++i) put_type(number, 0);
  }
  SECTION("endless parts") {
    begin(0, schema::no_reply, 1);
    put_type(list, ~std::uint64_t{0});
  }
  SECTION("more parts than a message can have") {
    begin(0, schema::no_reply, 3);
    for (int i = 0; i < 3; ++i) {
      put_type(list, 30'000);
      for (int part = 0; part < 30'000; ++part) {
        wire::put_text(bytes, "");
        wire::put_varint(bytes, 0);
      }
    }
  }
  CHECK_THROWS_AS(take_all(bytes.view()), wire::violation);
}

TEST_CASE("deep, cyclic and endlessly shared types have a short text, and are compared", "[schema]") {
  schema made;
  constexpr std::size_t longest = (std::size_t{1} << 20) + 3;
  SECTION("deep") {
    for (std::uint32_t i = 0; i < 4'095; ++i) made.types.push_back(type_of(type_kind::list, "list", {i + 1}));
    made.types.push_back(type_of(type_kind::nothing, "nothing", {}));
    CHECK(difference(made, made).find("too deep") != std::string::npos);
  }
  SECTION("deep structs") {
    for (std::uint32_t i = 0; i < 4'095; ++i) made.types.push_back(type_of(type_kind::record, "R", {i + 1}));
    made.types.push_back(type_of(type_kind::nothing, "nothing", {}));
    CHECK(difference(made, made).find("too deep") != std::string::npos);
  }
  SECTION("a list of itself") {
    made.types.push_back(type_of(type_kind::list, "list", {0}));
    CHECK(difference(made, made) == "");
  }
  SECTION("nameless circles") {
    made.types.push_back(type_of(type_kind::enumeration, "", {1}));
    made.types.push_back(type_of(type_kind::enumeration, "", {0}));
    CHECK(difference(made, made) == "");
  }
  SECTION("circles of different lengths") {
    schema longer;
    for (std::uint32_t i = 0; i < 3; ++i) made.types.push_back(type_of(type_kind::list, "list", {(i + 1) % 3}));
    for (std::uint32_t i = 0; i < 5; ++i) longer.types.push_back(type_of(type_kind::list, "list", {(i + 1) % 5}));
    CHECK(difference(made, longer) == "");
  }
  SECTION("each twice the next") {
    for (std::uint32_t i = 0; i < 100; ++i) made.types.push_back(type_of(type_kind::tuple, "", {i + 1, i + 1}));
    made.types.push_back(type_of(type_kind::nothing, "", {}));
    CHECK(difference(made, made) == "");
  }
  SECTION("all of all") {
    std::mt19937 random(7);
    schema other;
    for (schema* const each : {&made, &other}) {
      for (int i = 0; i < 4'096; ++i) {
        each->types.push_back(
            type_of(type_kind::tuple, "tuple",
                    {static_cast<std::uint32_t>(random() % 4'096), static_cast<std::uint32_t>(random() % 4'096)}));
      }
    }
    CHECK(difference(made, other).find("too deep or too large") != std::string::npos);
  }
  SECTION("a long name") { made.types.push_back(type_of(type_kind::number, std::string(4 << 20, 'x'), {})); }
  CHECK(made.to_string().size() <= longest);
  CHECK(made.name_of(0).size() <= 256 + 3);
  CHECK(take_all(bytes_of(made).view()).to_string() == made.to_string());
}

TEST_CASE("schemas with random bytes in them are refused or understood", "[schema]") {
  std::mt19937_64 random(2026);
  const schema original = schema_of<everything>();
  const zooid::byte_buffer valid = bytes_of(original);
  int understood = 0;
  for (int round = 0; round < 20'000; ++round) {
    zooid::byte_buffer bytes;
    bytes.append(valid.data(), valid.size());
    for (std::uint64_t flips = random() % 4; flips-- > 0;) {
      bytes.data()[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    try {
      const schema taken = take_all(bytes.view());
      ++understood;
      CHECK(taken.to_string().size() <= (std::size_t{1} << 20) + 3);
      CHECK(difference(taken, original).size() < 10'000);
      CHECK(difference(original, taken).size() < 10'000);
    } catch (const wire::violation&) {
    }
  }
  CHECK(understood > 1'000);
}
