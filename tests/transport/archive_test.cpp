// SPDX-License-Identifier: Apache-2.0
#include <zooid/archive.hpp>

#include "catch.hpp"

#include <cereal/cereal.hpp>
#include <cereal/types/bitset.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/valarray.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

namespace {

enum class colour : std::uint8_t { red = 1, blue = 200 };
enum class answer : bool { no, yes };

struct point {
  int x = 1;
  int y = 2;
  friend bool operator==(const point&, const point&) = default;
};
struct tree {
  std::string name;
  std::vector<tree> children;
  friend bool operator==(const tree&, const tree&) = default;
};
struct nothing {
  friend bool operator==(const nothing&, const nothing&) = default;
};

struct everything {
  bool flag = false;
  char letter = 'a';
  std::int8_t i8 = 0;
  std::uint16_t u16 = 0;
  long number = 0;
  std::uint64_t u64 = 0;
  float f = 0;
  double d = 0;
  char32_t code_point = 0;
  colour enumeration = colour::red;
  std::string text;
  std::vector<std::byte> bytes;
  std::vector<std::int32_t> numbers;
  std::vector<bool> bits;
  std::deque<std::string> deque;
  std::list<point> list;
  std::array<point, 2> array;
  std::array<double, 3> doubles;
  std::set<std::string> set;
  std::multiset<int> multiset;
  std::map<std::string, point> map;
  std::unordered_map<int, std::vector<int>> hashed;
  std::unordered_set<std::string> hashes;
  std::pair<int, std::string> pair;
  std::tuple<int, bool, std::string> tuple;
  std::optional<point> optional;
  std::variant<std::monostate, int, point> variant;
  std::chrono::milliseconds duration{};
  std::chrono::system_clock::time_point time;
  std::u16string wide;
  nothing empty;
  friend bool operator==(const everything&, const everything&) = default;
};

everything full() {
  everything all;
  all.flag = true;
  all.letter = 'z';
  all.i8 = -7;
  all.u16 = 65000;
  all.number = std::numeric_limits<long>::min();
  all.u64 = std::numeric_limits<std::uint64_t>::max();
  all.f = 1.5F;
  all.d = -0.1;
  all.code_point = U'\u00e9';
  all.enumeration = colour::blue;
  all.text = "hello, world: longer than what fits into the string itself";
  all.bytes = {std::byte{1}, std::byte{255}};
  all.numbers = {1, -2, 3};
  all.bits = {true, false, true};
  all.deque = {"a", "", "c"};
  all.list = {{3, 4}, {5, 6}};
  all.array = {point{7, 8}, point{9, 10}};
  all.doubles = {1, 2, 3};
  all.set = {"x", "y"};
  all.multiset = {1, 1, 2};
  all.map = {{"p", {1, 2}}, {"q", {3, 4}}};
  all.hashed = {{1, {1, 2}}, {2, {}}};
  all.hashes = {"one", "two"};
  all.pair = {4, "four"};
  all.tuple = {1, true, "three"};
  all.optional = point{11, 12};
  all.variant = point{13, 14};
  all.duration = std::chrono::milliseconds(1234);
  all.time = std::chrono::system_clock::time_point(std::chrono::seconds(99));
  all.wide = u"wide";
  return all;
}

template <class T>
zooid::byte_buffer encoded(const T& value) {
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  to(value);
  return bytes;
}

template <class T>
T decoded(std::span<const std::byte> bytes) {
  T value{};
  zooid::input_archive from(bytes);
  from(value);
  from.finish();
  return value;
}

template <class T>
T there_and_back(const T& value) {
  return decoded<T>(encoded(value).view());
}

template <class T>
std::string why_not(std::span<const std::byte> bytes) {
  try {
    (void)decoded<T>(bytes);
  } catch (const zooid::codec_error& error) {
    return error.what();
  }
  return "decoded";
}

template <class... Byte>
std::vector<std::byte> raw(Byte... byte) {
  return {static_cast<std::byte>(byte)...};
}

// The same message in two releases.
namespace v1 {
struct line {
  std::string sku;
};
struct order {
  int quantity = 5;
  line first;
};
}  // namespace v1
namespace v2 {
struct line {
  std::string sku;
  int price = 42;
};
struct order {
  int quantity = 5;
  line first;
  std::optional<std::string> note = "none";
  std::vector<line> more{{"default", 1}};
};
}  // namespace v2

// What users write for cereal.
struct member_serialize {
  int a = 0;
  std::string b;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(a), cereal::make_nvp("other", b));
  }
};
class private_serialize {
 public:
  private_serialize() = default;
  explicit private_serialize(int value) : value_(value) {}
  [[nodiscard]] int value() const { return value_; }

