// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>

#include <zooid/ref.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace {

enum class unit : std::uint8_t { piece, kilogram };
struct line {
  std::string sku;
  unit per = unit::piece;
};
struct category {
  std::string name;
  std::vector<category> inner;
};
struct order {
  using reply = std::string;
  std::int32_t quantity = 0;
  std::vector<line> lines;
  std::optional<line> first;
  std::map<std::string, double> prices;
  std::variant<int, bool> choice;
  std::array<char, 4> code{};
  category kind;
  std::chrono::milliseconds wait{};
};
struct cancel {
  using reply = void;
};
struct note {
  static constexpr auto wire_name = "remark";
  std::uint64_t id = 0;
};
struct shop : zooid::contract<"shop", order, cancel, note> {};

namespace changed_type {
struct note {
  static constexpr auto wire_name = "remark";
  std::uint32_t id = 0;
};
struct shop : zooid::contract<"shop", note> {};
}  // namespace changed_type
namespace changed_field_name {
struct note {
  static constexpr auto wire_name = "remark";
  std::uint64_t number = 0;
};
struct shop : zooid::contract<"shop", note> {};
}  // namespace changed_field_name
namespace changed_reply {
struct note {
  using reply = int;
  static constexpr auto wire_name = "remark";
  std::uint64_t id = 0;
};
struct shop : zooid::contract<"shop", note> {};
}  // namespace changed_reply

// Contracts that refer to each other.
struct room;
struct member;
struct join {
  using reply = zooid::ref<room>;
  zooid::ref<member> who;
};
struct welcome {
  zooid::ref<room> to;
};
struct room : zooid::contract<"room", join> {};
struct member : zooid::contract<"member", welcome> {};

struct fragile {
  int number = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(number);
    if (number < 0) throw std::invalid_argument("negative");
  }
};
struct counted {
  static inline int alive = 0;
  counted() { ++alive; }
  counted(counted&&) noexcept { ++alive; }
  ~counted() { --alive; }
  std::string text;
  fragile inner;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(text, inner);
  }
};
struct counters : zooid::contract<"counters", counted> {};

template <class C>
const zooid::message_codec& first_of() {
  return zooid::codec_of<C>().messages[0];
}

// Knows nobody: an empty ref is a byte 1.
class no_refs : public zooid::ref_codec {
 public:
  void save(zooid::output_archive& to, const zooid::detail::target* from,
            const zooid::contract_codec& contract) override {
    contract_name = contract.name;
    to.put(static_cast<std::uint8_t>(from == nullptr ? 1 : 0));
  }
  zooid::intrusive_ptr<zooid::detail::target> load(zooid::input_archive& from,
                                                   const zooid::contract_codec& contract) override {
    contract_name = contract.name;
    if (from.get<std::uint8_t>() != 1) from.fail("no such ref");
    return nullptr;
  }
  std::string_view contract_name;
};

template <class M>
struct storage {
  alignas(M) std::byte bytes[sizeof(M)];
  M* operator->() { return std::launder(reinterpret_cast<M*>(bytes)); }
};

}  // namespace

TEST_CASE("a contract's table lists its messages in order", "[codec]") {
  const auto& table = zooid::codec_of<shop>();
  CHECK(table.name == "shop");
  REQUIRE(table.messages.size() == 3);
  CHECK(table.messages[0].name == "order");
  CHECK(table.messages[1].name == "cancel");
  CHECK(table.messages[2].name == "remark");
  CHECK(table.messages[0].reply != nullptr);
  CHECK(table.messages[1].reply != nullptr);
  CHECK(table.messages[2].reply == nullptr);
}

TEST_CASE("messages and replies travel through a table", "[codec]") {
  const auto& codec = first_of<shop>();
  const order sent{3,     {{"screw", unit::kilogram}}, line{"nut"}, {{"nut", 0.5}}, true,
                   {'a'}, {"tools", {{"saws", {}}}},   {}};
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  codec.encode(to, &sent);
  storage<order> received;
  zooid::input_archive from(bytes.view());
  codec.decode(from, received.bytes);
  from.finish();
  CHECK(received->quantity == 3);
  CHECK(received->lines[0].sku == "screw");
  CHECK(received->lines[0].per == unit::kilogram);
  CHECK(received->prices.at("nut") == 0.5);
  CHECK(received->kind.inner[0].name == "saws");
  std::destroy_at(received.operator->());

  bytes.clear();
  const std::string text = "done";
  codec.reply->encode(to, &text);
  storage<std::string> reply;
  zooid::input_archive answer(bytes.view());
  codec.reply->decode(answer, reply.bytes);
  CHECK(*reply.operator->() == "done");
  std::destroy_at(reply.operator->());

  bytes.clear();
  const auto* nothing = zooid::codec_of<shop>().messages[1].reply;
  nothing->encode(to, nullptr);
  CHECK(bytes.empty());
  zooid::input_archive empty(bytes.view());
  nothing->decode(empty, nullptr);
}

