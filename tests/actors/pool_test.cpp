// SPDX-License-Identifier: Apache-2.0
#include "pool.hpp"

#include "catch.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <utility>
#include <vector>

using zooid::detail::allocate;
using zooid::detail::deallocate;
using zooid::detail::largest_pooled;

TEST_CASE("blocks of every size are aligned, whole and apart", "[pool]") {
  std::vector<std::pair<void*, std::size_t>> blocks;
  std::set<void*> distinct;
  for (std::size_t bytes = 1; bytes <= largest_pooled + 200; bytes += 13) {
    for (int i = 0; i < 3; ++i) {
      void* const block = allocate(bytes);
      CHECK(reinterpret_cast<std::uintptr_t>(block) % 64 == 0);
      std::memset(block, static_cast<int>(blocks.size() % 251), bytes);
      blocks.emplace_back(block, bytes);
      distinct.insert(block);
    }
  }
  CHECK(distinct.size() == blocks.size());
  bool untouched = true;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto* const bytes = static_cast<const unsigned char*>(blocks[i].first);
    for (std::size_t k = 0; k < blocks[i].second; ++k) untouched = untouched && bytes[k] == i % 251;
  }
  CHECK(untouched);
  for (const auto& [block, bytes] : blocks) deallocate(block, bytes);
}

TEST_CASE("blocks may be freed by another thread than the one that got them", "[pool]") {
  constexpr std::size_t many = 1000;
  const std::size_t bytes = GENERATE(100, 2000);
  for (int round = 0; round < 5; ++round) {
    std::vector<void*> blocks(many);
    std::thread([&] {
      for (void*& block : blocks) block = allocate(bytes);
    }).join();
    std::thread([&] {
      for (void* const block : blocks) deallocate(block, bytes);
    }).join();
  }
  void* const again = allocate(bytes);
  CHECK(again != nullptr);
  deallocate(again, bytes);
}

TEST_CASE("what a thread freed that never allocated is there for others when it has ended", "[pool]") {
  if (!zooid::detail::pooled) return;  // AddressSanitizer watches each block instead.
  const std::size_t bytes = GENERATE(1000, 4096);
  std::set<void*> freed;
  for (int i = 0; i < 60; ++i) freed.insert(allocate(bytes));
  std::thread([&] {
    for (void* const each : freed) deallocate(each, bytes);
  }).join();
  std::vector<void*> again;
  for (int i = 0; i < 300; ++i) again.push_back(allocate(bytes));
  CHECK(std::count_if(again.begin(), again.end(), [&](void* each) { return freed.contains(each); }) == 60);
  for (void* const each : again) deallocate(each, bytes);
}
