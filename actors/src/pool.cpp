// SPDX-License-Identifier: Apache-2.0
#include "pool.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace zooid::detail {
namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;

constexpr std::size_t any_class_of(std::size_t bytes) noexcept {
  if (bytes <= largest_inlined) return class_of(bytes);
  return fine_classes + (bytes - largest_inlined + coarse_granule - 1) / coarse_granule - 1;
}

constexpr std::size_t bytes_of(std::size_t size_class) noexcept {
  if (size_class < fine_classes) return (size_class + 1) * granule;
  return largest_inlined + (size_class - fine_classes + 1) * coarse_granule;
}

/// How many free blocks travel together.
constexpr std::size_t blocks_of(std::size_t size_class) noexcept {
  return std::min(chunk_bytes / bytes_of(size_class), magazine_size);
}

/// Batches that no thread holds. Lives until the process ends, as its blocks do. All threads write it: it shares no
/// cache line with what others read.
class alignas(64) depot {
 public:
  block_chain take(std::size_t size_class) {
    {
      const std::lock_guard lock(mutex_);
      if (auto& chains = chains_[size_class]; !chains.empty()) {
        const block_chain taken = chains.back();
        chains.pop_back();
        return taken;
      }
    }
    return carve(bytes_of(size_class), blocks_of(size_class));
  }

  void give(std::size_t size_class, block_chain returned) noexcept {
    const std::lock_guard lock(mutex_);
    chains_[size_class].push_back(returned);
  }

 private:
  static block_chain carve(std::size_t block_bytes, std::size_t count) {
    auto* bytes = static_cast<std::byte*>(::operator new(count * block_bytes, std::align_val_t(granule)));
    block_chain fresh;
    for (std::size_t i = count; i-- > 0;) {
      fresh.first = ::new (bytes + i * block_bytes) free_block{fresh.first};
      ++fresh.length;
    }
    return fresh;
  }

  std::mutex mutex_;
  std::array<std::vector<block_chain>, size_classes> chains_;  // Guarded by mutex_.
};

depot& shared_depot() {
  static depot* const instance = new depot;  // Never destroyed: threads may outlive static objects.
  return *instance;
}

/// Gives back what a thread has when it ends. What later destructors of that thread free goes straight to the depot.
class returner {
 public:
  returner() {
    for (magazine& own : own_magazines) own = {{}, {}};
  }
  ~returner() {
    for (std::size_t i = 0; i < size_classes; ++i) {
      const magazine own = std::exchange(own_magazines[i], {{nullptr, magazine::closed}, {}});
      for (const block_chain& left : {own.loaded, own.spare}) {
        if (left.length > 0) shared_depot().give(i, left);
      }
    }
  }
};

/// The calling thread's; null when it is ending.
magazine* find_magazine(std::size_t size_class) {
  magazine& own = own_magazines[size_class];
  if (own.loaded.length == magazine::unknown) thread_local returner instance;
  return own.loaded.length == magazine::closed ? nullptr : &own;
}

}  // namespace

constinit thread_local std::array<magazine, size_classes> own_magazines{};

void* allocate_slowly(std::size_t bytes) {
  if (!pooled || bytes > largest_pooled) return ::operator new(bytes, std::align_val_t(granule));
  const std::size_t size_class = any_class_of(bytes);
  magazine* const own = find_magazine(size_class);
  if (own == nullptr) return ::operator new(bytes_of(size_class), std::align_val_t(granule));
  if (own->loaded.first == nullptr) {
    own->loaded = own->spare.length > 0 ? std::exchange(own->spare, {}) : shared_depot().take(size_class);
  }
  free_block* const taken = own->loaded.first;
  own->loaded.first = taken->next;
  --own->loaded.length;
  return taken;
}

void deallocate_slowly(void* block, std::size_t bytes) noexcept {
  if (!pooled || bytes > largest_pooled) {
    ::operator delete(block, std::align_val_t(granule));
    return;
  }
  const std::size_t size_class = any_class_of(bytes);
  magazine* const own = find_magazine(size_class);
  if (own == nullptr) {
    shared_depot().give(size_class, {::new (block) free_block{nullptr}, 1});
    return;
  }
  if (own->loaded.length >= blocks_of(size_class)) {
    if (own->spare.length > 0) shared_depot().give(size_class, own->spare);
    own->spare = std::exchange(own->loaded, {});
  }
  own->loaded.first = ::new (block) free_block{own->loaded.first};
  ++own->loaded.length;
}

void* allocate(std::size_t bytes) { return take_block(bytes); }
void deallocate(void* block, std::size_t bytes) noexcept { give_block(block, bytes); }

}  // namespace zooid::detail
