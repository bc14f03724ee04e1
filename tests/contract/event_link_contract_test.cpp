// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "event_probe.hpp"
#include "link_probe.hpp"
#include "network_worlds.hpp"

#include <zooid/error.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using texts = std::vector<std::string>;
using zooid::event_flow;

constexpr auto any_port = "tcp://127.0.0.1:0";
const std::string token = "\xff token";

/// An outlet at one node, and an inlet of it at another.
template <class World>
struct publisher_and_subscriber {
  explicit publisher_and_subscriber(event_flow with = event_flow::lossless) : flow(with) {}

  World world;
  event_flow flow;
  std::shared_ptr<event_probe> at_outlet = std::make_shared<event_probe>();
  std::shared_ptr<event_probe> at_inlet = std::make_shared<event_probe>();
  std::shared_ptr<zooid::network> publisher = world.add();
  std::shared_ptr<zooid::network> subscriber = world.add();
  std::shared_ptr<zooid::event_outlet> outlet = publisher->open_outlet(any_port, flow, at_outlet);
  std::shared_ptr<zooid::event_inlet> inlet = subscriber->open_inlet(outlet->endpoint(), flow, at_inlet);

  /// Whatever was subscribed to before, holds.
  bool confirm(const std::string& with = token) {
    inlet->subscribe(with);
    return until(world, [&] { return at_outlet->count("+" + with) > 0; });
  }
  bool hear(std::size_t count) {
    return until(world, [&] { return at_inlet->count() >= count; });
  }
};

texts numbers(const std::string& before, int count) {
  texts result;
  for (int i = 0; i < count; ++i) result.push_back(before + std::to_string(i));
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("what is sent after a token was heard arrives, in order", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  CHECK(nodes.outlet->endpoint() != any_port);
  nodes.inlet->subscribe("topic");
  REQUIRE(nodes.confirm());
  CHECK(nodes.at_outlet->heard() == texts{"+topic", "+" + token});
  const texts expected = numbers("topic", 10'000);
  for (const auto& text : expected) send(*nodes.outlet, text);
  REQUIRE(nodes.hear(expected.size()));
  CHECK(nodes.at_inlet->heard() == expected);
  CHECK_FALSE(nodes.at_inlet->last_more());
}

TEMPLATE_TEST_CASE("an inlet waits for its outlet", "[event_link]", zmq_network_world, memory_network_world) {
  TestType world;
  const auto probe = std::make_shared<event_probe>();
  const auto scout = world.add();
  const std::string endpoint = scout->open_outlet(any_port, event_flow::lossless, probe)->endpoint();
  scout->close();

  const auto heard = std::make_shared<event_probe>();
  const auto inlet = world.add()->open_inlet(endpoint, event_flow::lossless, heard);
  const texts topics = numbers("topic ", 3000);  // more than ZeroMQ lets wait, unless it is told to
  for (const auto& topic : topics) inlet->subscribe(topic);
  inlet->subscribe(token);
  for (int i = 0; i < 20; ++i) world.step();
  CHECK(heard->count() == 0);

  const auto publisher = world.add();
  const auto outlet = publisher->open_outlet(endpoint, event_flow::lossless, probe);
  CHECK(outlet->endpoint() == endpoint);
  REQUIRE(until(world, [&] { return probe->is("+" + token); }));
  CHECK(probe->count() == 3001);
  for (const auto& topic : topics) send(*outlet, topic + ".");
  REQUIRE(until(world, [&] { return heard->is("topic 2999."); }));
}

TEMPLATE_TEST_CASE("only what begins with a topic arrives", "[event_link]", zmq_network_world, memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  const std::string binary("\0\x01\xff", 3);
  nodes.inlet->subscribe("apple");
  nodes.inlet->subscribe(binary);
  REQUIRE(nodes.confirm());
  CHECK(nodes.at_outlet->heard() == texts{"+apple", "+" + binary, "+" + token});
  for (const std::string text : {"pear", "appl", "apple", "apples", "", "Apple", "a"}) send(*nodes.outlet, text);
  send(*nodes.outlet, binary + "!");
  send(*nodes.outlet, std::string("\0\x01", 2));
  send(*nodes.outlet, token + "end");
  REQUIRE(until(nodes.world, [&] { return nodes.at_inlet->is(token + "end"); }));
  CHECK(nodes.at_inlet->heard() == texts{"apple", "apples", binary + "!", token + "end"});
}

TEMPLATE_TEST_CASE("the empty topic is everything", "[event_link]", zmq_network_world, memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  REQUIRE(nodes.confirm(""));
  for (const std::string text : {"a", "", "\xff"}) send(*nodes.outlet, text);
  REQUIRE(nodes.hear(3));
  CHECK(nodes.at_inlet->heard() == texts{"a", "", "\xff"});
}

TEMPLATE_TEST_CASE("a publisher is told of the first subscriber to a topic, and of the last that leaves",
                   "[event_link]", zmq_network_world, memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  const auto third = nodes.world.add();
  const auto probe = std::make_shared<event_probe>();
  const auto second = third->open_inlet(nodes.outlet->endpoint(), event_flow::lossless, probe);
  nodes.inlet->subscribe("both");
  nodes.inlet->subscribe("mine");
  REQUIRE(nodes.confirm("\xff 1"));
  second->subscribe("both");
  second->subscribe("\xff 2");
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->is("+\xff 2"); }));
  CHECK(nodes.at_outlet->heard() == texts{"+both", "+mine", "+\xff 1", "+\xff 2"});

  send(*nodes.outlet, "both");
  send(*nodes.outlet, "mine");
  send(*nodes.outlet, "\xff 2");
  REQUIRE(until(nodes.world, [&] { return nodes.at_inlet->is("mine") && probe->is("\xff 2"); }));
  CHECK(nodes.at_inlet->heard() == texts{"both", "mine"});
  CHECK(probe->heard() == texts{"both", "\xff 2"});

  nodes.inlet->close();
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->count() == 6; }));
  CHECK(nodes.at_outlet->count("-mine") == 1);
  CHECK(nodes.at_outlet->count("-\xff 1") == 1);
  third->close();
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->count() == 8; }));
  CHECK(nodes.at_outlet->count("-both") == 1);
  CHECK(nodes.at_outlet->count("-\xff 2") == 1);
}

