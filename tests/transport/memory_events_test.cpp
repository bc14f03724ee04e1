// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "event_probe.hpp"

#include <zooid/memory_network.hpp>
#include <zooid/scheduler.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;
using zooid::event_flow;

/// "publisher" has an outlet at mem://events, "subscriber" hears all of it.
struct two_nodes {
  explicit two_nodes(event_flow flow = event_flow::lossless, std::uint64_t seed = 1)
      : hub(zooid::seeded_random(seed)),
        outlet(publisher->open_outlet("mem://events", flow, at_outlet)),
        inlet(subscriber->open_inlet("mem://events", flow, at_inlet)) {
    inlet->subscribe("");
    turns->run_until_idle();
  }
  ~two_nodes() {
    publisher->close();
    subscriber->close();
    turns->run_until_idle();
  }
  void say(const std::string& text) const { send(*outlet, text); }

  zooid::memory_hub hub;
  std::shared_ptr<zooid::deterministic_scheduler> turns =
      zooid::make_deterministic_scheduler(std::make_shared<zooid::manual_clock>());
  std::shared_ptr<event_probe> at_outlet = std::make_shared<event_probe>();
  std::shared_ptr<event_probe> at_inlet = std::make_shared<event_probe>();
  std::shared_ptr<zooid::network> publisher = hub.attach(*turns, "publisher");
  std::shared_ptr<zooid::network> subscriber = hub.attach(*turns, "subscriber");
  std::shared_ptr<zooid::event_outlet> outlet;
  std::shared_ptr<zooid::event_inlet> inlet;
};

}  // namespace

TEST_CASE("nothing is heard of in-memory events but in turns of the scheduler", "[memory_events]") {
  two_nodes nodes;
  nodes.say("1");
  nodes.inlet->subscribe("topic");
  CHECK(nodes.at_inlet->heard().empty());
  CHECK(nodes.at_outlet->heard() == texts{"+"});
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->heard() == texts{"1"});
  CHECK(nodes.at_outlet->heard() == texts{"+", "+topic"});
}

TEST_CASE("delayed events and subscriptions arrive when they are due, in order", "[memory_events]") {
  two_nodes nodes;
  nodes.hub.delay(10ms, 50ms);
  texts expected;
  texts subscribed{"+"};
  for (int i = 0; i < 20; ++i) {
    nodes.say(std::to_string(i));
    nodes.inlet->subscribe(std::to_string(19 - i));
    expected.push_back(std::to_string(i));
    subscribed.push_back("+" + std::to_string(19 - i));
  }
  nodes.turns->run_for(9ms);
  CHECK(nodes.at_inlet->heard().empty());
  CHECK(nodes.at_outlet->count() == 1);
  nodes.turns->run_for(41ms);
  CHECK(nodes.at_inlet->heard() == expected);
  CHECK(nodes.at_outlet->heard() == subscribed);
}

TEST_CASE("a cut loses what is under way, and the inlet subscribes again", "[memory_events]") {
  two_nodes nodes;
  nodes.inlet->subscribe("z");
  nodes.inlet->subscribe("a");
  nodes.turns->run_until_idle();
  nodes.say("lost");
  nodes.hub.cut(1);
  nodes.say("lost with it");
  nodes.hub.cut(0);
  nodes.say("nobody is connected");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_outlet->heard() == texts{"+", "+z", "+a", "-", "-a", "-z", "+", "+a", "+z"});
  nodes.say("new");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->heard() == texts{"new"});
}

TEST_CASE("a partition holds events back until it heals, and loses none", "[memory_events]") {
  two_nodes nodes;
  nodes.hub.partition("publisher", "subscriber");
  nodes.say("1");
  nodes.inlet->subscribe("late");
  nodes.say("2");
  const auto other = std::make_shared<event_probe>();
  const auto second = nodes.subscriber->open_inlet("mem://events", event_flow::lossless, other);
  second->subscribe("");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->heard().empty());
  CHECK(nodes.at_outlet->heard() == texts{"+"});

  nodes.hub.heal("subscriber", "publisher");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->heard() == texts{"1", "2"});
  CHECK(nodes.at_outlet->heard() == texts{"+", "+late"});
  nodes.say("3");
  nodes.turns->run_until_idle();
  CHECK(other->heard() == texts{"3"});
}

