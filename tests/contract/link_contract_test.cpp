// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "link_probe.hpp"
#include "network_worlds.hpp"

#include <zooid/error.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

/// One node that listens, and one that dialled it.
template <class World>
struct pair_of_nodes {
  World world;
  std::shared_ptr<acceptor_probe> acceptor = std::make_shared<acceptor_probe>();
  std::shared_ptr<link_probe> probe = std::make_shared<link_probe>();
  std::shared_ptr<zooid::network> server = world.add();
  std::shared_ptr<zooid::network> client = world.add();
  std::string endpoint = server->listen("tcp://127.0.0.1:0", acceptor);
  std::shared_ptr<zooid::link> link = client->dial(endpoint, probe);

  bool connect() {
    if (!until(world, [&] { return probe->is("up"); })) return false;
    link->send(frame_of("hello"));
    return until(world, [&] { return acceptor->count() == 1 && acceptor->probe(0)->is("hello"); });
  }
};

std::vector<std::string> numbers(int count) {
  std::vector<std::string> result;
  for (int i = 0; i < count; ++i) result.push_back(std::to_string(i));
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("a link carries ten thousand frames in order, both ways", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  const auto expected = numbers(10'000);
  const auto accepted = nodes.acceptor->probe(0);
  for (const auto& text : expected) {
    nodes.link->send(frame_of(text));
    nodes.acceptor->link(0)->send(frame_of(text));
  }
  REQUIRE(until(nodes.world, [&] { return accepted->count() == 10'002 && nodes.probe->count() == 10'001; }));
  auto there = accepted->heard();
  auto back = nodes.probe->heard();
  CHECK(std::vector(there.begin(), there.begin() + 2) == std::vector<std::string>{"up", "hello"});
  CHECK(back.front() == "up");
  there.erase(there.begin(), there.begin() + 2);
  back.erase(back.begin());
  CHECK(there == expected);
  CHECK(back == expected);
  CHECK_FALSE(accepted->last_more());
}

TEMPLATE_TEST_CASE("a dial goes on until somebody listens", "[link]", zmq_network_world, memory_network_world) {
  TestType world;
  const auto scout = world.add();
  const auto endpoint = scout->listen("tcp://127.0.0.1:0", std::make_shared<acceptor_probe>());
  scout->close();
  const auto probe = std::make_shared<link_probe>();
  const auto link = world.add()->dial(endpoint, probe);
  link->send(frame_of("too early"));
  for (int i = 0; i < 50; ++i) world.step();
  CHECK(probe->heard().empty());

  const auto acceptor = std::make_shared<acceptor_probe>();
  CHECK(world.add()->listen(endpoint, acceptor) == endpoint);
  REQUIRE(until(world, [&] { return probe->is("up"); }));
  link->send(frame_of("now"));
  REQUIRE(until(world, [&] { return acceptor->count() == 1 && acceptor->probe(0)->is("now"); }));
  CHECK(acceptor->probe(0)->heard() == std::vector<std::string>{"up", "now"});
}

TEMPLATE_TEST_CASE("the dialler hears that the other side closed, after what it sent", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  nodes.acceptor->link(0)->send(frame_of("bye"));
  REQUIRE(until(nodes.world, [&] { return nodes.probe->is("bye"); }));
  nodes.server->close();
  REQUIRE(until(nodes.world, [&] { return nodes.probe->is("down"); }));
  nodes.link->send(frame_of("dropped"));
  nodes.link->close();
  CHECK(nodes.probe->heard() == std::vector<std::string>{"up", "bye", "down"});
}

TEMPLATE_TEST_CASE("the accepting side finds out by sending that the dialler is gone", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  nodes.client->close();
  const auto accepted = nodes.acceptor->probe(0);
  REQUIRE(until(nodes.world, [&] {
    nodes.acceptor->link(0)->send(frame_of("anybody?"));
    return accepted->is("down");
  }));
  nodes.acceptor->link(0)->send(frame_of("dropped"));
  for (int i = 0; i < 10; ++i) nodes.world.step();
  CHECK(accepted->heard() == std::vector<std::string>{"up", "hello", "down"});
}

TEMPLATE_TEST_CASE("a network that is closed tells nothing more", "[link]", zmq_network_world, memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  for (const auto& text : numbers(1000)) nodes.acceptor->link(0)->send(frame_of(text));
  REQUIRE(until(nodes.world, [&] { return nodes.probe->count() > 1; }));
  nodes.client->close();
  const auto heard = nodes.probe->count();
  nodes.client->close();
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.probe->count() == heard);

  nodes.link->send(frame_of("dropped"));
  const auto late = nodes.client->dial(nodes.endpoint, nodes.probe);
  late->send(frame_of("dropped"));
  late->close();
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.probe->count() == heard);
  CHECK_THROWS_AS(nodes.client->listen("tcp://127.0.0.1:0", nodes.acceptor), zooid::setup_error);
}