TEMPLATE_TEST_CASE("what is unsubscribed from does not arrive any more", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  nodes.inlet->subscribe("a");
  nodes.inlet->subscribe("b");
  nodes.inlet->unsubscribe("a");
  REQUIRE(nodes.confirm());
  CHECK(nodes.at_outlet->heard() == texts{"+a", "+b", "-a", "+" + token});
  send(*nodes.outlet, "a");
  send(*nodes.outlet, "b");
  REQUIRE(nodes.hear(1));
  CHECK(nodes.at_inlet->heard() == texts{"b"});

  nodes.inlet->subscribe("a");
  nodes.inlet->unsubscribe("never subscribed to");
  REQUIRE(nodes.confirm("\xff again"));
  send(*nodes.outlet, "a");
  REQUIRE(nodes.hear(2));
  CHECK(nodes.at_inlet->heard() == texts{"b", "a"});
}

TEMPLATE_TEST_CASE("a subscription may be answered from within the publisher's listener", "[event_link]",
                   zmq_network_world, memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  nodes.at_outlet->when_subscribed = [&](std::string_view topic) { send(*nodes.outlet, std::string(topic) + "!"); };
  for (int i = 0; i < 100; ++i) nodes.inlet->subscribe("topic " + std::to_string(i) + ".");
  REQUIRE(nodes.hear(100));
  CHECK(nodes.at_inlet->heard().back() == "topic 99.!");
}

TEMPLATE_TEST_CASE("events of several parts are not for nodes", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  REQUIRE(nodes.confirm(""));
  send(*nodes.outlet, "two", "parts");
  send(*nodes.outlet, "one");
  send(*nodes.outlet, "", "", "three");
  send(*nodes.outlet, "last");
  REQUIRE(until(nodes.world, [&] { return nodes.at_inlet->is("last"); }));
  CHECK(nodes.at_inlet->heard() == texts{"one", "last"});
}

