// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "foreign_socket.hpp"
#include "link_probe.hpp"
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

/// A node that listens, with a foreign program of the given kind that is connected to it.
struct node_and_stranger {
  explicit node_and_stranger(zmq::socket_type type, const zooid::zmq_options& options = {})
      : node(zooid::make_zmq_network(options)), stranger(context, type) {
    endpoint = node->listen("tcp://127.0.0.1:0", acceptor);
    connect(stranger);
  }
  void connect(zmq::socket_t& socket) const {
    socket.set(zmq::sockopt::linger, 0);
    socket.connect(endpoint);
  }
  [[nodiscard]] parts answer_to(zmq::socket_t& socket) const { return receive(node, socket); }
  [[nodiscard]] parts ask(const parts& all) {
    say(stranger, all);
    return answer_to(stranger);
  }

  std::shared_ptr<acceptor_probe> acceptor = std::make_shared<acceptor_probe>();
  std::shared_ptr<zooid::zmq_network> node;
  std::string endpoint;
  zmq::context_t context;
  zmq::socket_t stranger;
};

}  // namespace

TEST_CASE("a foreign REQ is answered and told apart from a node", "[zmq_network]") {
  node_and_stranger test(zmq::socket_type::req);
  CHECK(test.ask({"service", "message", "{}"}) == parts{"service", "message", "{}"});
  CHECK(test.ask({""}) == parts{""});
  CHECK(test.ask({"ZOOI looks like a frame, but an empty part comes before it"}).size() == 1);
  CHECK(test.acceptor->foreign().front() == parts{"", "service", "message", "{}"});
  CHECK(test.acceptor->count() == 0);
}

TEST_CASE("junk of a foreign DEALER is foreign, whatever it is", "[zmq_network]") {
  node_and_stranger test(zmq::socket_type::dealer);
  for (const parts& junk : {parts{""}, parts{"", ""}, parts{"ZOO"}, parts{"zooi, not the magic"},
                            parts{"ZOOI", "two parts"}, parts{"", "ZOOI"}, parts(32, "x")}) {
    CHECK(test.ask(junk) == junk);
    CHECK(test.acceptor->foreign().back() == junk);
  }
  CHECK(test.acceptor->count() == 0);

  say(test.stranger, {"ZOOI and then junk"});
  REQUIRE(until({test.node}, [&] { return test.acceptor->count() == 1; }));
  CHECK(test.acceptor->probe(0)->heard() == parts{"up", " and then junk"});
}