TEST_CASE("an inlet that closes behind a partition is missed when it heals", "[memory_events]") {
  two_nodes nodes;
  nodes.hub.partition("publisher", "subscriber");
  nodes.say("too late");
  nodes.inlet->close();
  nodes.turns->run_until_idle();
  CHECK(nodes.at_outlet->heard() == texts{"+"});
  nodes.hub.heal("publisher", "subscriber");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_outlet->heard() == texts{"+", "-"});
  CHECK(nodes.at_inlet->heard().empty());
}

TEST_CASE("an outlet that crashes behind a partition is looked for when it heals", "[memory_events]") {
  two_nodes nodes;
  nodes.hub.partition("publisher", "subscriber");
  nodes.say("on the way");
  nodes.hub.crash("publisher");
  const auto probe = std::make_shared<event_probe>();
  const auto third = nodes.hub.attach(*nodes.turns, "third");
  const auto outlet = third->open_outlet("mem://events", event_flow::lossless, probe);
  nodes.turns->run_until_idle();
  CHECK(probe->heard().empty());
  nodes.hub.heal("publisher", "subscriber");
  nodes.turns->run_until_idle();
  CHECK(probe->heard() == texts{"+"});
  CHECK(nodes.at_inlet->heard() == texts{"on the way"});
  third->close();
}

TEST_CASE("a crash of either side is noticed by the other", "[memory_events]") {
  two_nodes nodes;
  const auto third = nodes.hub.attach(*nodes.turns, "third");
  const auto heard = std::make_shared<event_probe>();
  const auto inlet = third->open_inlet("mem://events", event_flow::lossless, heard);
  inlet->subscribe("mine");
  nodes.turns->run_until_idle();
  nodes.hub.crash("third");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_outlet->heard() == texts{"+", "+mine", "-mine"});
  nodes.hub.crash("publisher");
  nodes.turns->run_until_idle();
  nodes.publisher = nodes.hub.attach(*nodes.turns, "publisher");
  nodes.outlet = nodes.publisher->open_outlet("mem://events", event_flow::lossless, nodes.at_outlet);
  nodes.turns->run_until_idle();
  CHECK(nodes.at_outlet->heard() == texts{"+", "+mine", "-mine", "+"});
  nodes.say("again");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->heard() == texts{"again"});
}

TEST_CASE("lossy events are lost by chance, each for one subscriber, and lossless ones are not", "[memory_events]") {
  const auto story = [](event_flow flow, std::uint64_t seed) {
    two_nodes nodes(flow, seed);
    const auto other = std::make_shared<event_probe>();
    const auto second = nodes.subscriber->open_inlet("mem://events", flow, other);
    second->subscribe("");
    nodes.turns->run_until_idle();
    nodes.hub.lose_events(0.5);
    for (int i = 0; i < 100; ++i) nodes.say(std::to_string(i));
    nodes.turns->run_until_idle();
    return std::vector<texts>{nodes.at_inlet->heard(), other->heard()};
  };
  const auto lossy = story(event_flow::lossy, 7);
  CHECK(lossy == story(event_flow::lossy, 7));
  CHECK(lossy != story(event_flow::lossy, 8));
  CHECK(lossy[0] != lossy[1]);
  CHECK((lossy[0].size() > 25 && lossy[0].size() < 75));
  const auto lossless = story(event_flow::lossless, 7);
  CHECK((lossless[0].size() == 100 && lossless[1].size() == 100));
}

TEST_CASE("a thousand lossy events wait for a subscriber, and no more", "[memory_events]") {
  two_nodes nodes(event_flow::lossy);
  for (int i = 0; i < 1500; ++i) nodes.say(std::to_string(i));
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->count() == 1000);
  CHECK(nodes.at_inlet->is("999"));
  nodes.say("again");
  nodes.turns->run_until_idle();
  CHECK(nodes.at_inlet->is("again"));
}
