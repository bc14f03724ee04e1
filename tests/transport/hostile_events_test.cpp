// SPDX-License-Identifier: Apache-2.0
#include "event_record.hpp"
#include "forwarding_network.hpp"
#include "stranger.hpp"

#include "event_wire.hpp"
#include "schema_wire.hpp"
#include "wire.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What others say about events, and what comes by a PUB socket, may be anything.

namespace {

namespace wire = zooid::wire;
using bytes = std::vector<std::byte>;

/// A network that lets a test put in frames as if a publisher had sent them.
class tapped_network final : public forwarding_network {
 public:
  using forwarding_network::forwarding_network;

  std::shared_ptr<zooid::event_inlet> open_inlet(const std::string& endpoint, zooid::event_flow flow,
                                                 std::shared_ptr<zooid::event_inlet_listener> listener) override {
    auto tap = std::make_shared<tapped>(std::move(listener));
    taps.push_back(tap);
    return forwarding_network::open_inlet(endpoint, flow, std::move(tap));
  }

  struct tapped final : zooid::event_inlet_listener {
    explicit tapped(std::shared_ptr<zooid::event_inlet_listener> listener) : to(std::move(listener)) {}
    void on_event(std::span<const std::byte> frame, bool more) override {
      seen.emplace_back(frame.begin(), frame.end());
      to->on_event(frame, more);
    }
    std::shared_ptr<zooid::event_inlet_listener> to;
    std::vector<bytes> seen{};
  };
  std::vector<std::shared_ptr<tapped>> taps;
};

bytes mutated(const bytes& from, std::mt19937_64& random) {
  bytes frame = from;
  switch (random() % 4) {
    case 0:
      frame.resize(random() % (frame.size() + 1));
      break;
    case 1:
      for (std::uint64_t n = 1 + random() % 8; n > 0; --n) frame[random() % frame.size()] = std::byte(random() % 256);
      break;
    case 2:
      for (std::uint64_t n = random() % 64; n > 0; --n) frame.push_back(std::byte(random() % 256));
      break;
    default:
      frame.assign(random() % 64, std::byte(random() % 256));
      for (std::byte& each : frame) each = std::byte(random() % 256);
  }
  return frame;
}

void put_subscribe(zooid::byte_buffer& to, std::uint64_t number, std::string_view name, std::string_view key) {
  put_kind(to, wire::record::subscribe);
  wire::put_varint(to, number);
  wire::put_u8(to, 0);
  wire::put_u8(to, 0);
  wire::put_text(to, name);
  wire::put_text(to, key);
  wire::put_u64(to, 1);
  const zooid::schema shape = zooid::detail::event_codec_of<Paid>.message.describe();
  wire::put_schema(to, shape);
}

}  // namespace

TEST_CASE("frames of events may hold anything", "[events][hostile]") {
  std::mt19937_64 random(7);
  event_record heard;
  event_record lossless;
  event_record honest;
  simulated_world world;
  const auto liar = world.add();
  const auto publisher = world.add();
  const auto network = std::make_shared<tapped_network>(world.hub.attach(*world.steps, "other"));
  zooid::node other{{.scheduler = world.steps, .network = network, .random = zooid::seeded_random(5)}};
  REQUIRE(confirmed(other.subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(liar->endpoint()))));
  REQUIRE(confirmed(other.subscribe<Moved>(recorder<Moved>{&lossless}, zooid::from(liar->endpoint()))));
  REQUIRE(network->taps.size() == 2);
  const auto lies = network->taps;
  REQUIRE(confirmed(other.subscribe<Paid>(recorder<Paid>{&honest}, zooid::from(publisher->endpoint()))));
  for (std::uint64_t i = 0; i < 5; ++i) {
    REQUIRE(liar->publish(Paid{i, "xyz"}, "key"));
    REQUIRE(liar->publish(Moved{i}, "key"));
    world.steps->run_for(3s);  // A tail is told, too.
  }
  for (int i = 0; i < 20'000; ++i) {
    auto& tap = *lies[random() % 2];
    REQUIRE(!tap.seen.empty());
    const bytes frame = mutated(tap.seen[random() % tap.seen.size()], random);
    tap.to->on_event(frame, random() % 2 == 0);
    if (i % 100 == 0) world.steps->run_for(1ms);
  }
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(publisher->publish(Paid{i, "x"}));
  REQUIRE(world.eventually([&] { return honest.heard() == 10; }));
  CHECK(honest.missed() == 0);
  other.stop(1s);
  liar->stop(1s);
  publisher->stop(1s);
}