 private:
  friend class cereal::access;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value_);
  }
  int value_ = 0;
};
struct split {
  std::vector<int> numbers;
  template <class Archive>
  void save(Archive& archive) const {
    archive(cereal::make_size_tag(static_cast<cereal::size_type>(numbers.size())));
    for (const int number : numbers) archive << number;
  }
  template <class Archive>
  void load(Archive& archive) {
    cereal::size_type size;
    archive(cereal::make_size_tag(size));
    numbers.resize(size);
    for (int& number : numbers) archive >> number;
  }
};
struct free_serialize {
  int a = 0;
  friend bool operator==(const free_serialize&, const free_serialize&) = default;
};
template <class Archive>
void serialize(Archive& archive, free_serialize& object) {
  archive & object.a;
}
struct free_split {
  int twice = 0;
};
template <class Archive>
void save(Archive& archive, const free_split& object) {
  archive(object.twice / 2);
}
template <class Archive>
void load(Archive& archive, free_split& object) {
  int half;
  archive(half);
  object.twice = half * 2;
}
struct minimal {
  std::string text;
  template <class Archive>
  std::string save_minimal(const Archive&) const {
    return text;
  }
  template <class Archive>
  void load_minimal(const Archive&, const std::string& value) {
    text = value;
  }
};
struct versioned {
  int value = 0;
  std::uint32_t seen = 0;
  template <class Archive>
  void serialize(Archive& archive, std::uint32_t version) {
    archive(value);
    seen = version;
  }
};
struct derived_class : member_serialize {
  int c = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::base_class<member_serialize>(this), c);
  }
};
struct binary {
  std::array<std::uint8_t, 4> bytes{};
  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::binary_data(bytes.data(), bytes.size()));
  }
};
struct with_new_member {
  int old_one = 1;
  int new_one = 7;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(old_one, new_one);
  }
};
struct without_it {
  int old_one = 1;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(old_one);
  }
};

struct of_cereal {
  std::bitset<70> bits;
  std::complex<double> complex;
  std::valarray<int> valarray;
  std::queue<std::string> queue;
  std::stack<int> stack;
  std::priority_queue<int> priority;
};

}  // namespace

CEREAL_CLASS_VERSION(versioned, 3)

TEST_CASE("what is encoded comes back: every kind of field", "[archive]") {
  CHECK(there_and_back(full()) == full());
  CHECK(there_and_back(everything{}) == everything{});
  const tree deep{"a", {{"b", {{"c", {}}}}, {"d", {}}}};
  CHECK(there_and_back(deep) == deep);
}

TEST_CASE("the bytes are the documented ones", "[archive]") {
  const auto bytes = encoded(std::pair<point, std::string>({1, -1}, "hi"));
  const auto expected = raw(8, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255, 2, 'h', 'i');
  CHECK(std::vector<std::byte>(bytes.view().begin(), bytes.view().end()) == expected);
  CHECK(encoded(std::string(300, 'x')).view()[0] == std::byte{0xac});
  CHECK(encoded(std::string(300, 'x')).view()[1] == std::byte{0x02});
}