TEMPLATE_TEST_CASE("an event of a mebibyte reaches all of its subscribers whole", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  const auto probe = std::make_shared<event_probe>();
  const auto second = nodes.world.add()->open_inlet(nodes.outlet->endpoint(), event_flow::lossless, probe);
  second->subscribe("");
  second->subscribe("\xff second");
  nodes.inlet->subscribe("");
  REQUIRE(nodes.confirm());
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->count("+\xff second") == 1; }));
  std::string big(std::size_t{1} << 20, ' ');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 7 + i / 251);
  send(*nodes.outlet, big);
  REQUIRE(until(nodes.world, [&] { return nodes.at_inlet->count() == 1 && probe->count() == 1; }));
  CHECK((nodes.at_inlet->is(big) && probe->is(big)));
}

TEMPLATE_TEST_CASE("a lossless outlet loses nothing to a subscriber that reads late", "[event_link]", zmq_network_world,
                   memory_network_world) {
  constexpr std::size_t events = 100'000;
  publisher_and_subscriber<TestType> nodes;
  std::promise<void> reading;
  std::promise<void> all_sent;
  std::size_t heard = 0;
  std::size_t in_order = 0;
  struct counting final : zooid::event_inlet_listener {
    std::function<void(std::span<const std::byte>)> hear;
    void on_event(std::span<const std::byte> frame, bool) override { hear(frame); }
  };
  std::atomic<bool> complete = false;
  const auto counter = std::make_shared<counting>();
  counter->hear = [&](std::span<const std::byte> frame) {
    if (heard == 0) {
      reading.set_value();
      all_sent.get_future().wait();
    }
    if (text_of(frame) == std::to_string(heard)) ++in_order;
    if (++heard == events) complete = true;
  };
  const auto late = nodes.subscriber->open_inlet(nodes.outlet->endpoint(), event_flow::lossless, counter);
  late->subscribe("");
  late->subscribe(token);
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->is("+" + token); }));

  std::thread sending([&] {
    send(*nodes.outlet, "0");
    reading.get_future().wait();
    for (std::size_t i = 1; i < events; ++i) send(*nodes.outlet, std::to_string(i));
    all_sent.set_value();
  });
  const bool all = until(nodes.world, [&] { return complete.load(); });
  sending.join();
  nodes.subscriber->close();
  REQUIRE(all);
  CHECK(in_order == events);
}

TEMPLATE_TEST_CASE("a lossy outlet drops what a slow subscriber leaves waiting, and nothing later", "[event_link]",
                   zmq_network_world, memory_network_world) {
  constexpr int events = 20'000;
  const std::string ballast(4000, '.');  // so that the operating system's buffers do not hold them all
  publisher_and_subscriber<TestType> nodes(event_flow::lossy);
  std::promise<void> reading;
  std::promise<void> all_sent;
  std::atomic<bool> first = true;
  std::atomic<bool> sent = false;
  nodes.at_inlet->when_event = [&] {
    if (!first.exchange(false)) return;
    reading.set_value();
    all_sent.get_future().wait();
  };
  nodes.inlet->subscribe("");
  REQUIRE(nodes.confirm());
  std::thread sending([&] {
    send(*nodes.outlet, "0");
    reading.get_future().wait();
    for (int i = 1; i < events; ++i) send(*nodes.outlet, std::to_string(i) + ballast);
    sent = true;
    all_sent.set_value();
  });
  const bool again = until(nodes.world, [&] {
    if (sent) send(*nodes.outlet, "end");
    return nodes.at_inlet->is("end");
  });
  sending.join();
  REQUIRE(again);
  std::vector<int> heard;
  for (const auto& text : nodes.at_inlet->heard()) {
    if (text != "end") heard.push_back(std::stoi(text));
  }
  CHECK(heard.size() >= 1000);
  CHECK(heard.size() < events / 2);
  CHECK(std::ranges::adjacent_find(heard, std::greater_equal<>()) == heard.end());
}

