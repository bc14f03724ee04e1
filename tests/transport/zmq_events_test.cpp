// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "event_probe.hpp"
#include "foreign_socket.hpp"
#include "scratch_folder.hpp"
#include "zmq_network.hpp"

#include <zooid/error.hpp>

#include <zmq.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using zooid::event_flow;

/// A node with an outlet, and a foreign program of the given kind that is connected to it.
struct outlet_and_stranger {
  explicit outlet_and_stranger(zmq::socket_type type) : stranger(context, type) { connect(stranger); }
  void connect(zmq::socket_t& socket) const {
    socket.set(zmq::sockopt::linger, 0);
    socket.connect(outlet->endpoint());
  }
  [[nodiscard]] bool heard(const std::string& last) const {
    return until({node}, [&] { return probe->is(last); });
  }
  [[nodiscard]] parts next() { return receive(node, stranger); }

  std::shared_ptr<event_probe> probe = std::make_shared<event_probe>();
  std::shared_ptr<zooid::zmq_network> node = zooid::make_zmq_network();
  std::shared_ptr<zooid::event_outlet> outlet = node->open_outlet("tcp://127.0.0.1:0", event_flow::lossless, probe);
  zmq::context_t context;
  zmq::socket_t stranger;
};

}  // namespace

TEST_CASE("a foreign SUB gets the events it asked for, with all their parts", "[zmq_events]") {
  outlet_and_stranger test(zmq::socket_type::sub);
  test.stranger.set(zmq::sockopt::subscribe, "json/");
  REQUIRE(test.heard("+json/"));
  const std::string big(100'000, 'x');
  send(*test.outlet, "other");
  send(*test.outlet, "json/order", "{}");
  send(*test.outlet, "json/");
  send(*test.outlet, "json/big", big, "", big);
  test.outlet->send({});
  send(*test.outlet, "json/end");
  CHECK(test.next() == parts{"json/order", "{}"});
  CHECK(test.next() == parts{"json/"});
  CHECK(test.next() == parts{"json/big", big, "", big});
  CHECK(test.next() == parts{"json/end"});
  test.stranger.set(zmq::sockopt::unsubscribe, "json/");
  REQUIRE(test.heard("-json/"));
}

TEST_CASE("who does not read for longer than a heartbeat may take stays connected", "[zmq_events]") {
  zooid::zmq_options options;
  options.heartbeat_interval = 100ms;
  options.heartbeat_timeout = options.heartbeat_ttl = 300ms;
  const auto publisher = zooid::make_zmq_network(options);
  const auto subscriber = zooid::make_zmq_network(options);
  const auto asked = std::make_shared<event_probe>();
  const auto heard = std::make_shared<event_probe>();
  const auto outlet = publisher->open_outlet("tcp://127.0.0.1:0", event_flow::lossy, asked);
  const auto inlet = subscriber->open_inlet(outlet->endpoint(), event_flow::lossy, heard);
  inlet->subscribe("a");
  REQUIRE(until({publisher, subscriber}, [&] { return asked->is("+a"); }));
  const std::string flood(100'000, 'a');
  for (const auto end = std::chrono::steady_clock::now() + 1s; std::chrono::steady_clock::now() < end;) {
    send(*outlet, flood);
    publisher->wait(0ms);
  }
  REQUIRE(until({publisher, subscriber}, [&] {
    send(*outlet, "a end");
    return heard->is("a end");
  }));
  CHECK(asked->heard() == std::vector<std::string>{"+a"});
}

TEST_CASE("who disconnects has unsubscribed", "[zmq_events]") {
  outlet_and_stranger test(zmq::socket_type::sub);
  test.stranger.set(zmq::sockopt::subscribe, "a");
  REQUIRE(test.heard("+a"));
  test.stranger.close();
  REQUIRE(test.heard("-a"));
  CHECK(test.probe->heard() == parts{"+a", "-a"});
}

TEST_CASE("what a stranger says at an outlet but its subscriptions is dropped", "[zmq_events]") {
  outlet_and_stranger test(zmq::socket_type::xsub);
  say(test.stranger, {"junk"});
  say(test.stranger, {""});
  say(test.stranger, {std::string(100'000, '\x02')});
  say(test.stranger, parts(10'000, "many parts"));
  say(test.stranger, {std::string("\0never subscribed to", 20)});
  say(test.stranger, {"\1topic"});
  REQUIRE(test.heard("+topic"));
  for (const auto& text : test.probe->heard()) CHECK((text == "+topic" || text == "-never subscribed to"));
}

TEST_CASE("a subscription behind a stranger's junk is heard, for it counts", "[zmq_events]") {
  outlet_and_stranger test(zmq::socket_type::xsub);
  auto all = parts(100, "junk");
  all.push_back("\1hidden");
  say(test.stranger, all);
  REQUIRE(test.heard("+hidden"));
  CHECK(test.probe->count() == 1);
}

TEST_CASE("sockets of other kinds disturb no outlet", "[zmq_events]") {
  outlet_and_stranger test(zmq::socket_type::sub);
  for (const auto type : {zmq::socket_type::dealer, zmq::socket_type::req, zmq::socket_type::push}) {
    zmq::socket_t other(test.context, type);
    test.connect(other);
    other.send(zmq::str_buffer("\1hello"), zmq::send_flags::dontwait);
    for (int i = 0; i < 5; ++i) test.node->wait(1ms);
  }
  test.stranger.set(zmq::sockopt::subscribe, "a");
  REQUIRE(test.heard("+a"));
  send(*test.outlet, "a!");
  CHECK(test.next() == parts{"a!"});
  CHECK(test.probe->heard() == parts{"+a"});
}

TEST_CASE("an inlet hears a foreign PUB, and of its messages those of one part", "[zmq_events]") {
  zmq::context_t context;
  zmq::socket_t stranger(context, zmq::socket_type::xpub);
  stranger.set(zmq::sockopt::linger, 0);
  stranger.bind("tcp://127.0.0.1:*");
  const auto node = zooid::make_zmq_network();
  const auto probe = std::make_shared<event_probe>();
  const auto inlet = node->open_inlet(stranger.get(zmq::sockopt::last_endpoint), event_flow::lossy, probe);
  inlet->subscribe("");
  zmq::message_t subscription;
  REQUIRE(until({node}, [&] { return stranger.recv(subscription, zmq::recv_flags::dontwait).has_value(); }));
  say(stranger, parts(100, "x"));
  say(stranger, {"one"});
  say(stranger, {"two", "parts"});
  say(stranger, {""});
  say(stranger, {"last"});
  REQUIRE(until({node}, [&] { return probe->is("last"); }));
  CHECK(probe->heard() == parts{"one", "", "last"});
}

TEST_CASE("an outlet's port in use and an address that is none are told apart", "[zmq_events]") {
  const auto probe = std::make_shared<event_probe>();
  const auto node = zooid::make_zmq_network();
  const auto outlet_at = [&](const std::string& endpoint) {
    return refusal([&] { static_cast<void>(node->open_outlet(endpoint, event_flow::lossless, probe)); });
  };
  const auto endpoint = node->open_outlet("tcp://127.0.0.1:0", event_flow::lossless, probe)->endpoint();
  CHECK(outlet_at(endpoint) == zooid::errc::address_in_use);
  for (const std::string bad : {"nonsense", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:port", "udp://127.0.0.1:1",
                                "carrier-pigeon://roof", "tcp://192.0.2.1:0", "ipc:///no/such/folder/socket"}) {
    CAPTURE(bad);
    CHECK(outlet_at(bad) == zooid::errc::malformed_address);
  }
  for (const std::string bad : {"nonsense", "tcp://", "tcp://127.0.0.1", "carrier-pigeon://roof"}) {
    CAPTURE(bad);
    CHECK(refusal([&] { static_cast<void>(node->open_inlet(bad, event_flow::lossy, probe)); }) ==
          zooid::errc::malformed_address);
  }
}

TEST_CASE("an outlet at an ipc endpoint is not taken from who listens there", "[zmq_events]") {
  const scratch_folder folder;
  const std::string path = folder / "socket";
  const std::string endpoint = "ipc://" + path;
  const auto probe = std::make_shared<event_probe>();
  const auto heard = std::make_shared<event_probe>();
  const auto first = zooid::make_zmq_network();
  const auto second = zooid::make_zmq_network();
  const auto outlet = first->open_outlet(endpoint, event_flow::lossy, probe);
  CHECK(outlet->endpoint() == endpoint);
  CHECK(refusal([&] { static_cast<void>(second->open_outlet(endpoint, event_flow::lossy, probe)); }) ==
        zooid::errc::address_in_use);
  const auto inlet = second->open_inlet(endpoint, event_flow::lossy, heard);
  inlet->subscribe("a");
  REQUIRE(until({first, second}, [&] { return probe->is("+a"); }));
  send(*outlet, "a!");
  REQUIRE(until({first, second}, [&] { return heard->is("a!"); }));
  first->close();
  CHECK(second->open_outlet(endpoint, event_flow::lossy, probe)->endpoint() == endpoint);
  second->close();
}

TEST_CASE("events are sent, subscribed to and closed while other threads wait", "[zmq_events]") {
  // If a subscription swallowed the descriptor's edge, the receiver would sleep over events that are there.
  for (int round = 0; round < 20; ++round) {
    const auto probe = std::make_shared<event_probe>();
    const auto heard = std::make_shared<event_probe>();
    const auto publisher = zooid::make_zmq_network();
    const auto subscriber = zooid::make_zmq_network();
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (const auto& network : {publisher, subscriber}) {
      threads.emplace_back([&stop, network] {
        while (!stop) network->wait(zooid::duration::max());
      });
    }
    const auto outlet = publisher->open_outlet("tcp://127.0.0.1:0", event_flow::lossless, probe);
    const auto inlet = subscriber->open_inlet(outlet->endpoint(), event_flow::lossless, heard);
    inlet->subscribe("event");
    inlet->subscribe("\xff");
    const auto reach = [](const std::function<bool()>& holds) {
      const auto deadline = std::chrono::steady_clock::now() + 30s;
      while (!holds() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
      return holds();
    };
    bool complete = reach([&] { return probe->is("+\xff"); });
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) send(*outlet, "event");
    });
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) inlet->subscribe("topic " + std::to_string(i));
    });
    complete = complete && reach([&] { return heard->count() == 1000 && probe->count() == 302; });
    if (round % 2 == 0) inlet->close();
    subscriber->close();
    publisher->close();
    send(*outlet, "event");
    inlet->subscribe("dropped");
    stop = true;
    publisher->interrupt();
    subscriber->interrupt();
    for (auto& thread : threads) thread.join();
    REQUIRE(complete);
  }
}