TEMPLATE_TEST_CASE("a network may be closed by its own listener, in the middle of a batch", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  nodes.probe->when_frame = [&](std::span<const std::byte>) { nodes.client->close(); };
  REQUIRE(nodes.connect());
  for (const auto& text : numbers(100)) nodes.acceptor->link(0)->send(frame_of(text));
  REQUIRE(until(nodes.world, [&] { return nodes.probe->count() > 1; }));
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.probe->heard() == std::vector<std::string>{"up", "0"});
}

TEMPLATE_TEST_CASE("a link that its owner closes tells nothing more", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  nodes.probe->when_frame = [&](std::span<const std::byte>) { nodes.link->close(); };
  REQUIRE(nodes.connect());
  for (const auto& text : numbers(100)) nodes.acceptor->link(0)->send(frame_of(text));
  REQUIRE(until(nodes.world, [&] { return nodes.probe->count() > 1; }));
  for (int i = 0; i < 20; ++i) nodes.world.step();
  CHECK(nodes.probe->heard() == std::vector<std::string>{"up", "0"});
}

TEMPLATE_TEST_CASE("an accepted link that is closed makes its peer somebody new", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  nodes.acceptor->link(0)->close();
  nodes.acceptor->link(0)->send(frame_of("dropped"));
  nodes.link->send(frame_of("again"));
  REQUIRE(until(nodes.world, [&] { return nodes.acceptor->count() == 2 && nodes.acceptor->probe(1)->is("again"); }));
  CHECK(nodes.acceptor->probe(0)->heard() == std::vector<std::string>{"up", "hello"});
  nodes.acceptor->link(1)->send(frame_of("answer"));
  REQUIRE(until(nodes.world, [&] { return nodes.probe->is("answer"); }));
  CHECK(nodes.probe->heard() == std::vector<std::string>{"up", "answer"});
}

TEMPLATE_TEST_CASE("who is not accepted is not heard", "[link]", zmq_network_world, memory_network_world) {
  pair_of_nodes<TestType> nodes;
  nodes.acceptor->refuse = true;
  REQUIRE(until(nodes.world, [&] { return nodes.probe->is("up"); }));
  nodes.link->send(frame_of("hello"));
  REQUIRE(until(nodes.world, [&] { return nodes.acceptor->count() == 1; }));
  CHECK(nodes.acceptor->probe(0)->heard().empty());
}

TEMPLATE_TEST_CASE("a frame of a mebibyte passes whole", "[link]", zmq_network_world, memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  std::string big(std::size_t{1} << 20, ' ');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 7 + i / 251);
  nodes.link->send(frame_of(big));
  nodes.acceptor->link(0)->send(frame_of(big));
  REQUIRE(until(nodes.world, [&] { return nodes.acceptor->probe(0)->count() == 3 && nodes.probe->count() == 2; }));
  CHECK((nodes.acceptor->probe(0)->is(big) && nodes.probe->is(big)));
}