TEMPLATE_TEST_CASE("an inlet may be closed from inside an event", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  nodes.at_inlet->when_event = [&] { nodes.inlet->close(); };
  REQUIRE(nodes.confirm(""));
  for (const auto& text : numbers("", 1000)) send(*nodes.outlet, text);
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->is("-"); }));
  nodes.inlet->close();
  nodes.inlet->subscribe("dropped");
  nodes.inlet->unsubscribe("");
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.at_inlet->heard() == texts{"0"});
}

TEMPLATE_TEST_CASE("a network may be closed from inside an event", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  nodes.at_inlet->when_event = [&] { nodes.subscriber->close(); };
  REQUIRE(nodes.confirm(""));
  for (const auto& text : numbers("", 1000)) send(*nodes.outlet, text);
  REQUIRE(until(nodes.world, [&] { return nodes.at_outlet->is("-"); }));
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.at_inlet->heard() == texts{"0"});
}

TEMPLATE_TEST_CASE("a closed network opens no outlet, and an inlet that hears nothing", "[event_link]",
                   zmq_network_world, memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  nodes.inlet->subscribe("");
  REQUIRE(nodes.confirm());
  for (const auto& text : numbers("", 1000)) send(*nodes.outlet, text);
  REQUIRE(nodes.hear(1));
  nodes.subscriber->close();
  const auto heard = nodes.at_inlet->count();
  nodes.subscriber->close();
  send(*nodes.outlet, "too late");
  const auto late = nodes.subscriber->open_inlet(nodes.outlet->endpoint(), event_flow::lossy, nodes.at_inlet);
  late->subscribe("");
  late->unsubscribe("");
  nodes.inlet->subscribe("more");
  for (int i = 0; i < 20; ++i) nodes.world.step();
  late->close();
  CHECK(nodes.at_inlet->count() == heard);
  try {
    static_cast<void>(nodes.subscriber->open_outlet(any_port, event_flow::lossy, nodes.at_outlet));
    FAIL("it opened");
  } catch (const zooid::setup_error& why) {
    CHECK(why.code() == zooid::errc::shutdown);
  }
  nodes.publisher->close();
  const auto told = nodes.at_outlet->count();
  send(*nodes.outlet, "to nobody");
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.at_outlet->count() == told);
}

TEMPLATE_TEST_CASE("an outlet that comes back is subscribed to again, tokens last", "[event_link]", zmq_network_world,
                   memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  nodes.inlet->subscribe("z");
  nodes.inlet->subscribe("gone");
  REQUIRE(nodes.confirm());
  nodes.inlet->unsubscribe("gone");
  nodes.inlet->subscribe("a");
  for (int round = 0; round < 5; ++round) {
    const std::string endpoint = nodes.outlet->endpoint();
    nodes.publisher->close();
    send(*nodes.outlet, "z lost");
    const auto probe = std::make_shared<event_probe>();
    nodes.publisher = nodes.world.add();
    nodes.outlet = nodes.publisher->open_outlet(endpoint, event_flow::lossless, probe);
    REQUIRE(until(nodes.world, [&] { return probe->is("+" + token); }));
    CHECK(probe->heard() == texts{"+a", "+z", "+" + token});
    send(*nodes.outlet, "gone");
    send(*nodes.outlet, "z new");
    REQUIRE(nodes.hear(static_cast<std::size_t>(round) + 1));
  }
  CHECK(nodes.at_inlet->heard() == texts(5, "z new"));
}