TEST_CASE("a message cut off at any byte is refused", "[archive]") {
  const auto bytes = encoded(full());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(decoded<everything>(bytes.view().first(size)), zooid::codec_error);
  }
}

TEST_CASE("a record cut off keeps whole fields and refuses partial ones", "[archive]") {
  const auto bytes = encoded(full());
  std::size_t taken = 0;
  for (std::uint32_t size = 0; size + sizeof size <= bytes.size(); ++size) {
    zooid::byte_buffer shorter;
    zooid::output_archive(shorter).put(size);
    shorter.append(bytes.data() + sizeof size, size);
    const std::string why = why_not<everything>(shorter.view());
    if (why == "decoded") {
      ++taken;
    } else {
      CHECK(why.find("everything.") == 0);
    }
  }
  CHECK(taken >= zooid::field_count<everything>);
  CHECK(taken <= zooid::field_count<everything> + 1);
}

TEST_CASE("errors say where, and what was expected", "[archive]") {
  const auto bytes = raw(12, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 200, 200, 3, 'x');
  CHECK(why_not<v1::order>(bytes) == "order.first.sku at byte 15: a size of 58440 where 1 bytes remain");
  CHECK(why_not<point>(raw(5, 0, 0, 0, 1, 0, 0, 0, 2)) == "point.y at byte 8: expected 4 more bytes, 1 remain");
}

TEST_CASE("trailing bytes are refused", "[archive]") {
  auto bytes = encoded(point{});
  bytes.extend(1)[0] = std::byte{0};
  CHECK(why_not<point>(bytes.view()) == "at byte 12: trailing bytes");
}

TEST_CASE("a bool is 0 or 1, also as an enum's type, in a vector and in an optional", "[archive]") {
  CHECK(why_not<bool>(raw(0x42)).find("bool") != std::string::npos);
  CHECK(why_not<answer>(raw(0x42)).find("bool") != std::string::npos);
  CHECK(why_not<std::vector<bool>>(raw(1, 0x42)).find("bool") != std::string::npos);
  CHECK(why_not<std::array<bool, 1>>(raw(0x42)).find("bool") != std::string::npos);
  CHECK(why_not<std::optional<int>>(raw(2, 0, 0, 0, 0)).find("bool") != std::string::npos);
  CHECK(decoded<answer>(raw(1)) == answer::yes);
}

TEST_CASE("an enum passes as its underlying type", "[archive]") {
  CHECK(static_cast<int>(decoded<colour>(raw(77))) == 77);
}