TEMPLATE_TEST_CASE("several links of two nodes do not mix", "[link]", zmq_network_world, memory_network_world) {
  TestType world;
  const auto left = world.add();
  const auto right = world.add();
  const auto left_acceptor = std::make_shared<acceptor_probe>();
  const auto right_acceptor = std::make_shared<acceptor_probe>();
  const auto to_left = left->listen("tcp://127.0.0.1:0", left_acceptor);
  const auto to_right = right->listen("tcp://127.0.0.1:0", right_acceptor);
  CHECK(to_left != to_right);
  // Everybody is answered with what he said.
  for (const auto& acceptor : {left_acceptor, right_acceptor}) {
    acceptor->prepare = [](const std::shared_ptr<zooid::link>& from, link_probe& probe) {
      probe.when_frame = [from](std::span<const std::byte> frame) { from->send(frame_of(text_of(frame.subspan(4)))); };
    };
  }
  std::vector<std::shared_ptr<link_probe>> probes;
  std::vector<std::shared_ptr<zooid::link>> links;
  for (int i = 0; i < 6; ++i) {
    probes.push_back(std::make_shared<link_probe>());
    links.push_back(i % 2 == 0 ? left->dial(to_right, probes.back()) : right->dial(to_left, probes.back()));
  }
  REQUIRE(until(world, [&] { return std::ranges::all_of(probes, [](const auto& probe) { return probe->is("up"); }); }));
  for (int round = 0; round < 100; ++round) {
    for (std::size_t i = 0; i < links.size(); ++i) links[i]->send(frame_of(std::to_string(i)));
  }
  REQUIRE(until(world, [&] { return std::ranges::all_of(probes, [](const auto& p) { return p->count() == 101; }); }));
  for (std::size_t i = 0; i < links.size(); ++i) {
    auto expected = std::vector<std::string>(101, std::to_string(i));
    expected.front() = "up";
    CHECK(probes[i]->heard() == expected);
  }
  left->close();
  right->close();
}

TEMPLATE_TEST_CASE("several threads on one link keep each its order", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  const auto accepted = nodes.acceptor->probe(0);
  std::vector<std::thread> senders;
  for (const std::string name : {"a", "b", "c", "d"}) {
    senders.emplace_back([&nodes, name] {
      for (const auto& text : numbers(2000)) nodes.link->send(frame_of(name + text));
    });
  }
  const bool all = until(nodes.world, [&] { return accepted->count() == 8002; });
  for (auto& sender : senders) sender.join();
  REQUIRE(all);
  for (const std::string name : {"a", "b", "c", "d"}) {
    std::vector<std::string> of_one;
    for (const auto& text : accepted->heard()) {
      if (text.starts_with(name)) of_one.push_back(text.substr(1));
    }
    CHECK(of_one == numbers(2000));
  }
}

TEMPLATE_TEST_CASE("after a restart a new link is dialled and nothing old is replayed", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  REQUIRE(nodes.connect());
  for (int round = 0; round < 5; ++round) {
    nodes.server->close();
    for (int i = 0; i < 100; ++i) nodes.link->send(frame_of("old"));
    REQUIRE(until(nodes.world, [&] { return nodes.probe->is("down"); }));
    nodes.link->send(frame_of("old"));

    const auto acceptor = std::make_shared<acceptor_probe>();
    nodes.server = nodes.world.add();
    REQUIRE(nodes.server->listen(nodes.endpoint, acceptor) == nodes.endpoint);
    nodes.probe = std::make_shared<link_probe>();
    nodes.link = nodes.client->dial(nodes.endpoint, nodes.probe);
    REQUIRE(until(nodes.world, [&] { return nodes.probe->is("up"); }));
    nodes.link->send(frame_of("new"));
    REQUIRE(until(nodes.world, [&] { return acceptor->count() > 0 && acceptor->probe(0)->count() == 2; }));
    CHECK(acceptor->count() == 1);
    CHECK(acceptor->probe(0)->heard() == std::vector<std::string>{"up", "new"});
  }
}

TEMPLATE_TEST_CASE("an endpoint that is taken or not understood is refused in words", "[link]", zmq_network_world,
                   memory_network_world) {
  pair_of_nodes<TestType> nodes;
  const auto code_of = [&](const std::string& endpoint) {
    try {
      nodes.world.add()->listen(endpoint, std::make_shared<acceptor_probe>());
    } catch (const zooid::setup_error& why) {
      CHECK(std::string(why.what()).find("cannot listen at " + endpoint) != std::string::npos);
      return why.code();
    }
    return zooid::errc{};
  };
  CHECK(code_of(nodes.endpoint) == zooid::errc::address_in_use);
  CHECK(code_of("nonsense") == zooid::errc::malformed_address);
  CHECK(code_of("tcp://") == zooid::errc::malformed_address);
  CHECK_THROWS_AS(nodes.server->listen("tcp://127.0.0.1:0", nodes.acceptor), zooid::setup_error);
}
