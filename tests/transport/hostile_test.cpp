// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"
#include "stranger.hpp"

#include "event_wire.hpp"
#include "schema_wire.hpp"
#include "wire.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// A stranger with a plain ZeroMQ socket says all kinds of things to a node, on which a client goes on working.

namespace {

namespace wire = zooid::wire;

struct Add {
  std::uint64_t number = 0;
};
struct Total {
  using reply = std::uint64_t;
};
struct Tree {
  using reply = void;
  std::vector<Tree> left;
  std::vector<Tree> right;
};
struct Sum : zooid::contract<"sum", Add, Total, Tree> {};
/// Its numbers have to come in order.
struct Summing {
  using contract = Sum;
  std::uint64_t next = 0;
  void on(const Add& add) {
    if (add.number == next) ++next;
  }
  std::uint64_t on(Total) { return next; }
  void on(const Tree&) {}
};

/// Tells whom it gets handed.
struct Desk;
struct Hand {
  zooid::ref<Desk> to;
};
struct Handed {
  using reply = int;
};
struct Desk : zooid::contract<"desk", Hand, Handed> {};
struct Handing {
  using contract = Desk;
  int handed = 0;
  void on(const Hand& hand) {
    ++handed;
    hand.to.tell(Hand{});
  }
  int on(const Handed&) const { return handed; }
};

void put_contract(zooid::byte_buffer& to, std::uint64_t number,
                  const zooid::contract_codec& contract = zooid::codec_of<Sum>()) {
  put_kind(to, wire::record::contract);
  wire::put_varint(to, number);
  wire::put_text(to, contract.name);
  wire::put_varint(to, contract.messages.size());
  for (const zooid::message_codec& each : contract.messages) {
    wire::put_text(to, each.name);
    wire::put_u64(to, each.describe().fingerprint());
    wire::put_schema(to, each.describe());
  }
}

/// Begins a contract whose only message is a Tree: its schema is to follow.
void begin_contract(zooid::byte_buffer& to, std::uint64_t number) {
  put_kind(to, wire::record::contract);
  wire::put_varint(to, number);
  wire::put_text(to, "sum");
  wire::put_varint(to, 1);
  wire::put_text(to, "Tree");
  wire::put_u64(to, 1);
}

void put_target(zooid::byte_buffer& to, std::uint64_t number, std::string_view name = "sum",
                std::uint64_t contract = 1) {
  put_kind(to, wire::record::target);
  wire::put_varint(to, number);
  wire::put_u8(to, static_cast<std::uint8_t>(wire::location::named));
  wire::put_u64(to, 0);
  wire::put_text(to, name);
  wire::put_varint(to, contract);
}

/// Of Total.
void put_call(zooid::byte_buffer& to, std::uint64_t target, std::uint64_t correlation) {
  put_kind(to, wire::record::call);
  wire::put_varint(to, target);
  wire::put_varint(to, 1);
  wire::put_varint(to, 5);
  wire::put_varint(to, correlation);
  wire::put_varint(to, 1'000'000);
  wire::put_varint(to, 0);
  zooid::byte_buffer body;
  zooid::output_archive archive(body, nullptr);
  const Total message{};
  zooid::codec_of<Sum>().messages[1].encode(archive, &message);
  wire::put_u32(to, static_cast<std::uint32_t>(body.size()));
  to.append(body.data(), body.size());
}

/// A node with a service, and a client that works with it until the end, in order.
struct attacked {
  zooid::node node{{.listen = "tcp://127.0.0.1:0"}};
  zooid::node client;
  zooid::ref<Sum> here = node.spawn_as<Summing>("sum");
  zooid::ref<Sum> sum = client.find<Sum>(node.endpoint() + "/sum");
  std::uint64_t told = 0;

  /// The client notices nothing.
  void works() {
    for (int i = 0; i < 50; ++i) REQUIRE(sum.within(patience).tell(Add{told++}).result());
    REQUIRE(sum.within(patience).call<Total>().get() == told);
    REQUIRE(sum_of(client).cut_off == 0);
  }
  ~attacked() {
    client.stop(1s);
    node.stop(1s);
    check_stopped(client);
    check_stopped(node);
  }
};

}  // namespace