TEMPLATE_TEST_CASE("one node may have several outlets and inlets, and hear itself", "[event_link]", zmq_network_world,
                   memory_network_world) {
  TestType world;
  const auto node = world.add();
  const auto probe = std::make_shared<event_probe>();
  std::vector<std::shared_ptr<event_probe>> heard;
  std::vector<std::shared_ptr<zooid::event_outlet>> outlets;
  std::vector<std::shared_ptr<zooid::event_inlet>> inlets;
  for (int i = 0; i < 3; ++i) {
    heard.push_back(std::make_shared<event_probe>());
    outlets.push_back(node->open_outlet(any_port, event_flow::lossless, probe));
    inlets.push_back(node->open_inlet(outlets.back()->endpoint(), event_flow::lossless, heard.back()));
    inlets.back()->subscribe("");
  }
  REQUIRE(until(world, [&] { return probe->count("+") == 3; }));
  for (std::size_t i = 0; i < 3; ++i) send(*outlets[i], std::to_string(i));
  REQUIRE(
      until(world, [&] { return std::ranges::all_of(heard, [](const auto& each) { return each->count() == 1; }); }));
  for (std::size_t i = 0; i < 3; ++i) CHECK(heard[i]->is(std::to_string(i)));
}

TEMPLATE_TEST_CASE("several threads that send and subscribe keep each its order", "[event_link]", zmq_network_world,
                   memory_network_world) {
  constexpr int events = 2000;
  publisher_and_subscriber<TestType> nodes;
  nodes.inlet->subscribe("event");
  REQUIRE(nodes.confirm());
  std::vector<std::thread> threads;
  for (const std::string name : {"a", "b"}) {
    threads.emplace_back([&nodes, name] {
      for (const auto& text : numbers("event " + name, events)) send(*nodes.outlet, text);
    });
    threads.emplace_back([&nodes, name] {
      for (const auto& topic : numbers("topic " + name, 500)) nodes.inlet->subscribe(topic);
    });
  }
  const bool all =
      until(nodes.world, [&] { return nodes.at_inlet->count() == 2 * events && nodes.at_outlet->count() == 1002; });
  for (auto& thread : threads) thread.join();
  REQUIRE(all);
  for (const std::string name : {"a", "b"}) {
    const auto those_with = [](const texts& from, const std::string& beginning) {
      texts result;
      std::ranges::copy_if(from, std::back_inserter(result),
                           [&](const auto& text) { return text.starts_with(beginning); });
      return result;
    };
    CHECK(those_with(nodes.at_inlet->heard(), "event " + name) == numbers("event " + name, events));
    CHECK(those_with(nodes.at_outlet->heard(), "+topic " + name) == numbers("+topic " + name, 500));
  }
}

TEMPLATE_TEST_CASE("an events endpoint that is taken or not understood is refused in words", "[event_link]",
                   zmq_network_world, memory_network_world) {
  publisher_and_subscriber<TestType> nodes;
  const auto node = nodes.world.add();
  const auto code_of = [](const std::string& words, const std::function<void()>& open) {
    try {
      open();
    } catch (const zooid::setup_error& why) {
      CHECK(std::string(why.what()).find(words) != std::string::npos);
      return why.code();
    }
    return zooid::errc{};
  };
  const auto outlet_at = [&](const std::string& endpoint) {
    return code_of("cannot publish at " + endpoint,
                   [&] { static_cast<void>(node->open_outlet(endpoint, event_flow::lossy, nodes.at_outlet)); });
  };
  const auto inlet_at = [&](const std::string& endpoint) {
    return code_of("cannot subscribe at " + endpoint,
                   [&] { static_cast<void>(node->open_inlet(endpoint, event_flow::lossy, nodes.at_inlet)); });
  };
  const auto links = node->listen(any_port, std::make_shared<acceptor_probe>());
  CHECK(outlet_at(nodes.outlet->endpoint()) == zooid::errc::address_in_use);
  CHECK(outlet_at(links) == zooid::errc::address_in_use);
  CHECK(code_of("cannot listen at", [&] {
          static_cast<void>(nodes.world.add()->listen(nodes.outlet->endpoint(), std::make_shared<acceptor_probe>()));
        }) == zooid::errc::address_in_use);
  for (const std::string bad : {"nonsense", "tcp://"}) {
    CHECK(outlet_at(bad) == zooid::errc::malformed_address);
    CHECK(inlet_at(bad) == zooid::errc::malformed_address);
  }
  nodes.publisher->close();
  CHECK(outlet_at(nodes.outlet->endpoint()) == zooid::errc{});
}
