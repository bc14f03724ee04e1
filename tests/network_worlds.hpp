// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_network.hpp"

#include <zooid/memory_network.hpp>
#include <zooid/scheduler.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

/// Several nodes' networks; the test's thread makes their events happen.
class zmq_network_world {
 public:
  std::shared_ptr<zooid::network> add() { return networks_.emplace_back(zooid::make_zmq_network()); }
  void step() {
    for (const auto& network : networks_) network->wait(std::chrono::milliseconds(1));
  }

 private:
  std::vector<std::shared_ptr<zooid::zmq_network>> networks_;
};

/// The same in memory; a thread pool makes their events happen.
class memory_network_world {
 public:
  ~memory_network_world() {
    for (const auto& network : networks_) network->close();
  }
  std::shared_ptr<zooid::network> add() { return networks_.emplace_back(hub_.attach(*pool_)); }
  void step() { std::this_thread::yield(); }

 private:
  zooid::memory_hub hub_;
  std::shared_ptr<zooid::scheduler> pool_ = zooid::make_thread_pool({.workers = 2});
  std::vector<std::shared_ptr<zooid::network>> networks_;
};

template <class World>
bool until(World& world, const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    world.step();
  }
  return true;
}
