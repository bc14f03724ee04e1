// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Nodes that were built from different versions of a contract: what fits works, what does not is refused with words.

namespace {

namespace v1 {

struct Line {
  std::string sku;
};
struct Receipt {
  std::int64_t number = 0;
  std::vector<Line> lines;
};
struct Place {
  using reply = Receipt;
  std::string customer;
  std::vector<Line> lines{};
  std::map<std::string, Line> gifts{};
};
struct Note {
  std::string words;
};
struct Noted {
  using reply = std::vector<std::string>;
};
struct Price {
  using reply = int;
  std::int32_t article = 0;
};
struct Ask {
  using reply = std::int32_t;
};
struct Hint {
  std::int32_t article = 0;
};
struct Cancel {
  using reply = void;
};
struct Orders : zooid::contract<"orders", Place, Note, Noted, Price, Ask, Hint, Cancel> {};

struct Shop {
  using contract = Orders;
  std::shared_ptr<std::vector<Place>> placed = std::make_shared<std::vector<Place>>();
  std::vector<std::string> notes{};

  Receipt on(const Place& place) {
    placed->push_back(place);
    return {.number = 1, .lines = place.lines};
  }
  void on(const Note& note) { notes.push_back(note.words); }
  std::vector<std::string> on(Noted) { return notes; }
  int on(Price price) { return price.article; }
  std::int32_t on(Ask) { return 1; }
  void on(Hint) {}
  void on(Cancel) {}
};

}  // namespace v1

namespace v2 {

struct Orders;
struct Line {
  std::string sku;
  std::uint32_t quantity = 1;
  std::optional<std::string> remark;
};
struct Receipt {
  std::int64_t number = 0;
  std::vector<Line> lines;
  std::string currency = "EUR";
  zooid::ref<Orders> by;
};
struct Place {
  using reply = Receipt;
  std::string customer;
  std::vector<Line> lines{};
  std::map<std::string, Line> gifts{};
  zooid::ref<Orders> origin{};
  std::vector<std::string> wishes{"none"};
};
struct Note {
  std::string words;
  int severity = 3;
};
struct Noted {
  using reply = std::vector<std::string>;
};
struct Price {
  using reply = int;
  std::int64_t article = 0;
};
struct Ask {
  using reply = std::int64_t;
};
struct Hint {
  std::int64_t article = 0;
};
struct Refund {
  using reply = int;
};
/// In another order.
struct Orders : zooid::contract<"orders", Refund, Hint, Ask, Price, Noted, Note, Place> {};

struct Shop {
  using contract = Orders;
  std::shared_ptr<std::vector<Place>> placed = std::make_shared<std::vector<Place>>();
  std::vector<std::string> notes{};

  Receipt on(const Place& place, zooid::context& in) {
    placed->push_back(place);
    return {.number = 2, .lines = place.lines, .currency = "CHF", .by = in.self(this)};
  }
  void on(const Note& note) { notes.push_back(note.words + std::to_string(note.severity)); }
  std::vector<std::string> on(Noted) { return notes; }
  int on(Price price) { return static_cast<int>(price.article); }
  std::int64_t on(Ask) { return 2; }
  void on(Hint) {}
  int on(Refund) { return 2; }
};

}  // namespace v2

/// The same messages under another name of the contract.
struct Sales : zooid::contract<"sales", v1::Place, v1::Note, v1::Noted, v1::Cancel> {};

template <class World, class Shop>
struct shop_and_client {
  World world;
  std::unique_ptr<zooid::node> server = world.add();
  std::unique_ptr<zooid::node> client = world.add();
  Shop shop{};
  zooid::ref<typename Shop::contract> here = server->template spawn_as<Shop>("orders", shop);