TEST_CASE("a stranger that keeps to the protocol is answered", "[hostile]") {
  attacked nodes;
  stranger who(nodes.node.endpoint());
  greet(who);
  zooid::byte_buffer frame = data();
  put_contract(frame, 1);
  put_target(frame, 1);
  put_call(frame, 1, 9);
  who.send(frame.view());
  CHECK(who.hear() == wire::frame::data);
  nodes.works();
}

TEST_CASE("a greeting or a frame of data cut off anywhere is refused, and disturbs nobody", "[hostile]") {
  attacked nodes;
  const zooid::byte_buffer whole = hello();
  for (std::size_t size = 4; size < whole.size(); ++size) {
    stranger who(nodes.node.endpoint());
    who.send(whole.view().first(size));
    REQUIRE(who.hear() == wire::frame::refuse);
  }
  nodes.works();
  zooid::byte_buffer frame = data();
  put_contract(frame, 1);
  const std::size_t end_of_contract = frame.size();
  put_target(frame, 1);
  const std::size_t end_of_target = frame.size();
  put_call(frame, 1, 9);
  for (std::size_t size = 4; size < frame.size(); ++size) {
    if (size == wire::header_size || size == end_of_contract || size == end_of_target) continue;  // A whole frame.
    stranger who(nodes.node.endpoint());
    greet(who, size);
    who.send(frame.view().first(size));
    REQUIRE(who.hear() == wire::frame::refuse);
  }
  nodes.works();
}

TEST_CASE("what breaks the protocol ends the stranger's session with words", "[hostile]") {
  attacked nodes;
  zooid::byte_buffer frame = data();
  bool greets = true;
  SECTION("another version") {
    greets = false;
    frame = hello();
    frame.data()[4] = std::byte{9};
  }
  SECTION("data before the greeting") {
    greets = false;
    put_contract(frame, 1);
  }
  SECTION("a frame of unknown kind") { frame.data()[5] = std::byte{99}; }
  SECTION("a record of unknown kind") { wire::put_u8(frame, 99); }
  SECTION("a wrong number") { frame = data(7); }
  SECTION("a second greeting as another node") { frame = hello(78); }
  SECTION("a second greeting in an open session") { frame = hello(77); }
  SECTION("a node without an id") {
    greets = false;
    frame = hello(0);
  }
  SECTION("a target that was never announced") { put_call(frame, 5, 1); }
  SECTION("an acknowledgement of what was not sent") {
    put_kind(frame, wire::record::acknowledge);
    wire::put_varint(frame, 1000);
    wire::put_varint(frame, 0);
  }
  SECTION("an acknowledgement with endless exceptions") {
    put_kind(frame, wire::record::acknowledge);
    wire::put_varint(frame, 0);
    wire::put_varint(frame, ~std::uint64_t{0});
  }
  SECTION("a contract of endless messages") {
    put_kind(frame, wire::record::contract);
    wire::put_varint(frame, 1);
    wire::put_text(frame, "sum");
    wire::put_varint(frame, std::uint64_t{1} << 40);
  }
  SECTION("a contract announced twice") {
    put_contract(frame, 1);
    put_contract(frame, 1);
  }
  SECTION("a target with a contract that was never announced") {
    put_contract(frame, 1);
    put_target(frame, 1, "sum", 2);
  }
  SECTION("a target of unknown kind") {
    put_contract(frame, 1);
    put_kind(frame, wire::record::target);
    wire::put_varint(frame, 1);
    wire::put_u8(frame, 0);
    wire::put_u64(frame, 0);
    wire::put_text(frame, "sum");
    wire::put_varint(frame, 1);
  }
  SECTION("a schema of endless types") {
    begin_contract(frame, 1);
    wire::put_varint(frame, 0);
    wire::put_varint(frame, zooid::schema::no_reply);
    wire::put_varint(frame, std::uint64_t{1} << 40);
  }
  SECTION("a schema with a type of endless parts") {
    begin_contract(frame, 1);
    wire::put_varint(frame, 0);
    wire::put_varint(frame, zooid::schema::no_reply);
    wire::put_varint(frame, 1);
    wire::put_u8(frame, static_cast<std::uint8_t>(zooid::type_kind::record));
    wire::put_text(frame, "Tree");
    wire::put_varint(frame, 0);
    wire::put_varint(frame, 0);
    wire::put_varint(frame, std::uint64_t{1} << 40);
  }
  SECTION("a schema that leads beyond its types") {
    begin_contract(frame, 1);
    zooid::schema out_of_range;
    out_of_range.types.push_back({.kind = zooid::type_kind::record, .name = "Tree", .parts = {{"left", 1}}});
    wire::put_schema(frame, out_of_range);
  }
  SECTION("a schema whose reply is none of its types") {
    begin_contract(frame, 1);
    zooid::schema out_of_range;
    out_of_range.types.push_back({.kind = zooid::type_kind::record, .name = "Tree"});
    out_of_range.reply = 7;
    wire::put_schema(frame, out_of_range);
  }
  SECTION("a schema with a type of unknown kind") {
    begin_contract(frame, 1);
    zooid::schema unknown;
    unknown.types.push_back({.kind = static_cast<zooid::type_kind>(200), .name = "Tree"});
    wire::put_schema(frame, unknown);
  }
  SECTION("a text longer than the frame") {
    put_kind(frame, wire::record::target);
    wire::put_varint(frame, 1);
    wire::put_u8(frame, static_cast<std::uint8_t>(wire::location::named));
    wire::put_u64(frame, 0);
    wire::put_varint(frame, ~std::uint64_t{0});
  }
  SECTION("a correlation number used twice") {
    put_contract(frame, 1);
    put_target(frame, 1);
    for (int i = 0; i < 100; ++i) put_call(frame, 1, 9);
  }
  stranger who(nodes.node.endpoint());
  if (greets) greet(who);
  who.send(frame.view());
  std::optional<wire::frame> heard = who.hear();
  for (int i = 0; i < 10 && heard == wire::frame::data; ++i) heard = who.hear();
  CHECK(heard == wire::frame::refuse);
  nodes.works();
}

