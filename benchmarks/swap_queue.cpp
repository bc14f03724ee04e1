// SPDX-License-Identifier: Apache-2.0
#include "entrants.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace bench {

namespace {

/// A vector that the consumer takes whole, by a swap under a mutex. One producer, one consumer.
class swap_queue {
 public:
  static constexpr std::size_t capacity = (4U << 20U) / sizeof(payload);  ///< 4 MiB, as many as a Zooid mailbox.

  swap_queue() { items_.reserve(capacity); }

  /// Waits for room. True when it had to.
  bool push(const payload& message) {
    bool was_empty = false;
    bool waited = false;
    {
      std::unique_lock lock(mutex_);
      while (items_.size() == capacity) {
        waited = true;
        emptied_.wait(lock);
      }
      was_empty = items_.empty();
      items_.push_back(message);
    }
    if (was_empty) filled_.notify_one();
    return waited;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_one();
  }

  /// Waits for messages and exchanges them for `taken`, which it clears. False when there will be no more.
  bool take(std::vector<payload>& taken) {
    taken.clear();
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
      items_.swap(taken);
    }
    emptied_.notify_one();
    return !taken.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable emptied_;
  // Guarded by mutex_:
  std::vector<payload> items_;
  bool closed_ = false;
};

}  // namespace

outcome swap_queue_local_tell() {
  swap_queue queue;
  tally sent;
  tally received;
  std::uint64_t retried = 0;
  std::thread consumer([&] {
    std::vector<payload> taken;
    taken.reserve(swap_queue::capacity);
    while (queue.take(taken)) {
      for (const payload& message : taken) received.add(message);
    }
  });

  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i);
    sent.add(message);
    if (queue.push(message)) ++retried;
  }
  queue.close();
  consumer.join();
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(sent, received);
  return {{{"from-thread", rate, lost, retried}, {"from-actor", rate, lost, retried}}};
}

}  // namespace bench
