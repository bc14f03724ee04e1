// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <algorithm>
#include <atomic>

// What the reserved service "zooid" says of its node.

namespace {

namespace service = zooid::service;

struct Line {
  std::string sku;
  std::int32_t quantity{};
};
struct Order {
  using reply = std::uint64_t;
  std::string customer;
  std::vector<Line> lines;
};
struct Note {
  std::string text;
};
struct Rest {
  using reply = void;
};
struct Shop : zooid::contract<"shop", Order, Note, Rest> {};

struct Placed {
  static constexpr bool lossless = true;
  std::uint64_t number{};
};

struct Keeper {
  using contract = Shop;
  static constexpr zooid::mailbox_limits mailbox{.messages = 2};
  std::uint64_t orders = 0;
  std::uint64_t on(const Order&) { return ++orders; }
  void on(const Note&) {}
  zooid::task<> on(Rest) { co_await std::suspend_always{}; }
};

struct Unseen : zooid::local_contract<Note> {};
struct Hermit {
  using contract = Unseen;
  void on(const Note&) {}
};

template <class List>
const auto& named(const List& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.name == name; });
  REQUIRE(found != list.end());
  return *found;
}

std::string text_of(const std::vector<service::field_description>& fields) {
  std::string text;
  for (const auto& each : fields) text += each.name + ": " + each.type + "; ";
  return text;
}

}  // namespace

TEMPLATE_TEST_CASE("a node describes its services, their messages and its events", "[service]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  const auto server = world.add();
  const auto client = world.add_silent();
  server->template spawn_as<Keeper>("shop");
  server->template spawn_as<Hermit>("hermit");
  REQUIRE(server->publish(Placed{1}));
  const auto asked = client->template find<zooid::node_service>(server->endpoint() + "/zooid");

  const service::node_description all = asked.template call<service::describe>().get();
  CHECK(all.endpoint == server->endpoint());
  CHECK(all.node.size() == 16);
  CHECK(all.services.size() == 2);  // The hermit's contract is nobody else's business.
  const auto& shop = named(all.services, "shop");
  CHECK(shop.contract == "shop");
  REQUIRE(shop.messages.size() == 3);
  const auto& order = named(shop.messages, "Order");
  CHECK(text_of(order.fields) == "customer: string; lines: list<Line>; ");
  CHECK(order.reply == "uint64");
  REQUIRE(order.structs.size() == 1);
  CHECK(order.structs[0].name == "Line");
  CHECK(text_of(order.structs[0].fields) == "sku: string; quantity: int32; ");
  CHECK(named(shop.messages, "Note").reply.empty());
  CHECK(named(shop.messages, "Rest").reply == "void");
  CHECK(named(named(all.services, "zooid").messages, "ping").reply == "void");
  REQUIRE(all.types_of_events.size() == 1);
  CHECK(all.types_of_events[0].event.name == "Placed");
  CHECK(all.types_of_events[0].lossless);
  CHECK(text_of(all.types_of_events[0].event.fields) == "number: uint64; ");

  const service::node_description one = asked.template call<service::describe>("shop").get();
  CHECK(one.services.size() == 1);
  const auto none = asked.template call<service::describe>("shed").result();
  CHECK(code_of(none) == zooid::errc::no_such_service);
}

TEMPLATE_TEST_CASE("a node says how many events of each peer have arrived", "[service]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  const auto publisher = world.add();
  const auto subscriber = world.add();
  const auto asking = world.add_silent();
  std::atomic<int> heard{0};
  const auto hears =
      subscriber->template subscribe<Placed>([&](const auto&) { ++heard; }, zooid::from(publisher->endpoint()));
  REQUIRE(hears.confirmed(patience).result());
  for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(publisher->publish(Placed{i}));
  REQUIRE(world.eventually([&] { return heard == 3; }));
  const auto asked = asking->template find<zooid::node_service>(subscriber->endpoint() + "/zooid");
  service::peer_stats last;
  REQUIRE(world.eventually([&] {
    for (const service::peer_stats& each : asked.template call<service::stats>().get().peers) {
      if (each.peer == publisher->endpoint()) last = each;
    }
    return last.events == 3;
  }));
  CHECK(last.credit == (4 << 20));
}

TEMPLATE_TEST_CASE("a node counts what its services and its peers do", "[service]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  zooid::node_options brief;
  brief.drain = 10ms;  // One handler will never end.
  const auto server = world.add(std::move(brief));
  const auto client = world.add_silent();
  server->template spawn_as<Keeper>("shop");
  const auto shop = client->template find<Shop>(server->endpoint() + "/shop");
  const auto asked = client->template find<zooid::node_service>(server->endpoint() + "/zooid");
  for (int i = 0; i < 10; ++i) CHECK(shop.call(Order{"Ada", {}}).get() == static_cast<std::uint64_t>(i) + 1);
  REQUIRE(code_of(client->template find<Shop>(server->endpoint() + "/zooid").call(Order{}).result()) ==
          zooid::errc::incompatible);

  service::node_stats all = asked.template call<service::stats>().get();
  CHECK(named(all.services, "shop").handled == 10);
  CHECK(named(all.services, "shop").queued == 0);
  CHECK(named(all.services, "zooid").refused == std::map<std::string, std::uint64_t>{{"incompatible", 1}});
  if (TestType::has_threads) CHECK(named(all.services, "shop").handler_nanoseconds > 0);
  REQUIRE(all.peers.size() == 2);
  CHECK(all.peers[0].credit == 0);     // The sessions that are over.
  CHECK(all.peers[1].received >= 11);  // Perhaps not yet the question itself.
  CHECK(all.peers[1].credit == (4 << 20));

  // A service that is stuck: its mailbox fills, and calls are refused.
  auto stuck = shop.call(Rest{}, 30s);
  REQUIRE(world.eventually([&] {
    all = asked.template call<service::stats>().get();
    return named(all.services, "shop").queued == 1;
  }));
  auto waiting = shop.call(Order{}, 30s);
  REQUIRE(code_of(shop.call(Order{}).result()) == zooid::errc::overloaded);
  REQUIRE(shop.tell(Note{"kept until there is room"}));
  all = asked.template call<service::stats>().get();
  CHECK(named(all.services, "shop").queued == 2);
  CHECK(named(all.services, "shop").refused == std::map<std::string, std::uint64_t>{{"overloaded", 1}});
}

TEMPLATE_TEST_CASE("a node without the reserved service says nothing of itself", "[service]", zmq_world, memory_world,
                   simulated_world) {
  TestType world;
  zooid::node_options silent;
  silent.service = false;
  const auto server = world.add(std::move(silent));
  const auto client = world.add_silent();
  server->template spawn_as<Keeper>("shop");
  const auto asked = client->template find<zooid::node_service>(server->endpoint() + "/zooid");
  CHECK(code_of(asked.template call<service::ping>().result()) == zooid::errc::no_such_service);
  CHECK(client->template find<Shop>(server->endpoint() + "/shop").call(Order{}).get() == 1);
}