namespace {

/// A Tree whose two lists hold the trees `left(i)` and `right(i)`, for each i.
template <class Left, class Right>
zooid::schema trees(std::uint32_t count, Left left, Right right) {
  zooid::schema made;
  for (std::uint32_t i = 0; i < count; ++i) {
    made.types.push_back(
        {.kind = zooid::type_kind::record, .name = "Tree", .parts = {{"left", 3 * i + 1}, {"right", 3 * i + 2}}});
    for (const std::uint32_t to : {left(i), right(i)}) {
      made.types.push_back({.kind = zooid::type_kind::list, .name = "list", .parts = {{"", 3 * to}}});
    }
  }
  made.reply = zooid::schema::void_reply;
  return made;
}

}  // namespace

TEST_CASE("deep, cyclic and endlessly shared types in a contract are compared in bounded time and memory",
          "[hostile]") {
  attacked nodes;
  stranger who(nodes.node.endpoint());
  greet(who);
  zooid::schema shape;
  bool fits = true;
  SECTION("deep") {
    shape = trees(1'365, [](std::uint32_t i) { return (i + 1) % 1'365; }, [](std::uint32_t i) { return i; });
    fits = false;
  }
  SECTION("each twice the next") {
    const auto next = [](std::uint32_t i) { return i < 80 ? i + 1 : i; };
    shape = trees(81, next, next);
  }
  SECTION("in circles") {
    shape = trees(50, [](std::uint32_t i) { return (i + 1) % 50; }, [](std::uint32_t i) { return (i * 7 + 3) % 50; });
  }
  SECTION("a long name") {
    shape = trees(1, [](std::uint32_t) { return 0; }, [](std::uint32_t) { return 0; });
    shape.types[0].parts[1].name.assign(300'000, 'x');
    fits = false;
  }
  zooid::byte_buffer frame = data();
  begin_contract(frame, 1);
  wire::put_schema(frame, shape);
  put_target(frame, 1);
  constexpr std::uint64_t calls = 2'000;
  for (std::uint64_t i = 0; i < calls; ++i) {
    put_kind(frame, wire::record::call);
    wire::put_varint(frame, 1);
    wire::put_varint(frame, 0);
    wire::put_varint(frame, 5);
    wire::put_varint(frame, i);
    wire::put_varint(frame, 1'000'000);
    wire::put_varint(frame, 0);
    wire::put_u32(frame, 4);
    wire::put_u32(frame, 0);  // A record of no fields.
  }
  who.send(frame.view());
  std::optional<std::string> heard = who.receive();
  while (heard && heard->size() < 40) heard = who.receive();  // A sign of life.
  REQUIRE(heard);
  CHECK((heard->find("knows Tree differently") == std::string::npos) == fits);
  nodes.works();
}