TEST_CASE("what a stranger says about events wrongly ends its session, and what is of no use is ignored",
          "[events][hostile]") {
  event_record heard;
  zmq_world world;
  const auto publisher = world.add();
  const auto client = world.add_silent();
  const auto works = [&] {
    const std::uint64_t before = heard.accounted();
    REQUIRE(publisher->publish(Paid{before, "x"}));
    REQUIRE(world.eventually([&] { return heard.heard() == before + 1; }));
  };
  REQUIRE(confirmed(client->subscribe<Paid>(recorder<Paid>{&heard}, zooid::from(publisher->endpoint()))));
  works();
  stranger who(publisher->endpoint());
  greet(who);
  zooid::byte_buffer frame = data();
  bool is_refused = true;
  SECTION("a name with a zero byte") { put_subscribe(frame, 1, std::string_view("a\0b", 3), ""); }
  SECTION("a name that is too long") { put_subscribe(frame, 1, std::string(2000, 'n'), ""); }
  SECTION("a key that is too long") { put_subscribe(frame, 1, "Paid", std::string(2000, 'k')); }
  SECTION("an error code that does not exist") {
    put_kind(frame, wire::record::subscribed);
    wire::put_varint(frame, 1);
    wire::put_u8(frame, 250);
  }
  SECTION("a confirmation of endless filters") {
    put_kind(frame, wire::record::confirmed);
    wire::put_varint(frame, 1);
    wire::put_varint(frame, ~std::uint64_t{0});
  }
  SECTION("a filter without a number") {
    put_kind(frame, wire::record::subscribed);
    wire::put_varint(frame, 1);
    wire::put_u8(frame, 0);
    wire::put_varint(frame, 0);
    wire::put_text(frame, "tcp://127.0.0.1:1");
  }
  SECTION("the same filter twice in one confirmation") {
    put_kind(frame, wire::record::confirmed);
    wire::put_varint(frame, 1);
    wire::put_marks(frame, {{1, 1}, {1, 2}});
  }
  SECTION("a number beyond all numbers") {
    put_kind(frame, wire::record::confirmed);
    wire::put_varint(frame, 1);
    wire::put_marks(frame, {{1, ~std::uint64_t{0}}});
  }
  SECTION("a record that is cut off") {
    put_kind(frame, wire::record::received);
    wire::put_varint(frame, 1);
  }
  SECTION("answers to what was not asked, and ends of what was not begun") {
    is_refused = false;
    put_kind(frame, wire::record::subscribed);
    wire::put_varint(frame, 1);
    wire::put_u8(frame, 0);
    wire::put_varint(frame, 5);
    wire::put_text(frame, "tcp://127.0.0.1:1");
    put_kind(frame, wire::record::subscribed);
    wire::put_varint(frame, 2);
    wire::put_u8(frame, 1);
    wire::put_text(frame, "no");
    put_kind(frame, wire::record::confirmed);
    wire::put_varint(frame, 1);
    wire::put_marks(frame, {{1, ~std::uint64_t{0} >> 1}});
    put_kind(frame, wire::record::unsubscribe);
    wire::put_varint(frame, 9);
    put_kind(frame, wire::record::received);
    wire::put_varint(frame, 999);
    wire::put_varint(frame, 999);
  }
  SECTION("a thousand subscriptions to what does not exist, given up at once") {
    is_refused = false;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      put_subscribe(frame, i, "Name" + std::to_string(i), "key");
      put_kind(frame, wire::record::unsubscribe);
      wire::put_varint(frame, i);
    }
  }
  who.send(frame.view());
  if (is_refused) {
    CHECK(who.hear() == wire::frame::refuse);
  } else {
    REQUIRE(world.eventually([&] { return live_sessions(*publisher) == 2; }));
  }
  works();
  client->stop(1s);
  publisher->stop(1s);
}
