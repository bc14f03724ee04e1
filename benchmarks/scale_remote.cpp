// SPDX-License-Identifier: Apache-2.0
#include "payload.hpp"
#include "scale_chunk.hpp"
#include "scale_curves.hpp"
#include "scale_peers.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <chrono>
#include <iostream>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct Received {
  using reply = tally;  ///< So far.
};
struct Counting : zooid::contract<"counting", payload, Received> {};

class CountingPeer {
 public:
  using contract = Counting;
  void on(const payload& message) { received_.add(message); }
  tally on(const Received&) const { return received_; }

 private:
  tally received_;
};

struct Chunk {
  std::vector<std::uint8_t> bytes{};
};
struct ChunksReceived {
  using reply = chunk_tally;  ///< So far.
};
struct Chunks : zooid::contract<"chunks", Chunk, ChunksReceived> {};

class ChunkCounter {
 public:
  using contract = Chunks;
  void on(const Chunk& chunk) { received_.add(chunk.bytes); }
  chunk_tally on(const ChunksReceived&) const { return received_; }

 private:
  chunk_tally received_;
};

/// One of many nodes to which the hub tells.
struct peer {
  zooid::ref<Counting> actor;
  tally sent{};
};

/// Asks all of them at once, and those again that had no room for the question.
void check_all(const std::vector<peer>& peers) {
  std::vector<zooid::pending<tally>> asked;
  asked.reserve(peers.size());
  for (const peer& each : peers) asked.push_back(each.actor.call(Received{}));
  for (std::size_t i = 0; i < peers.size(); ++i) {
    zooid::result<tally> received = asked[i].result();
    while (!received && received.error().code == zooid::errc::overloaded) {
      received = peers[i].actor.call(Received{}).result();
    }
    if (count_lost(peers[i].sent, received.value()) != 0) {
      throw std::runtime_error("peer " + std::to_string(i + 1) + " received " + std::to_string(received.value().count) +
                               " of " + std::to_string(peers[i].sent.count));
    }
  }
}

/// Where several nodes listen, a line each, and that they do until they are told to end.
template <class Actor>
void serve_nodes(unsigned nodes, std::string_view service) {
  std::list<zooid::node> all;
  for (unsigned i = 0; i < nodes; ++i) {
    zooid::node& made =
        all.emplace_back(zooid::node_options{.listen = "tcp://127.0.0.1:0", .workers = workers_of(nodes)});
    made.spawn_as<Actor>(service);
    std::cout << made.endpoint() << std::endl;
  }
  wait_for_parent();
}

}  // namespace

double zooid_links(std::uint64_t count) {
  scale_peers others;
  zooid::node hub;
  std::vector<peer> peers;
  for (const unsigned nodes : spread(count)) {
    for (const std::string& endpoint : others.start("sinks", nodes, 1)) {
      peers.push_back({hub.find<Counting>(endpoint + "/counter")});
    }
  }
  check_all(peers);

  const time_box box;
  std::uint64_t told = 0;
  for (; box.open(told); ++told) {
    peer& receiver = peers[told % peers.size()];
    const payload message = make_payload(told);
    receiver.sent.add(message);
    auto taken = receiver.actor.tell(message);
    if (!taken) taken.get();
  }
  check_all(peers);
  return box.rate(told);
}

double zooid_size(std::uint64_t bytes) {
  scale_peers other;
  zooid::node node;
  const auto counter = node.find<Chunks>(other.start("chunks", 1, 1).front() + "/counter");
  counter.call(ChunksReceived{}).get();

  chunk_tally sent;
  Chunk chunk{make_chunk(bytes)};
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    number_chunk(chunk.bytes, i);
    sent.add(chunk.bytes);
    auto taken = counter.tell(chunk);
    if (!taken) taken.get();
  }
  zooid::result<chunk_tally> received = counter.call(ChunksReceived{}).result();
  while (!received && received.error().code == zooid::errc::overloaded) {
    received = counter.call(ChunksReceived{}).result();
  }
  const double rate = box.rate(sent.count * bytes) / 1e6;
  check_chunks(sent, received.value());
  return rate;
}

void serve_scale_sinks(unsigned nodes, unsigned) { serve_nodes<CountingPeer>(nodes, "counter"); }

void serve_scale_chunks(unsigned nodes, unsigned) { serve_nodes<ChunkCounter>(nodes, "counter"); }

}  // namespace bench