TEST_CASE("a session does not take ever more contracts", "[hostile]") {
  attacked nodes;
  stranger who(nodes.node.endpoint());
  greet(who);
  const std::string long_name(1'000'000, 'x');
  for (std::uint64_t number = 1; number <= 40; ++number) {
    zooid::byte_buffer frame = data();
    put_kind(frame, wire::record::contract);
    wire::put_varint(frame, number);
    wire::put_text(frame, long_name);
    wire::put_varint(frame, 0);
    who.send(frame.view());
  }
  std::optional<wire::frame> heard = who.hear();
  for (int i = 0; i < 10 && heard == wire::frame::data; ++i) heard = who.hear();
  CHECK(heard == wire::frame::refuse);
  nodes.works();
}

TEST_CASE("one connection cannot greet as ever more nodes", "[hostile]") {
  attacked nodes;
  stranger who(nodes.node.endpoint());
  who.send(hello(100).view());
  CHECK(who.hear() == wire::frame::welcome);
  who.send(hello(101).view());
  CHECK(who.hear() == wire::frame::refuse);
  nodes.works();
}

TEST_CASE("a receiver's memory does not grow with what a stranger sends beyond its credit", "[hostile]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0", .session_credit = 100'000}};
  node.spawn_as<Summing>("sum");
  stranger who(node.endpoint());
  greet(who);
  // Names nobody: each is refused, none kept.
  zooid::byte_buffer frame = data();
  put_contract(frame, 1);
  put_target(frame, 1, "nobody");
  std::uint64_t sent = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 1'000; ++i, ++sent) put_call(frame, 1, 1000 + sent);
    who.send(frame.view());
    REQUIRE(who.hear() == wire::frame::data);
    frame = data(sent);
  }
  node.stop(1s);
  check_sessions(node);
}

TEST_CASE("twenty thousand random frames do nothing", "[hostile]") {
  attacked nodes;
  std::mt19937_64 random(2026);
  const auto valid = [] {
    zooid::byte_buffer frame = data();
    put_contract(frame, 1);
    put_target(frame, 1);
    put_call(frame, 1, 9);
    return frame;
  }();
  for (int round = 0; round < 200; ++round) {
    stranger who(nodes.node.endpoint());
    if (round % 2 == 0) greet(who, static_cast<std::uint64_t>(1000 + round));
    for (int i = 0; i < 100; ++i) {
      zooid::byte_buffer frame;
      if (i % 2 == 0) {
        frame.append(valid.data(), valid.size());
        for (int flips = 0; flips < 3; ++flips)
          frame.data()[4 + random() % (frame.size() - 4)] = static_cast<std::byte>(random());
      } else {
        frame.append("ZOOI", 4);
        for (std::size_t left = random() % 200; left > 0; --left)
          wire::put_u8(frame, static_cast<std::uint8_t>(random()));
      }
      who.send(frame.view());
    }
    if (round % 20 == 0) nodes.works();
  }
  nodes.works();
}

