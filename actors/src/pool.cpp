// SPDX-License-Identifier: Apache-2.0
#include "pool.hpp"

#include <array>
#include <mutex>
#include <new>
#include <vector>

#if !defined(__SANITIZE_ADDRESS__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

namespace zooid::detail {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool pooled = false;  // So that the sanitizer sees each block's life.
#else
constexpr bool pooled = true;
#endif
constexpr std::size_t granule = 64;
constexpr std::size_t classes = largest_pooled / granule;
constexpr std::size_t batch = 64;
constexpr std::size_t chunk_bytes = 64 * 1024;

struct block {
  block* next;
};

struct chain {
  block* first = nullptr;
  std::size_t length = 0;
};

/// Batches that no thread holds. Lives until the process ends, as its blocks do.
class depot {
 public:
  chain take(std::size_t size_class) {
    {
      const std::lock_guard lock(mutex_);
      if (auto& chains = chains_[size_class]; !chains.empty()) {
        const chain taken = chains.back();
        chains.pop_back();
        return taken;
      }
    }
    return carve((size_class + 1) * granule);
  }

  void give(std::size_t size_class, chain returned) noexcept {
    const std::lock_guard lock(mutex_);
    chains_[size_class].push_back(returned);
  }

 private:
  static chain carve(std::size_t block_bytes) {
    const std::size_t count = chunk_bytes / block_bytes < batch ? chunk_bytes / block_bytes : batch;
    auto* bytes = static_cast<std::byte*>(::operator new(count * block_bytes, std::align_val_t(granule)));
    chain fresh;
    for (std::size_t i = count; i-- > 0;) {
      fresh.first = ::new (bytes + i * block_bytes) block{fresh.first};
      ++fresh.length;
    }
    return fresh;
  }

  std::mutex mutex_;
  std::array<std::vector<chain>, classes> chains_;  // Guarded by mutex_.
};

depot& shared_depot() {
  static depot* const instance = new depot;  // Never destroyed: threads may outlive static objects.
  return *instance;
}

/// One thread's free blocks of one size: what is in use, and a full batch in reserve.
struct magazine {
  chain loaded;
  chain spare;
};

/// Set when the thread's magazines are gone: what a later destructor frees goes straight to the depot.
thread_local bool magazines_gone = false;

class magazines {
 public:
  ~magazines() {
    for (std::size_t i = 0; i < classes; ++i) {
      for (const chain& left : {by_class_[i].loaded, by_class_[i].spare}) {
        if (left.length > 0) shared_depot().give(i, left);
      }
      by_class_[i] = {};
    }
    magazines_gone = true;
  }

  void* take(std::size_t size_class) {
    if (magazines_gone) return ::operator new((size_class + 1) * granule, std::align_val_t(granule));
    magazine& own = by_class_[size_class];
    if (own.loaded.length == 0) {
      if (own.spare.length > 0) {
        own.loaded = own.spare;
        own.spare = {};
      } else {
        own.loaded = shared_depot().take(size_class);
      }
    }
    block* const taken = own.loaded.first;
    own.loaded.first = taken->next;
    --own.loaded.length;
    return taken;
  }

  void give(std::size_t size_class, void* returned) noexcept {
    if (magazines_gone) {
      shared_depot().give(size_class, {::new (returned) block{nullptr}, 1});
      return;
    }
    magazine& own = by_class_[size_class];
    if (own.loaded.length >= batch) {
      if (own.spare.length > 0) shared_depot().give(size_class, own.spare);
      own.spare = own.loaded;
      own.loaded = {};
    }
    own.loaded.first = ::new (returned) block{own.loaded.first};
    ++own.loaded.length;
  }

 private:
  std::array<magazine, classes> by_class_{};
};

thread_local magazines own_magazines;

}  // namespace

void* allocate(std::size_t bytes) {
  if (!pooled || bytes > largest_pooled) return ::operator new(bytes, std::align_val_t(granule));
  return own_magazines.take((bytes + granule - 1) / granule - 1);
}

void deallocate(void* block, std::size_t bytes) noexcept {
  if (!pooled || bytes > largest_pooled) {
    ::operator delete(block, std::align_val_t(granule));
    return;
  }
  own_magazines.give((bytes + granule - 1) / granule - 1, block);
}

}  // namespace zooid::detail
