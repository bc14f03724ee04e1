// SPDX-License-Identifier: Apache-2.0
#include <zooid/json.hpp>

#include <zooid/codec.hpp>
#include <zooid/ref.hpp>

#include "catch.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <limits>
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

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

enum class Unit : std::uint8_t { piece, kilogram };
struct Line {
  std::string sku;
  std::uint32_t quantity = 0;
};
struct Order {
  std::int32_t number = 0;
  std::vector<Line> lines;
};
struct Category {
  std::string name;
  std::vector<Category> inner;
};
struct Point {
  double x = 0;
  double y = 0;
};
struct Empty {};
struct Grown {
  int a = 1;
  int b = 2;
  std::monostate c{};
};
struct Everything {
  bool yes = false;
  std::int8_t tiny = 0;
  std::uint64_t large = 0;
  std::int64_t low = 0;
  float single = 0;
  double real = 0;
  char letter = 0;
  Unit per = Unit::piece;
  std::string name;
  std::u8string utf8;
  std::u16string units;
  std::vector<std::uint16_t> numbers;
  std::deque<bool> answers;
  std::array<std::int32_t, 3> three{};
  std::set<std::int32_t> chosen;
  std::map<std::string, Point> places;
  std::map<std::int32_t, std::string> by_number;
  std::tuple<bool, std::string> both;
  std::pair<std::int32_t, Unit> pair;
  std::optional<Line> first;
  std::optional<std::optional<std::int32_t>> nested;
  std::variant<std::int32_t, std::string, Line> choice;
  std::chrono::milliseconds wait{};
  std::chrono::sys_seconds when{};
  std::monostate nothing{};
  Empty empty;
  Category kind;
};

class Photo {
 public:
  template <class Archive>
  void serialize(Archive& archive) {
    archive(bytes_);
  }

 private:
  std::string bytes_;
};
struct Album {
  std::string title;
  std::map<std::string, std::vector<Photo>> pages;
};

struct Room;
struct Enter {
  zooid::ref<Room> room;
};
struct Room : zooid::contract<"room", Enter> {};

template <class T>
zooid::schema shape_of() {
  zooid::detail::schema_builder to;
  const std::uint32_t type = zooid::detail::describe<T>(to);
  return to.take(type, zooid::schema::no_reply);
}

template <class T>
zooid::byte_buffer bytes_of(const T& value) {
  zooid::byte_buffer bytes;
  zooid::output_archive archive(bytes);
  archive(value);
  return bytes;
}

std::string text_of(const zooid::byte_buffer& bytes, const zooid::schema& shape) {
  std::string text;
  zooid::json()->write(text, shape, shape.message, bytes.view());
  return text;
}

template <class T>
std::string text_of(const T& value) {
  return text_of(bytes_of(value), shape_of<T>());
}

template <class T>
T value_of(std::string_view text) {
  const zooid::schema shape = shape_of<T>();
  zooid::byte_buffer bytes;
  zooid::json()->read(bytes, shape, shape.message, text);
  zooid::input_archive archive(bytes.view());
  T value{};
  archive(value);
  archive.finish();
  return value;
}

/// The same there and back.
template <class T>
void check_both_ways(const T& value, std::string_view text) {
  CHECK(text_of(value) == text);
  CHECK(text_of(value_of<T>(text)) == text);
}

template <class T>
std::string refusal_of(std::string_view text) {
  try {
    static_cast<void>(value_of<T>(text));
  } catch (const zooid::codec_error& why) {
    return why.what();
  }
  return "taken";
}

}  // namespace

TEST_CASE("booleans and numbers are JSON's, integers exactly", "[json]") {
  check_both_ways(true, "true");
  check_both_ways(std::int8_t{-128}, "-128");
  check_both_ways(std::numeric_limits<std::int64_t>::min(), "-9223372036854775808");
  check_both_ways(std::numeric_limits<std::int64_t>::max(), "9223372036854775807");
  check_both_ways(std::numeric_limits<std::uint64_t>::max(), "18446744073709551615");
  check_both_ways('A', "65");
  check_both_ways(char32_t{0x1F600}, "128512");
  check_both_ways(Unit::kilogram, "1");
}