TEST_CASE("a message that does not decode leaves nothing behind", "[codec]") {
  const auto& codec = first_of<counters>();
  counted sent;
  sent.text = "a text that does not fit into the string itself";
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes);
  codec.encode(to, &sent);
  REQUIRE(counted::alive == 1);
  storage<counted> received;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    zooid::input_archive from(bytes.view().first(size));
    CHECK_THROWS_AS(codec.decode(from, received.bytes), zooid::codec_error);
    CHECK(counted::alive == 1);
  }
  bytes.data()[bytes.size() - 1] = std::byte{0xff};  // what users' functions throw passes through
  zooid::input_archive from(bytes.view());
  CHECK_THROWS_AS(codec.decode(from, received.bytes), std::invalid_argument);
  CHECK(counted::alive == 1);
}

#if (defined(__clang__) && __clang_major__ >= 19) || (!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 12)
TEST_CASE("a schema can be read, and ends though types are recursive", "[codec]") {
  CHECK(first_of<shop>().describe().to_string() ==
        "order{quantity: int32, lines: list<line{sku: string, per: unit:uint8}>, first: optional<line>, "
        "prices: map<string, float64>, choice: variant<int32, bool>, code: array<char, 4>, "
        "kind: category{name: string, inner: list<category>}, wait: duration<int64>1/1000} -> string");
  CHECK(zooid::codec_of<shop>().messages[1].describe().to_string() == "cancel{} -> void");
  CHECK(first_of<counters>().describe().to_string() == "counted{...}");
}

TEST_CASE("contracts that refer to each other are named only", "[codec]") {
  CHECK(first_of<room>().describe().to_string() == "join{who: ref<member>} -> ref<room>");
  CHECK(first_of<member>().describe().to_string() == "welcome{to: ref<room>}");
}

TEST_CASE("fingerprints are the same for every compiler", "[codec]") {
  CHECK(first_of<shop>().describe().fingerprint() == 0x2054a4d78d8bd1b8);
  CHECK(first_of<room>().describe().fingerprint() == 0x391f5a12df4d9eb1);
  CHECK(zooid::codec_of<shop>().messages[2].describe().fingerprint() == 0x5322fe2897122d2e);
}
#endif

TEST_CASE("fingerprints differ when a field's type, its name or the reply differs", "[codec]") {
  const auto original = zooid::codec_of<shop>().messages[2].describe().fingerprint();
  CHECK(original == zooid::codec_of<shop>().messages[2].describe().fingerprint());
  CHECK(original != first_of<changed_type::shop>().describe().fingerprint());
  CHECK(original != first_of<changed_field_name::shop>().describe().fingerprint());
  CHECK(original != first_of<changed_reply::shop>().describe().fingerprint());
}

TEST_CASE("refs inside messages travel as the node says", "[codec]") {
  no_refs refs;
  const auto& codec = first_of<room>();
  const join sent{};
  zooid::byte_buffer bytes;
  zooid::output_archive to(bytes, &refs);
  codec.encode(to, &sent);
  CHECK(refs.contract_name == "member");
  refs.contract_name = {};
  storage<join> received;
  zooid::input_archive from(bytes.view(), &refs);
  codec.decode(from, received.bytes);
  CHECK(refs.contract_name == "member");
  CHECK(received->who == sent.who);
  std::destroy_at(received.operator->());

  zooid::byte_buffer none;
  zooid::output_archive nowhere(none);
  CHECK_THROWS_AS(codec.encode(nowhere, &sent), zooid::codec_error);
  zooid::input_archive from_nowhere(bytes.view());
  CHECK_THROWS_AS(codec.decode(from_nowhere, received.bytes), zooid::codec_error);
  bytes.data()[bytes.size() - 1] = std::byte{9};
  zooid::input_archive forged(bytes.view(), &refs);
  CHECK_THROWS_AS(codec.decode(forged, received.bytes), zooid::codec_error);
}