TEST_CASE("foreign programs get an answer behind their own envelope", "[hostile]") {
  attacked nodes;
  stranger request(nodes.node.endpoint(), zmq::socket_type::req);
  request.send("service", zmq::send_flags::sndmore);
  request.send("message", zmq::send_flags::sndmore);
  request.send("{}");
  CHECK(request.receive() == "incompatible");
  CHECK(request.receive().value_or("").find("error") != std::string::npos);

  stranger dealer(nodes.node.endpoint());
  dealer.send("mine", zmq::send_flags::sndmore);
  dealer.send("", zmq::send_flags::sndmore);
  dealer.send("a", zmq::send_flags::sndmore);
  dealer.send("b", zmq::send_flags::sndmore);
  dealer.send("c");
  CHECK(dealer.receive() == "mine");
  CHECK(dealer.receive() == "");
  CHECK(dealer.receive() == "incompatible");

  stranger short_one(nodes.node.endpoint());
  short_one.send("x");
  CHECK(short_one.receive() == "incompatible");
  nodes.works();
}

TEST_CASE("a frame beyond the limit costs its sender the connection, and nobody else", "[hostile]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0", .frame_limit = 128 << 10}};
  node.spawn_as<Summing>("sum");
  zooid::node client;
  const auto sum = client.find<Sum>(node.endpoint() + "/sum");
  CHECK(sum.call<Total>().result());
  stranger who(node.endpoint());
  greet(who);
  zooid::byte_buffer frame = data();
  frame.extend(256 << 10);
  who.send(frame.view());
  for (int i = 0; i < 20; ++i) CHECK(sum.call<Total>().result());
  CHECK(sum_of(client).cut_off == 0);
}

TEST_CASE("a node that greets and then never reads or speaks is given up, and does not hold up a stop", "[hostile]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0", .heartbeat_interval = 50ms, .heartbeat_timeout = 300ms}};
  node.spawn_as<Summing>("sum");
  stranger who(node.endpoint());
  greet(who);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (live_sessions(node) == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(live_sessions(node) == 1);
  while (live_sessions(node) == 1 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(live_sessions(node) == 0);
  stranger mute(node.endpoint());
  greet(mute, 5);
  const auto begin = std::chrono::steady_clock::now();
  node.stop(100ms);
  CHECK(std::chrono::steady_clock::now() - begin < 100ms + 1s + 2s);
}

TEST_CASE("who was not welcomed cannot confirm", "[hostile]") {
  attacked nodes;
  stranger who(nodes.node.endpoint());
  who.send(hello(nodes.node.id()).view());
  REQUIRE(who.hear() == wire::frame::refuse);  // It says that it is the very node.
  who.send(confirm().view());
  CHECK(who.hear() == wire::frame::refuse);
  nodes.works();
}

TEST_CASE("a ref in a message to what is no endpoint is malformed", "[hostile]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0", .insecure = true}};
  const auto desk = node.spawn_as<Handing>("desk");
  stranger who(node.endpoint());
  greet(who);
  const std::string endpoint = GENERATE("x", "inproc://monitor-1", "tcp");
  CAPTURE(endpoint);
  zooid::byte_buffer frame = data();
  put_contract(frame, 1, zooid::codec_of<Desk>());
  put_target(frame, 1, "desk");
  put_kind(frame, wire::record::tell);
  wire::put_varint(frame, 1);
  wire::put_varint(frame, 0);
  wire::put_varint(frame, 5);
  zooid::byte_buffer body;
  wire::put_u8(body, static_cast<std::uint8_t>(wire::location::named));
  wire::put_u64(body, 99);
  wire::put_u64(body, 0);
  for (const std::string& text : {std::string("desk"), endpoint}) {
    wire::put_u32(body, static_cast<std::uint32_t>(text.size()));
    body.append(text.data(), text.size());
  }
  wire::put_u32(frame, static_cast<std::uint32_t>(body.size()));
  frame.append(body.data(), body.size());
  who.send(frame.view());
  CHECK(who.hear() == wire::frame::data);  // With the refusal, by which it has been dealt with.
  CHECK(desk.call(Handed{}).get() == 0);
}