TEST_CASE("hostile lengths are refused before memory is taken", "[archive]") {
  const auto huge = raw(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  const auto overflowing = raw(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
  const auto billion = raw(0x80, 0x94, 0xeb, 0xdc, 0x03);
  for (const auto& bytes : {huge, overflowing, billion}) {
    CHECK_THROWS_AS(decoded<std::string>(bytes), zooid::codec_error);
    CHECK_THROWS_AS(decoded<std::vector<std::uint64_t>>(bytes), zooid::codec_error);
    CHECK_THROWS_AS(decoded<std::vector<std::string>>(bytes), zooid::codec_error);
    CHECK_THROWS_AS((decoded<std::list<int>>(bytes)), zooid::codec_error);
    CHECK_THROWS_AS((decoded<std::map<int, int>>(bytes)), zooid::codec_error);
    CHECK_THROWS_AS((decoded<std::set<int>>(bytes)), zooid::codec_error);
    CHECK_THROWS_AS((decoded<std::variant<int, bool>>(bytes)), zooid::codec_error);
    CHECK_THROWS_AS(decoded<split>(bytes), zooid::codec_error);
    CHECK_THROWS_AS(decoded<std::valarray<int>>(bytes), zooid::codec_error);
  }
  CHECK_THROWS_AS(decoded<std::string>(raw(0x81, 0x00, 'x')), zooid::codec_error);  // longer than it needs to be
  CHECK_THROWS_AS(decoded<std::vector<std::int32_t>>(raw(2, 0, 0, 0, 0, 0, 0, 0)), zooid::codec_error);
}

TEST_CASE("many elements that are large in memory and small in bytes are refused", "[archive]") {
  struct large {
    std::array<char, 100000> bytes{};
  };
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  to.put_size(100);
  for (int i = 0; i < 100; ++i) to.put(std::uint32_t{0});  // records without a field
  CHECK(why_not<std::vector<large>>(bytes.view()).find("more memory") != std::string::npos);
  CHECK(why_not<std::list<large>>(bytes.view()).find("more memory") != std::string::npos);
}

TEST_CASE("elements without bytes are refused at both ends", "[archive]") {
  CHECK_THROWS_AS(encoded(std::vector<std::tuple<>>(3)), zooid::codec_error);
  CHECK_THROWS_AS(decoded<std::vector<std::tuple<>>>(raw(1, 0)), zooid::codec_error);
  CHECK(there_and_back(std::vector<nothing>(3)).size() == 3);
}

TEST_CASE("a key that occurs twice is refused", "[archive]") {
  CHECK(why_not<std::set<bool>>(raw(2, 1, 1)).find("twice") != std::string::npos);
  CHECK(why_not<std::map<bool, bool>>(raw(2, 1, 1, 1, 0)).find("twice") != std::string::npos);
  CHECK(why_not<std::unordered_map<bool, bool>>(raw(2, 1, 1, 1, 0)).find("twice") != std::string::npos);
  CHECK(decoded<std::multimap<bool, bool>>(raw(2, 1, 1, 1, 0)).size() == 2);
}

TEST_CASE("a variant refuses an alternative that it does not have", "[archive]") {
  CHECK_THROWS_AS((decoded<std::variant<bool, bool>>(raw(2, 0))), zooid::codec_error);
  CHECK(decoded<std::variant<bool, std::monostate>>(raw(1)).index() == 1);
}

TEST_CASE("nesting is bounded at both ends", "[archive]") {
  tree root{"0", {}};
  for (int i = 1; i < 64; ++i) root = tree{"", {std::move(root)}};
  CHECK(there_and_back(root) == root);
  root = tree{"", {std::move(root)}};
  CHECK_THROWS_AS(encoded(root), zooid::codec_error);

  constexpr std::uint32_t levels = 500000;
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  for (std::uint32_t left = levels; left > 0; --left) {
    to.put(left * 6 - 4);
    to.put(std::uint8_t{0});  // no name
    to.put(std::uint8_t{left > 1});
  }
  CHECK(why_not<tree>(bytes.view()).find("deep") != std::string::npos);
}

TEST_CASE("fields appended at the end are compatible both ways", "[archive]") {
  const auto newer = decoded<v2::order>(encoded(v1::order{9, {"screw"}}).view());
  CHECK(newer.quantity == 9);
  CHECK(newer.first.sku == "screw");
  CHECK(newer.first.price == 42);
  CHECK(newer.note == "none");
  CHECK(newer.more.size() == 1);
  const auto older = decoded<v1::order>(encoded(v2::order{9, {"screw", 3}, "note", {}}).view());
  CHECK(older.quantity == 9);
  CHECK(older.first.sku == "screw");
}

TEST_CASE("members that a class serialises itself can be appended too", "[archive]") {
  CHECK(decoded<without_it>(encoded(with_new_member{2, 3}).view()).old_one == 2);
  const auto newer = decoded<with_new_member>(encoded(without_it{2}).view());
  CHECK(newer.old_one == 2);
  CHECK(newer.new_one == 7);
  CHECK(decoded<split>(raw(0, 0, 0, 0)).numbers.empty());
  CHECK(decoded<free_split>(raw(0, 0, 0, 0)).twice == 0);
  CHECK_THROWS_AS(decoded<with_new_member>(raw(5, 0, 0, 0, 1, 0, 0, 0, 9)), zooid::codec_error);
}

TEST_CASE("users' own functions for cereal work", "[archive]") {
  const auto member = there_and_back(member_serialize{3, "three"});
  CHECK(member.a == 3);
  CHECK(member.b == "three");
  CHECK(there_and_back(private_serialize(5)).value() == 5);
  CHECK(there_and_back(split{{1, 2, 3}}).numbers == std::vector<int>{1, 2, 3});
  CHECK(there_and_back(free_serialize{8}) == free_serialize{8});
  CHECK(there_and_back(free_split{8}).twice == 8);
  CHECK(there_and_back(minimal{"text"}).text == "text");
  CHECK(encoded(minimal{"text"}).size() == 5);
  CHECK(there_and_back(versioned{4, 0}).value == 4);
  CHECK(there_and_back(versioned{4, 0}).seen == 3);
  CHECK(there_and_back(binary{{1, 2, 3, 4}}).bytes == std::array<std::uint8_t, 4>{1, 2, 3, 4});
  derived_class derived;
  derived.a = 1;
  derived.c = 2;
  const auto again = there_and_back(derived);
  CHECK(again.a == 1);
  CHECK(again.c == 2);
  CHECK(there_and_back(std::vector<free_serialize>{{1}, {2}}) == std::vector<free_serialize>{{1}, {2}});
}

TEST_CASE("a version is written for each object", "[archive]") {
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  to(versioned{1, 0}, versioned{2, 0});
  zooid::input_archive from(bytes.view());
  versioned first;
  versioned second;
  from(first, second);
  from.finish();
  CHECK(first.seen == 3);
  CHECK(second.seen == 3);
  CHECK(second.value == 2);
}

TEST_CASE("the functions of cereal's headers work", "[archive]") {
  of_cereal all;
  all.bits.set(3).set(69);
  all.complex = {1.5, -2};
  all.valarray = {1, 2, 3};
  all.queue.push("first");
  all.queue.push("second");
  all.stack.push(4);
  all.priority.push(1);
  all.priority.push(9);
  const auto bytes = encoded(all);
  auto again = decoded<of_cereal>(bytes.view());
  CHECK(again.bits == all.bits);
  CHECK(again.complex == all.complex);
  CHECK(again.valarray.size() == 3);
  CHECK(again.valarray[2] == 3);
  CHECK(again.queue == all.queue);
  CHECK(again.stack == all.stack);
  CHECK(again.priority.top() == 9);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(decoded<of_cereal>(bytes.view().first(size)), zooid::codec_error);
  }
}

TEST_CASE("random bytes and damaged messages never crash", "[archive]") {
  std::mt19937_64 random(20240607);
  const auto good = encoded(full());
  std::size_t refused = 0;
  for (int i = 0; i < 100000; ++i) {
    std::vector<std::byte> bytes;
    if (i % 2 == 0) {
      bytes.resize(random() % 200);
      for (auto& byte : bytes) byte = static_cast<std::byte>(random() % (i % 4 == 0 ? 256 : 8));
      if (bytes.size() > 4) {
        const auto size = static_cast<std::uint32_t>(bytes.size() - 4);
        std::memcpy(bytes.data(), &size, sizeof size);
      }
    } else {
      bytes.assign(good.view().begin(), good.view().end());
      for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) {
        bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      }
    }
    try {
      switch (i % 3) {
        case 0:
          (void)decoded<tree>(bytes);
          break;
        case 1:
          (void)decoded<split>(bytes);
          break;
        default:
          (void)decoded<everything>(bytes);
      }
    } catch (const zooid::codec_error&) {
      ++refused;
    }
  }
  CHECK(refused > 50000);
}

TEST_CASE("a ref is refused where no node can carry it", "[archive]") {
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  CHECK_THROWS_AS(to.refs(), zooid::codec_error);
  const zooid::input_archive from(bytes.view());
  CHECK_THROWS_AS(from.refs(), zooid::codec_error);
}