TEST_CASE("a message of very many parts is dropped whole", "[zmq_network]") {
  node_and_stranger test(zmq::socket_type::dealer);
  say(test.stranger, parts(33, "x"));
  say(test.stranger, parts(50'000, "x"));
  CHECK(test.ask({"still", "there?"}) == parts{"still", "there?"});
  CHECK(test.acceptor->foreign() == std::vector<parts>{{"still", "there?"}});
}

TEST_CASE("a message that never ends disturbs nobody", "[zmq_network]") {
  node_and_stranger test(zmq::socket_type::dealer);
  for (int i = 0; i < 10'000; ++i) test.stranger.send(zmq::str_buffer("endless"), zmq::send_flags::sndmore);
  zmq::socket_t other(test.context, zmq::socket_type::dealer);
  test.connect(other);
  say(other, {"a", "b"});
  CHECK(test.answer_to(other) == parts{"a", "b"});
  CHECK(test.acceptor->foreign().size() == 1);
}

TEST_CASE("a frame over the limit disconnects its sender and nobody else", "[zmq_network]") {
  const auto acceptor = std::make_shared<acceptor_probe>();
  const auto server = zooid::make_zmq_network({.frame_limit = 1024});
  const auto client = zooid::make_zmq_network();
  const auto endpoint = server->listen("tcp://127.0.0.1:0", acceptor);
  const auto bad = std::make_shared<link_probe>();
  const auto good = std::make_shared<link_probe>();
  const auto bad_link = client->dial(endpoint, bad);
  const auto good_link = client->dial(endpoint, good);
  REQUIRE(until({server, client}, [&] { return bad->is("up") && good->is("up"); }));
  bad_link->send(frame_of(std::string(1021, 'x')));
  REQUIRE(until({server, client}, [&] { return bad->is("down"); }));
  good_link->send(frame_of(std::string(1020, 'x')));
  REQUIRE(until({server, client}, [&] { return acceptor->count() == 1; }));
  CHECK(good->heard() == parts{"up"});
  CHECK(acceptor->probe(0)->heard() == parts{"up", std::string(1020, 'x')});
}

TEST_CASE("a port in use and an address that is none are told apart", "[zmq_network]") {
  const auto acceptor = std::make_shared<acceptor_probe>();
  const auto first = zooid::make_zmq_network();
  const auto second = zooid::make_zmq_network();
  const auto endpoint = first->listen("tcp://127.0.0.1:0", acceptor);
  CHECK(refusal([&] { second->listen(endpoint, acceptor); }) == zooid::errc::address_in_use);
  for (const std::string bad : {"nonsense", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:port", "udp://127.0.0.1:1",
                                "carrier-pigeon://roof", "tcp://192.0.2.1:0", "ipc:///no/such/folder/socket"}) {
    CAPTURE(bad);
    CHECK(refusal([&] { second->listen(bad, acceptor); }) == zooid::errc::malformed_address);
  }
  const auto probe = std::make_shared<link_probe>();
  for (const std::string bad : {"nonsense", "tcp://", "tcp://127.0.0.1", "carrier-pigeon://roof"}) {
    CAPTURE(bad);
    CHECK(refusal([&] { static_cast<void>(second->dial(bad, probe)); }) == zooid::errc::malformed_address);
  }
  CHECK(second->listen("tcp://127.0.0.1:0", acceptor) != endpoint);
  CHECK(refusal([&] { second->listen("tcp://127.0.0.1:0", acceptor); }) == zooid::errc::address_in_use);
}

TEST_CASE("an ipc endpoint is not taken from who listens there", "[zmq_network]") {
  const scratch_folder folder;
  const std::string path = folder / "socket";
  const auto acceptor = std::make_shared<acceptor_probe>();
  const auto probe = std::make_shared<link_probe>();
  const auto server = zooid::make_zmq_network();
  const auto client = zooid::make_zmq_network();
  CHECK(server->listen("ipc://" + path, acceptor) == "ipc://" + path);
  CHECK(refusal([&] { client->listen("ipc://" + path, acceptor); }) == zooid::errc::address_in_use);
  const auto link = client->dial("ipc://" + path, probe);
  REQUIRE(until({server, client}, [&] { return probe->is("up"); }));
  link->send(frame_of("hello"));
  REQUIRE(until({server, client}, [&] { return acceptor->count() == 1; }));
  server->close();
  REQUIRE(until({client}, [&] { return probe->is("down"); }));
  CHECK(client->listen("ipc://" + path, acceptor) == "ipc://" + path);
  client->close();
}

TEST_CASE("an interruption ends the wait that runs, or else the next", "[zmq_network]") {
  const auto network = zooid::make_zmq_network();
  for (int i = 0; i < 100; ++i) {
    network->interrupt();
    network->interrupt();
    network->wait(zooid::duration::max());
    std::thread waiting([&] { network->wait(zooid::duration::max()); });
    network->interrupt();
    waiting.join();
  }
  network->close();
  network->interrupt();
  network->wait(zooid::duration::max());
}

TEST_CASE("a network is closed while another thread waits in it", "[zmq_network]") {
  for (int round = 0; round < 20; ++round) {
    const auto acceptor = std::make_shared<acceptor_probe>();
    const auto probe = std::make_shared<link_probe>();
    const auto network = zooid::make_zmq_network();
    std::atomic<bool> stop = false;
    std::thread waiting([&] {
      while (!stop) network->wait(zooid::duration::max());
    });
    const auto link = network->dial(network->listen("tcp://127.0.0.1:0", acceptor), probe);
    while (round % 2 == 0 && !probe->is("up")) std::this_thread::yield();
    for (int i = 0; i < 100; ++i) link->send(frame_of("x"));
    network->close();
    const auto heard = probe->count();
    link->send(frame_of("dropped"));
    stop = true;
    network->interrupt();
    waiting.join();
    CHECK(probe->count() == heard);
  }
}

TEST_CASE("a dial that nobody answers is given up by closing it", "[zmq_network]") {
  const auto network = zooid::make_zmq_network();
  const auto probe = std::make_shared<link_probe>();
  const auto link = network->dial("tcp://127.0.0.1:1", probe);
  for (int i = 0; i < 100; ++i) network->wait(1ms);
  link->close();
  for (int i = 0; i < 10; ++i) network->wait(1ms);
  CHECK(probe->heard().empty());
  CHECK(probe.use_count() == 1);
}

TEST_CASE("a flood in both directions by many threads never stalls", "[zmq_network]") {
  // If a sender swallowed the descriptor's edge, the receiver would sleep over frames that are there.
  constexpr int threads = 4;
  constexpr int frames = 250;
  const auto acceptor = std::make_shared<acceptor_probe>();
  const auto server = zooid::make_zmq_network();
  const auto client = zooid::make_zmq_network();
  std::atomic<int> at_server = 0;
  std::atomic<int> at_client = 0;
  std::atomic<bool> stop = false;
  acceptor->prepare = [&](const std::shared_ptr<zooid::link>& from, link_probe& probe) {
    probe.when_frame = [&, from](std::span<const std::byte>) {
      ++at_server;
      from->send(frame_of("echo"));
    };
  };
  const auto probe = std::make_shared<link_probe>();
  probe->when_frame = [&](std::span<const std::byte>) { ++at_client; };
  const auto link = client->dial(server->listen("tcp://127.0.0.1:0", acceptor), probe);
  const auto reach = [](const std::atomic<int>& count, int wanted) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (count < wanted && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return count == wanted;
  };
  std::vector<std::thread> waiting;
  for (const auto& network : {server, client}) {
    waiting.emplace_back([&stop, network] {
      while (!stop) network->wait(zooid::duration::max());
    });
  }
  while (!probe->is("up")) std::this_thread::yield();
  link->send(frame_of("hello"));
  bool complete = reach(at_client, 1);
  for (int round = 1; round <= 200 && complete; ++round) {
    std::vector<std::thread> senders;
    for (int i = 0; i < threads; ++i) {
      senders.emplace_back([&, i] {
        const auto& from = i % 2 == 0 ? link : acceptor->link(0);
        for (int n = 0; n < frames; ++n) from->send(frame_of("flood"));
      });
    }
    for (auto& sender : senders) sender.join();
    complete = reach(at_server, 1 + round * frames * threads / 2) && reach(at_client, 1 + round * frames * threads);
  }
  stop = true;
  server->interrupt();
  client->interrupt();
  for (auto& thread : waiting) thread.join();
  CHECK(complete);
}
