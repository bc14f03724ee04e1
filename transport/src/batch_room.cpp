// SPDX-License-Identifier: Apache-2.0
#include "batch_room.hpp"

#include "light_mutex.hpp"
#include "pool.hpp"

#include <array>
#include <cstdlib>
#include <mutex>

namespace zooid {
namespace {

struct kept_rooms {
  detail::light_mutex mutex;
  std::array<void*, 64> rooms{};  // Guarded by mutex.
  std::size_t count = 0;          // Guarded by mutex.
};

kept_rooms& kept() {
  static kept_rooms* const instance = new kept_rooms;  // Never destroyed: ZeroMQ's threads may outlive static objects.
  return *instance;
}

}  // namespace

byte_buffer take_batch_room() {
  if (detail::pooled) {
    kept_rooms& all = kept();
    const std::lock_guard lock(all.mutex);
    if (all.count > 0) return byte_buffer::adopt(all.rooms[--all.count], room_of_batch);
  }
  return byte_buffer(room_of_batch);
}

void give_batch_room(void* bytes) noexcept {
  if (detail::pooled) {
    kept_rooms& all = kept();
    const std::lock_guard lock(all.mutex);
    if (all.count < all.rooms.size()) {
      all.rooms[all.count++] = bytes;
      return;
    }
  }
  std::free(bytes);
}

}  // namespace zooid