TEST_CASE("floating point numbers come back as they were, and what is no number is null", "[json]") {
  check_both_ways(0.1, "0.1");
  check_both_ways(0.1F, "0.1");
  check_both_ways(-0.0, "-0.0");
  check_both_ways(3.0, "3.0");
  check_both_ways(1e300, "1e+300");
  check_both_ways(std::numeric_limits<double>::denorm_min(), "5e-324");
  CHECK(value_of<double>("7") == 7.0);
  CHECK(text_of(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(text_of(-std::numeric_limits<float>::infinity()) == "null");
  CHECK(refusal_of<double>("null") == "expected a number, not null");
  CHECK_THAT(refusal_of<double>("NaN"), Contains("not JSON"));
  CHECK_THAT(refusal_of<double>("1e999"), Contains("a number beyond any range"));
  CHECK_THAT(refusal_of<float>("1e39"), Contains("1e+39 is out of the range of float32"));
}

TEST_CASE("text is UTF-8; characters of other widths are numbers", "[json]") {
  check_both_ways(std::string("grüß \"dich\"\n测试"), R"("grüß \"dich\"\n测试")");
  check_both_ways(std::u8string(u8"测试"), R"("测试")");
  check_both_ways(std::u16string(u"aé"), "[97,233]");
  check_both_ways(std::u32string(U"\U0001F600"), "[128512]");
  CHECK(value_of<std::string>(R"("\ud83d\ude00")") == "\U0001F600");
  CHECK_THROWS_WITH(text_of(Line{"\xff", 1}), "Line.sku: a string that is not UTF-8");
  CHECK_THAT(refusal_of<Line>("{\"sku\": \"\xc3\x28\", \"quantity\": 1}"), Contains("ill-formed UTF-8"));
  CHECK_THAT(refusal_of<std::string>(R"("\ud83d")"), Contains("surrogate"));
}

TEST_CASE("containers are lists, objects where their keys are text", "[json]") {
  check_both_ways(std::vector<int>{1, 2}, "[1,2]");
  check_both_ways(std::vector<bool>{true, false}, "[true,false]");
  check_both_ways(std::array<int, 2>{3, 4}, "[3,4]");
  check_both_ways(std::set<std::string>{"a", "b"}, R"(["a","b"])");
  check_both_ways(std::map<std::string, int>{{"a", 1}, {"b", 2}}, R"({"a":1,"b":2})");
  check_both_ways(std::map<int, std::string>{{1, "a"}}, R"([[1,"a"]])");
  check_both_ways(std::multimap<std::string, int>{{"a", 1}, {"a", 2}, {"b", 3}}, R"([["a",1],["a",2],["b",3]])");
  check_both_ways(std::multimap<std::string, int>{{"a", 1}, {"b", 3}}, R"({"a":1,"b":3})");
  check_both_ways(std::tuple<int, std::string>{1, "a"}, R"([1,"a"])");
  check_both_ways(std::pair<bool, double>{true, 0.5}, "[true,0.5]");
  CHECK(value_of<std::map<std::string, int>>(R"([["a",1]])").at("a") == 1);
}

TEST_CASE("optional values are null or themselves, in a list where null is one of them", "[json]") {
  using maybe = std::optional<int>;
  check_both_ways(maybe(), "null");
  check_both_ways(maybe(5), "5");
  check_both_ways(std::optional<maybe>(), "null");
  check_both_ways(std::optional<maybe>(maybe()), "[null]");
  check_both_ways(std::optional<maybe>(maybe(5)), "[5]");
  CHECK_THAT(refusal_of<std::optional<maybe>>("5"), Contains("expected a list of 1"));
}

TEST_CASE("variants name their alternative; times are counted; nothing is null", "[json]") {
  using choice = std::variant<int, std::string, std::monostate>;
  check_both_ways(choice(7), R"({"index":0,"value":7})");
  check_both_ways(choice("x"), R"({"index":1,"value":"x"})");
  check_both_ways(choice(std::monostate()), R"({"index":2,"value":null})");
  CHECK(refusal_of<choice>(R"({"index":3,"value":null})") == "index: expected a number below 3, not 3");
  CHECK(refusal_of<choice>(R"({"index":0,"value":"x"})") == "value: expected a number, not a string");
  CHECK(refusal_of<choice>(R"({"index":0})") == "value: missing");
  check_both_ways(std::chrono::milliseconds(1500), "1500");
  check_both_ways(std::chrono::sys_seconds(86400s), "86400");
  check_both_ways(std::monostate(), "null");
}

TEST_CASE("a struct is an object with exactly its fields, in any order", "[json]") {
  check_both_ways(Line{"nail", 12}, R"({"sku":"nail","quantity":12})");
  check_both_ways(Empty{}, "{}");
  check_both_ways(Category{"a", {{"b", {}}}}, R"({"name":"a","inner":[{"name":"b","inner":[]}]})");
  CHECK(value_of<Line>(R"( {"quantity" : 3, "sku" : "x"} )").quantity == 3);
  CHECK(refusal_of<Line>(R"({"sku":"x"})") == "Line.quantity: missing");
  CHECK(refusal_of<Line>(R"({"sku":"x","quantity":1,"colour":2})") == "Line.colour: unknown field");
  CHECK(refusal_of<Line>(R"({"sku":"x","sku":"y","quantity":1})") == "Line: \"sku\" stands twice");
  CHECK(refusal_of<Line>("[]") == "Line: expected an object, not a list");
  CHECK(refusal_of<Line>("null") == "Line: expected an object, not null");
}

TEST_CASE("what an older sender did not know is left out", "[json]") {
  zooid::byte_buffer bytes;
  zooid::output_archive archive(bytes);
  const std::size_t begin = archive.begin_record();
  archive(7);
  archive.end_record(begin);
  CHECK(text_of(bytes, shape_of<Grown>()) == R"({"a":7})");
  CHECK(text_of(Grown{}) == R"({"a":1,"b":2,"c":null})");
}

TEST_CASE("a wrong value is refused with its path", "[json]") {
  const auto with = [](const std::string& quantity) {
    return R"({"number": 1, "lines": [{"sku": "a", "quantity": 1}, {"sku": "b", "quantity": )" + quantity + "}]}";
  };
  CHECK(refusal_of<Order>(with("-1")) == "Order.lines[1].quantity: -1 is out of the range of uint32");
  CHECK(refusal_of<Order>(with("4294967296")) == "Order.lines[1].quantity: 4294967296 is out of the range of uint32");
  CHECK(refusal_of<Order>(with("1.5")) == "Order.lines[1].quantity: expected an integer, not 1.5");
  CHECK(refusal_of<Order>(with("1.0")) == "Order.lines[1].quantity: expected an integer, not 1.0");
  CHECK(refusal_of<Order>(with("18446744073709551616")) ==
        "Order.lines[1].quantity: expected an integer, not 1.8446744073709552e+19");
  CHECK(refusal_of<Order>(with("\"1\"")) == "Order.lines[1].quantity: expected a number, not a string");
  CHECK(refusal_of<Order>(with("true")) == "Order.lines[1].quantity: expected a number, not true");
  CHECK(refusal_of<Order>(with("null")) == "Order.lines[1].quantity: expected a number, not null");
  CHECK(refusal_of<Order>(with("{}")) == "Order.lines[1].quantity: expected a number, not an object");
  CHECK_THAT(refusal_of<Order>(with("1e999")), Contains("Order.lines[1].quantity: a number beyond any range"));
  CHECK_THAT(refusal_of<Order>(with("+1")), Contains("Order.lines[1].quantity: not JSON"));
  CHECK(refusal_of<Order>(R"({"number": 1, "lines": {}})") == "Order.lines: expected a list, not an object");
  CHECK(refusal_of<std::map<std::string, Line>>(R"({"a b": {"sku": 1, "quantity": 1}})") ==
        "[\"a b\"].sku: expected a string, not 1");
  CHECK(refusal_of<std::map<int, bool>>("[[1, true], [2, 3]]") == "[1][1]: expected true or false, not 3");
  CHECK(refusal_of<std::map<int, bool>>("[[1]]") == "[0]: expected a list of 2, not of 1");
  CHECK(refusal_of<std::array<int, 2>>("[1]") == "expected a list of 2, not of 1");
  CHECK(refusal_of<std::tuple<int, bool>>("[1, true, 2]") == "expected a list of 2, not of 3");
  CHECK_THAT(refusal_of<std::set<int>>("[1, 1]"), Contains("twice"));
  CHECK_THAT((refusal_of<std::map<std::string, int>>(R"([["a", 1], ["a", 2]])")), Contains("twice"));
  CHECK(refusal_of<std::map<std::string, int>>(R"({"a": 1, "a": 2})") == "\"a\" stands twice");
}

TEST_CASE("what is no JSON is refused with its place", "[json]") {
  for (const std::string_view text : {"", " ", "{", "[1,]", "{\"sku\"}", "{'sku': 1}", "nul", "1 2", "// x\n1", "\"a",
                                      "[1", "\"\t\"", "\xff", "01"}) {
    INFO(text);
    CHECK_THAT(refusal_of<int>(text), Contains("not JSON") && Contains("at byte"));
  }
}

TEST_CASE("deep nesting is refused without deep recursion", "[json]") {
  constexpr std::size_t many = 1'000'000;
  CHECK_THAT(refusal_of<Category>(std::string(many, '[')), Contains("nested more than 256 deep"));
  std::string objects;
  for (std::size_t i = 0; i < many; ++i) objects += R"({"name":"","inner":[)";
  const std::string why = refusal_of<Category>(objects);
  CHECK_THAT(why, Contains("Category.inner[0].inner[0]") && Contains("nested more than 256 deep"));
  CHECK(why.size() < 1000);
  std::string sixty_five = R"({"name":"","inner":[]})";
  for (int i = 1; i < 65; ++i) sixty_five = R"({"name":"","inner":[)" + sixty_five + "]}";
  CHECK_THAT(refusal_of<Category>(sixty_five), Contains("objects nested more than 64 deep"));
  const std::string sixty_four = sixty_five.substr(20, sixty_five.size() - 22);
  CHECK(text_of(value_of<Category>(sixty_four)) == sixty_four);
}

TEST_CASE("a text of more values than memory is meant for is refused", "[json]") {
  std::string text = "[0";
  for (int i = 0; i < 1'000'000; ++i) text += ",0";
  CHECK_THAT(refusal_of<std::vector<std::uint8_t>>(text + "]"), Contains("more than a million values"));
}

TEST_CASE("a ref is an address, or an object when it is pinned to one actor", "[json]") {
  const zooid::schema shape = shape_of<Enter>();
  const auto encode = [](std::uint8_t kind, std::uint64_t node, std::uint64_t actor, const std::string& name,
                         const std::string& endpoint) {
    zooid::byte_buffer bytes;
    zooid::output_archive archive(bytes);
    const std::size_t begin = archive.begin_record();
    archive(kind);
    if (kind != 0) archive(node, actor, name, endpoint);
    archive.end_record(begin);
    return bytes;
  };
  const auto check = [&](const zooid::byte_buffer& bytes, const std::string& text) {
    CHECK(text_of(bytes, shape) == text);
    zooid::byte_buffer read;
    zooid::json()->read(read, shape, shape.message, text);
    CHECK(text_of(read, shape) == text);
    return read;
  };
  const auto same = [](const zooid::byte_buffer& a, const zooid::byte_buffer& b) {
    return std::ranges::equal(a.view(), b.view());
  };
  const auto nobody = encode(0, 0, 0, "", "");
  CHECK(same(check(nobody, R"({"room":null})"), nobody));
  const auto named = encode(1, 0, 0, "hall", "tcp://127.0.0.1:4711");
  CHECK(same(check(named, R"({"room":"tcp://127.0.0.1:4711/hall"})"), named));
  const auto over_ipc = encode(1, 0, 0, "hall", "ipc:///tmp/a/b");
  CHECK(same(check(over_ipc, R"({"room":"ipc:///tmp/a/b/hall"})"), over_ipc));
  const auto local = encode(1, 0, 0, "hall", "");
  CHECK(same(check(local, R"({"room":"hall"})"), local));
  const auto pinned = encode(2, 0xFEDCBA9876543210, 17, "Hall", "tcp://127.0.0.1:4711");
  CHECK(same(check(pinned, R"({"room":{"node":"fedcba9876543210","actor":17,"name":"Hall",)"
                           R"("endpoint":"tcp://127.0.0.1:4711"}})"),
             pinned));
  CHECK(text_of(encode(1, 5, 0, "hall", "tcp://127.0.0.1:4711"), shape) == R"({"room":"tcp://127.0.0.1:4711/hall"})");

  CHECK_THAT(refusal_of<Enter>(R"({"room":"tcp://127.0.0.1:4711/"})"), Contains("Enter.room: expected \"tcp://"));
  CHECK_THAT(refusal_of<Enter>(R"({"room":""})"), Contains("Enter.room: expected \"tcp://"));
  CHECK_THAT(refusal_of<Enter>(R"({"room":7})"), Contains("Enter.room: expected an address"));
  CHECK_THAT(refusal_of<Enter>(R"({"room":{"node":"7","actor":1,"name":"","endpoint":""}})"),
             Contains("Enter.room.node: expected 16 hexadecimal digits"));
  CHECK_THAT(refusal_of<Enter>(R"({"room":{"node":"0000000000000007","actor":-1,"name":"","endpoint":""}})"),
             Contains("Enter.room.actor: expected a number"));
}

TEST_CASE("a class that serialises itself is an obstacle, and named", "[json]") {
  const auto obstacle = [](const zooid::schema& shape) { return zooid::json()->obstacle(shape, shape.message); };
  CHECK(obstacle(shape_of<Everything>()).empty());
  CHECK(obstacle(shape_of<Enter>()).empty());
  CHECK(obstacle(shape_of<Album>()) == "Album.pages: Photo serialises itself, so its parts have no names");
  CHECK_THROWS_AS(text_of(Album{"", {{"", {Photo()}}}}), zooid::codec_error);
  CHECK_THROWS_AS(value_of<Album>(R"({"title": "", "pages": {"a": [{}]}})"), zooid::codec_error);
}

// What is random is the same in each run.

namespace {

using tree = nlohmann::json;

class chance {
 public:
  explicit chance(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] std::uint64_t bits() { return random_(); }
  [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }

 private:
  std::mt19937_64 random_;
};

/// A random value of a type, as its text has it.
tree make(const zooid::schema& of, std::uint32_t type, chance& by, int depth = 0) {
  using kind = zooid::type_kind;
  const zooid::schema_type& it = of.types[type];
  const std::size_t count = depth > 4 ? 0 : by.below(4);
  const auto part = [&](std::size_t i) { return make(of, it.parts[i].type, by, depth + 1); };
  const auto some_text = [&] {
    static const std::array<std::string, 6> words{"", "a", "ü", "测试", "\"\\\n\t", std::string("\0\x7f", 2)};
    return words[by.below(words.size())] + words[by.below(words.size())];
  };
  tree made;
  switch (it.kind) {
    case kind::boolean:
      return by.below(2) == 1;
    case kind::number:
      if (it.name == "int8") return static_cast<std::int8_t>(by.bits());
      if (it.name == "int32") return static_cast<std::int32_t>(by.bits());
      if (it.name == "int64") return static_cast<std::int64_t>(by.bits());
      if (it.name == "uint16" || it.name == "char16") return static_cast<std::uint16_t>(by.bits());
      if (it.name == "uint32") return static_cast<std::uint32_t>(by.bits());
      if (it.name == "uint64") return by.bits();
      if (it.name == "float32") return static_cast<double>(by.below(1000)) / 4;
      if (it.name == "float64") return static_cast<double>(static_cast<std::int64_t>(by.bits())) / 1e9;
      return static_cast<std::uint8_t>(by.bits());
    case kind::enumeration:
      return by.below(2);
    case kind::string:
      if (it.parts.empty() || of.types[it.parts[0].type].name == "char8") return some_text();
      [[fallthrough]];
    case kind::list:
      made = tree::array();
      for (std::size_t i = 0; i < count; ++i) made.push_back(part(0));
      return made;
    case kind::array:
      made = tree::array();
      for (std::size_t i = 0; i < it.count; ++i) made.push_back(part(0));
      return made;
    case kind::set: {
      std::set<tree> all;
      for (std::size_t i = 0; i < count; ++i) all.insert(part(0));
      return tree(all);
    }
    case kind::map: {
      if (of.types[it.parts[0].type].kind == kind::string) {
        made = tree::object();
        for (std::size_t i = 0; i < count; ++i) made[some_text()] = part(1);
        return made;
      }
      std::map<tree, tree> all;
      for (std::size_t i = 0; i < count; ++i) all.emplace(part(0), part(1));
      made = tree::array();
      for (const auto& [key, value] : all) made.push_back({key, value});
      return made;
    }
    case kind::tuple:
      made = tree::array();
      for (std::size_t i = 0; i < it.parts.size(); ++i) made.push_back(part(i));
      return made;
    case kind::optional:
      if (by.below(3) == 0) return nullptr;
      return of.types[it.parts[0].type].kind == kind::optional ? tree::array({part(0)}) : part(0);
    case kind::variant: {
      const std::size_t index = by.below(it.parts.size());
      return tree{{"index", index}, {"value", part(index)}};
    }
    case kind::time_span:
    case kind::instant:
      return part(0);
    case kind::record:
      made = tree::object();
      for (std::size_t i = 0; i < it.parts.size(); ++i) made[it.parts[i].name] = part(i);
      return made;
    case kind::nothing:
    case kind::ref:
    case kind::opaque:
    case kind::standard:
      return nullptr;
  }
  return nullptr;
}

void mutate(std::string& text, chance& by) {
  static constexpr std::string_view likely = "{}[]\",:0123456789-.e\\ntfu\xff\x80";
  for (std::size_t changes = 1 + by.below(3); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = by.below(text.size());
    switch (by.below(4)) {
      case 0:
        text[at] = likely[by.below(likely.size())];
        break;
      case 1:
        text.insert(at, 1, likely[by.below(likely.size())]);
        break;
      case 2:
        text.erase(at, 1 + by.below(8));
        break;
      default:
        text[at] = static_cast<char>(by.bits());
    }
  }
}

}  // namespace

TEST_CASE("random values go through JSON, bytes and C++ and back unchanged", "[json]") {
  const zooid::schema shape = shape_of<Everything>();
  chance by(1);
  for (int round = 0; round < 2000; ++round) {
    const tree first = make(shape, shape.message, by);
    zooid::byte_buffer bytes;
    zooid::json()->read(bytes, shape, shape.message, first.dump());
    zooid::input_archive archive(bytes.view());
    Everything value;
    archive(value);
    archive.finish();
    const zooid::byte_buffer again = bytes_of(value);
    REQUIRE(std::ranges::equal(bytes.view(), again.view()));
    REQUIRE(tree::parse(text_of(again, shape)) == first);
  }
}

TEST_CASE("mutated JSON is taken or refused, and nothing else", "[json]") {
  const zooid::schema shape = shape_of<Everything>();
  chance by(2);
  int taken = 0;
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    const std::string valid = make(shape, shape.message, by).dump();
    for (int variant = 0; variant < 50; ++variant) {
      std::string text = valid;
      mutate(text, by);
      try {
        const auto value = value_of<Everything>(text);
        REQUIRE(tree::parse(text_of(value)).is_object());
        ++taken;
      } catch (const zooid::codec_error&) {
        ++refused;
      }
    }
  }
  CHECK(taken > 0);
  CHECK(refused > 0);
}

TEST_CASE("mutated bytes become JSON or are refused, and nothing else", "[json]") {
  const zooid::schema shape = shape_of<Everything>();
  chance by(3);
  int written = 0;
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    zooid::byte_buffer bytes;
    zooid::json()->read(bytes, shape, shape.message, make(shape, shape.message, by).dump());
    for (int variant = 0; variant < 50; ++variant) {
      std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      mutate(text, by);
      zooid::byte_buffer changed;
      changed.append(text.data(), text.size());
      try {
        const std::string written_text = text_of(changed, shape);
        REQUIRE(tree::parse(written_text).is_object());
        ++written;
      } catch (const zooid::codec_error&) {
        ++refused;
      }
    }
  }
  CHECK(written > 0);
  CHECK(refused > 0);
}
