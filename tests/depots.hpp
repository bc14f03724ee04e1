// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node_world.hpp"

#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct Put {
  std::uint64_t number = 0;
  std::string load{};
};
/// The numbers that were put there.
struct Get {
  using reply = std::vector<std::uint64_t>;
};
/// Its handler keeps its worker until the gate is open.
struct Block {};
/// Its handler stays stuck until the actor's end, and keeps no worker.
struct Stall {};
struct Depot : zooid::contract<"depot", Put, Get, Block, Stall> {};

struct PatientDepot {
  using contract = Depot;
  gate* opened;
  std::vector<std::uint64_t> numbers{};
  explicit PatientDepot(gate* by) : opened(by) {}
  void on(const Put& put) { numbers.push_back(put.number); }
  std::vector<std::uint64_t> on(Get) { return numbers; }
  void on(Block) { static_cast<void>(opened->wait()); }
  zooid::task<> on(Stall) { co_await std::suspend_always{}; }
};

/// What was put there, as soon as there are `count`.
template <class World>
[[nodiscard]] std::vector<std::uint64_t> numbers_in(const zooid::ref<Depot>& depot, World& world, std::uint64_t count) {
  std::vector<std::uint64_t> numbers;
  CHECK(world.eventually([&] {
    auto got = depot.within(patience).call<Get>().result();
    if (got) numbers = got.value();
    return numbers.size() >= count;
  }));
  return numbers;
}

/// Are they all from 0 to `count`, in order?
[[nodiscard]] inline bool are_counted_up(const std::vector<std::uint64_t>& numbers, std::uint64_t count) {
  if (numbers.size() != count) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (numbers[i] != i) return false;
  }
  return true;
}

/// A node with a depot, and another one that has a ref to it.
template <class World, class Receiver = PatientDepot>
struct depots {
  gate opened;
  World world;
  std::unique_ptr<zooid::node> server;
  std::unique_ptr<zooid::node> caller = world.add();
  zooid::ref<Depot> here = server->template spawn_as<Receiver>("depot", &opened);
  zooid::ref<Depot> depot = caller->template find<Depot>(server->endpoint() + "/depot");

  explicit depots(zooid::node_options serving = {.workers = 3}) : server(world.add(std::move(serving))) {}
  ~depots() {
    opened.open();
    caller->stop(2s);
    server->stop(2s);
    check_stopped(*caller);
    check_stopped(*server);
  }
  /// A second depot on the same node.
  [[nodiscard]] zooid::ref<Depot> add_other() {
    server->template spawn_as<Receiver>("other", &opened);
    return caller->template find<Depot>(server->endpoint() + "/other");
  }
  [[nodiscard]] std::vector<std::uint64_t> handled(std::uint64_t count) { return numbers_in(depot, world, count); }
};
