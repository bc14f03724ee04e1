// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "link_probe.hpp"

#include <zooid/error.hpp>
#include <zooid/memory_network.hpp>
#include <zooid/scheduler.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

/// "server" listens at mem://server, "client" has dialled it and said "hello".
struct two_nodes {
  explicit two_nodes(std::uint64_t seed = 1) : hub(zooid::seeded_random(seed)) {
    server = hub.attach(*turns, "server");
    client = hub.attach(*turns, "client");
    server->listen("mem://server", acceptor);
    link = client->dial("mem://server", probe);
    turns->run_until_idle();
    link->send(frame_of("hello"));
    turns->run_until_idle();
    back = acceptor->link(0);
    accepted = acceptor->probe(0);
  }
  ~two_nodes() {
    server->close();
    client->close();
    turns->run_until_idle();
  }

  zooid::memory_hub hub;
  std::shared_ptr<zooid::deterministic_scheduler> turns =
      zooid::make_deterministic_scheduler(std::make_shared<zooid::manual_clock>());
  std::shared_ptr<acceptor_probe> acceptor = std::make_shared<acceptor_probe>();
  std::shared_ptr<link_probe> probe = std::make_shared<link_probe>();
  std::shared_ptr<zooid::network> server;
  std::shared_ptr<zooid::network> client;
  std::shared_ptr<zooid::link> link;
  std::shared_ptr<zooid::link> back;
  std::shared_ptr<link_probe> accepted;
};

}  // namespace

TEST_CASE("nothing happens on an in-memory link but in turns of the scheduler", "[memory_network]") {
  two_nodes nodes;
  nodes.back->send(frame_of("answer"));
  CHECK(nodes.probe->heard() == texts{"up"});
  CHECK(nodes.turns->run_until_idle() == 1);
  CHECK(nodes.probe->heard() == texts{"up", "answer"});
  CHECK(nodes.turns->run_until_idle() == 0);
}

TEST_CASE("delayed frames arrive when they are due, in order", "[memory_network]") {
  two_nodes nodes;
  nodes.hub.delay(10ms, 50ms);
  texts expected{"up"};
  for (int i = 0; i < 20; ++i) {
    nodes.back->send(frame_of(std::to_string(i)));
    expected.push_back(std::to_string(i));
  }
  nodes.turns->run_for(9ms);
  CHECK(nodes.probe->heard() == texts{"up"});
  nodes.turns->run_for(1ms);
  nodes.turns->run_for(40ms);
  CHECK(nodes.probe->heard() == expected);
}

TEST_CASE("the same seed delays and cuts in the same way", "[memory_network]") {
  const auto story = [](std::uint64_t seed) {
    two_nodes nodes(seed);
    nodes.hub.delay(1ms, 100ms);
    nodes.hub.cut(0.02);
    texts result;
    for (int i = 0; i < 100; ++i) {
      nodes.link->send(frame_of(std::to_string(i)));
      nodes.back->send(frame_of(std::to_string(i)));
      nodes.turns->run_for(1ms);
      result.push_back(std::to_string(nodes.probe->count()) + "/" + std::to_string(nodes.accepted->count()));
    }
    return result;
  };
  CHECK(story(7) == story(7));
  CHECK(story(7) != story(8));
}

TEST_CASE("a cut loses the frame and the connection, and only the dialler is told", "[memory_network]") {
  two_nodes nodes;
  nodes.hub.cut(1);
  nodes.link->send(frame_of("lost"));
  nodes.turns->run_until_idle();
  CHECK(nodes.probe->heard() == texts{"up", "down"});
  CHECK(nodes.accepted->heard() == texts{"up", "hello"});
  nodes.back->send(frame_of("anybody?"));
  nodes.turns->run_until_idle();
  CHECK(nodes.accepted->heard() == texts{"up", "hello", "down"});
}

TEST_CASE("a partition holds everything back until it heals", "[memory_network]") {
  two_nodes nodes;
  nodes.hub.partition("client", "mem://server");
  nodes.link->send(frame_of("1"));
  nodes.link->send(frame_of("2"));
  nodes.back->send(frame_of("a"));
  const auto late = std::make_shared<link_probe>();
  const auto late_link = nodes.client->dial("mem://server", late);
  nodes.turns->run_until_idle();
  CHECK(nodes.accepted->heard() == texts{"up", "hello"});
  CHECK(nodes.probe->heard() == texts{"up"});
  CHECK(late->heard().empty());

  nodes.hub.heal("mem://server", "client");
  nodes.turns->run_until_idle();
  CHECK(nodes.accepted->heard() == texts{"up", "hello", "1", "2"});
  CHECK(nodes.probe->heard() == texts{"up", "a"});
  CHECK(late->heard() == texts{"up"});
}

TEST_CASE("the end of a connection is not seen through a partition", "[memory_network]") {
  two_nodes nodes;
  nodes.hub.partition("client", "server");
  nodes.server->close();
  nodes.turns->run_until_idle();
  CHECK(nodes.probe->heard() == texts{"up"});
  nodes.hub.heal("client", "server");
  nodes.turns->run_until_idle();
  CHECK(nodes.probe->heard() == texts{"up", "down"});
}

TEST_CASE("a crash is told to who dialled and kept from who was dialled", "[memory_network]") {
  two_nodes nodes;
  const auto third = nodes.hub.attach(*nodes.turns, "third");
  const auto third_acceptor = std::make_shared<acceptor_probe>();
  third->listen("mem://third", third_acceptor);
  const auto to_third = std::make_shared<link_probe>();
  const auto link = nodes.server->dial("mem://third", to_third);
  nodes.turns->run_until_idle();
  link->send(frame_of("hello"));
  nodes.turns->run_until_idle();

  nodes.hub.crash("mem://server");
  nodes.turns->run_until_idle();
  CHECK(nodes.probe->heard() == texts{"up", "down"});
  CHECK(to_third->heard() == texts{"up"});
  CHECK(third_acceptor->probe(0)->heard() == texts{"up", "hello"});
  third_acceptor->link(0)->send(frame_of("anybody?"));
  nodes.turns->run_until_idle();
  CHECK(third_acceptor->probe(0)->heard() == texts{"up", "hello", "down"});
  third->close();
}

TEST_CASE("an endpoint is free again when its node is closed", "[memory_network]") {
  two_nodes nodes;
  const auto other = nodes.hub.attach(*nodes.turns);
  CHECK_THROWS_AS(other->listen("mem://server", nodes.acceptor), zooid::setup_error);
  nodes.server->close();
  CHECK(other->listen("mem://server", nodes.acceptor) == "mem://server");
  other->close();
}

TEST_CASE("a network that its owner drops is closed", "[memory_network]") {
  two_nodes nodes;
  nodes.server.reset();
  nodes.turns->run_until_idle();
  CHECK(nodes.probe->heard() == texts{"up", "down"});
  nodes.server = nodes.hub.attach(*nodes.turns);
}