  template <class Contract>
  [[nodiscard]] zooid::ref<Contract> find() {
    return client->template find<Contract>(server->endpoint() + "/orders");
  }
  /// The words of a refusal.
  [[nodiscard]] std::string knows(const std::string& message) {
    return "\"orders\" on " + server->endpoint() + " knows " + message + " differently: ";
  }
  ~shop_and_client() {
    client->stop(1s);
    server->stop(1s);
    check_stopped(*client);
    check_stopped(*server);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("an old client and a new server understand each other", "[versions]", zmq_world, memory_world,
                   simulated_world) {
  shop_and_client<TestType, v2::Shop> nodes;
  const auto orders = nodes.template find<v1::Orders>();
  v1::Place place{.customer = "Ada", .lines = {{"nut"}, {"screw"}}, .gifts = {{"Bob", {"bolt"}}}};
  for (int i = 0; i < 3; ++i) {
    const v1::Receipt receipt = orders.call(place).get();
    CHECK(receipt.number == 2);
    REQUIRE(receipt.lines.size() == 2);
    CHECK(receipt.lines[1].sku == "screw");
  }
  const v2::Place& placed = nodes.shop.placed->back();
  CHECK(placed.customer == "Ada");
  REQUIRE(placed.lines.size() == 2);
  CHECK(placed.lines[0].sku == "nut");
  CHECK(placed.lines[0].quantity == 1);
  CHECK_FALSE(placed.lines[0].remark);
  CHECK(placed.lines[1].sku == "screw");
  CHECK(placed.gifts.at("Bob").sku == "bolt");
  CHECK(placed.gifts.at("Bob").quantity == 1);
  CHECK_FALSE(placed.origin);
  CHECK(placed.wishes == std::vector<std::string>{"none"});

  CHECK(orders.within(patience).tell(v1::Note{"hello"}).result());
  CHECK(orders.template call<v1::Noted>().get() == std::vector<std::string>{"hello3"});
}

TEMPLATE_TEST_CASE("a new client and an old server understand each other", "[versions]", zmq_world, memory_world,
                   simulated_world) {
  shop_and_client<TestType, v1::Shop> nodes;
  const auto orders = nodes.template find<v2::Orders>();
  v2::Place place;
  place.customer = "Ada";
  place.lines = {{"nut", 7, "soon"}, {"screw", 8, {}}};
  place.gifts = {{"Bob", {"bolt", 9, "large"}}};
  place.origin = orders;
  for (int i = 0; i < 3; ++i) {
    const v2::Receipt receipt = orders.call(place).get();
    CHECK(receipt.number == 1);
    REQUIRE(receipt.lines.size() == 2);
    CHECK(receipt.lines[0].sku == "nut");
    CHECK(receipt.lines[0].quantity == 1);  // The old server did not know of it.
    CHECK_FALSE(receipt.lines[0].remark);
    CHECK(receipt.currency == "EUR");
    CHECK_FALSE(receipt.by);
  }
  const v1::Place& placed = nodes.shop.placed->back();
  CHECK(placed.customer == "Ada");
  REQUIRE(placed.lines.size() == 2);
  CHECK(placed.lines[0].sku == "nut");
  CHECK(placed.lines[1].sku == "screw");
  CHECK(placed.gifts.at("Bob").sku == "bolt");

  CHECK(orders.within(patience).tell(v2::Note{"hello", 9}).result());
  CHECK(orders.template call<v2::Noted>().get() == std::vector<std::string>{"hello"});
}

TEMPLATE_TEST_CASE("appended fields arrive where both sides know them", "[versions]", zmq_world, memory_world,
                   simulated_world) {
  shop_and_client<TestType, v2::Shop> nodes;
  // On one session with an old one.
  CHECK(nodes.template find<v1::Orders>().template call<v1::Place>("Bob").get().number == 2);
  const auto orders = nodes.template find<v2::Orders>();
  v2::Place place;
  place.lines = {{"nut", 7, "soon"}};
  place.origin = orders;
  const v2::Receipt receipt = orders.call(place).get();
  CHECK(receipt.lines.at(0).quantity == 7);
  CHECK(receipt.lines.at(0).remark == "soon");
  CHECK(receipt.currency == "CHF");
  REQUIRE(receipt.by);
  CHECK(receipt.by.template call<v2::Refund>().get() == 2);
  const v2::Place placed = nodes.shop.placed->back();
  REQUIRE(placed.origin);
  CHECK(placed.origin == nodes.here);
}

TEMPLATE_TEST_CASE("a message that was changed is refused with the difference, and the others work", "[versions]",
                   zmq_world, memory_world, simulated_world) {
  SECTION("by a new server") {
    shop_and_client<TestType, v2::Shop> nodes;
    const auto orders = nodes.template find<v1::Orders>();
    std::vector<zooid::pending<int>> prices;
    std::vector<zooid::pending<v1::Receipt>> receipts;
    for (int i = 0; i < 20; ++i) {
      prices.push_back(orders.template call<v1::Price>(i));
      receipts.push_back(orders.template call<v1::Place>("Ada"));
    }
    for (auto& each : prices) {
      const auto price = each.result();
      REQUIRE(code_of(price) == zooid::errc::incompatible);
      CHECK(price.error().detail == nodes.knows("Price") + "Price.article: int32 here, int64 there");
    }
    for (auto& each : receipts) CHECK(each.get().number == 2);
    const auto asked = orders.template call<v1::Ask>().result();
    REQUIRE(code_of(asked) == zooid::errc::incompatible);
    CHECK(asked.error().detail == nodes.knows("Ask") + "reply to Ask: int32 here, int64 there");
    CHECK(asked.error().to_string().find("orders") != std::string::npos);
  }
  SECTION("by an old server") {
    shop_and_client<TestType, v1::Shop> nodes;
    const auto orders = nodes.template find<v2::Orders>();
    for (int i = 0; i < 3; ++i) {
      const auto price = orders.template call<v2::Price>(i).result();
      REQUIRE(code_of(price) == zooid::errc::incompatible);
      CHECK(price.error().detail == nodes.knows("Price") + "Price.article: int64 here, int32 there");
      CHECK(orders.template call<v2::Place>("Ada").get().number == 1);
    }
  }
  SECTION("also when it is told: its sender's accounts say so") {
    shop_and_client<TestType, v2::Shop> nodes;
    const auto orders = nodes.template find<v1::Orders>();
    for (int i = 0; i < 10; ++i) {
      CHECK(orders.within(patience).tell(v1::Hint{i}).result());
      CHECK(orders.within(patience).tell(v1::Note{"still"}).result());
    }
    CHECK(orders.template call<v1::Noted>().get().size() == 10);
    CHECK(
        nodes.world.eventually([&] { return count(sum_of(*nodes.client).refused, zooid::errc::incompatible) == 10; }));
  }
}

TEMPLATE_TEST_CASE("a message that only one side knows is unknown, and disturbs no other", "[versions]", zmq_world,
                   memory_world, simulated_world) {
  SECTION("only the server forgot it") {
    shop_and_client<TestType, v2::Shop> nodes;
    const auto orders = nodes.template find<v1::Orders>();
    const auto cancelled = orders.template call<v1::Cancel>().result();
    REQUIRE(code_of(cancelled) == zooid::errc::no_such_message);
    CHECK(cancelled.error().detail ==
          "\"orders\" on " + nodes.server->endpoint() + " does not know the message Cancel");
    CHECK(orders.template call<v1::Place>("Ada").get().number == 2);
  }
  SECTION("only the client has it") {
    shop_and_client<TestType, v1::Shop> nodes;
    const auto orders = nodes.template find<v2::Orders>();
    CHECK(code_of(orders.template call<v2::Refund>().result()) == zooid::errc::no_such_message);
    CHECK(orders.template call<v2::Place>("Ada").get().number == 1);
  }
}

TEMPLATE_TEST_CASE("a contract of another name is refused, however alike its messages are", "[versions]", zmq_world,
                   memory_world, simulated_world) {
  shop_and_client<TestType, v1::Shop> nodes;
  const auto sales = nodes.template find<Sales>();
  // Many of them in one frame, too.
  std::vector<zooid::pending<v1::Receipt>> receipts;
  for (int i = 0; i < 20; ++i) receipts.push_back(sales.template call<v1::Place>("Ada"));
  for (auto& each : receipts) {
    const auto receipt = each.result();
    REQUIRE(code_of(receipt) == zooid::errc::incompatible);
    CHECK(receipt.error().detail.find("implements the contract \"orders\", not \"sales\"") != std::string::npos);
  }
  CHECK(nodes.shop.placed->empty());
  CHECK(nodes.template find<v1::Orders>().template call<v1::Place>("Ada").get().number == 1);
}

TEMPLATE_TEST_CASE("a service that is restarted in another version is judged anew, in the same session", "[versions]",
                   zmq_world, memory_world, simulated_world) {
  TestType world;
  const auto server = world.add();
  const auto client = world.add();
  const auto old_orders = client->template find<v1::Orders>(server->endpoint() + "/orders");
  const auto new_orders = client->template find<v2::Orders>(server->endpoint() + "/orders");
  for (int round = 0; round < 3; ++round) {
    zooid::ref<v1::Orders> old_shop;
    REQUIRE(world.eventually([&] {
      try {
        old_shop = server->template spawn_as<v1::Shop>("orders");
      } catch (const zooid::setup_error&) {  // The one before has the name still.
      }
      return static_cast<bool>(old_shop);
    }));
    CHECK(old_orders.template call<v1::Price>(7).get() == 7);
    CHECK(old_orders.template call<v1::Place>("Ada").get().number == 1);
    CHECK(code_of(new_orders.template call<v2::Price>(7).result()) == zooid::errc::incompatible);
    CHECK(code_of(new_orders.template call<v2::Refund>().result()) == zooid::errc::no_such_message);
    CHECK(new_orders.template call<v2::Place>("Ada").get().currency == "EUR");
    server->stop(old_shop);

    zooid::ref<v2::Orders> new_shop;
    REQUIRE(world.eventually([&] {
      try {
        new_shop = server->template spawn_as<v2::Shop>("orders");
      } catch (const zooid::setup_error&) {
      }
      return static_cast<bool>(new_shop);
    }));
    CHECK(code_of(old_orders.template call<v1::Price>(7).result()) == zooid::errc::incompatible);
    CHECK(code_of(old_orders.template call<v1::Cancel>().result()) == zooid::errc::no_such_message);
    CHECK(old_orders.template call<v1::Place>("Ada").get().number == 2);
    CHECK(new_orders.template call<v2::Price>(7).get() == 7);
    CHECK(new_orders.template call<v2::Refund>().get() == 2);
    CHECK(new_orders.template call<v2::Place>("Ada").get().currency == "CHF");
    server->stop(new_shop);
  }
  for (const zooid::session_accounts& each : client->sessions()) CHECK((!each.over || each.sent == 0));
  CHECK(live_sessions(*client) == 1);
  client->stop(1s);
  server->stop(1s);
  check_stopped(*client);
  check_stopped(*server);
}
