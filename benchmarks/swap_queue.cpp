// SPDX-License-Identifier: Apache-2.0
#include "entrants.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <vector>

namespace bench {

namespace {

/// A vector that the consumer takes whole, by a swap under a mutex. Many producers, one consumer.
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
    emptied_.notify_all();
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

/// What one producer did.
struct production {
  tally sent;
  std::uint64_t retried{};
};

production produce(swap_queue& queue, std::uint64_t producer, const time_box& box) {
  production done;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const payload message = make_payload(i, producer);
    done.sent.add(message);
    if (queue.push(message)) ++done.retried;
  }
  return done;
}

tally consume(swap_queue& queue) {
  tally received;
  std::vector<payload> taken;
  taken.reserve(swap_queue::capacity);
  while (queue.take(taken)) {
    for (const payload& message : taken) received.add(message);
  }
  return received;
}

outcome measure_producers(std::uint64_t count, const char* from_threads, const char* from_actors) {
  swap_queue queue;
  std::future<tally> consumer = std::async(std::launch::async, consume, std::ref(queue));
  const time_box box;
  std::vector<std::future<production>> producers;
  for (std::uint64_t i = 1; i <= count; ++i) {
    producers.push_back(std::async(std::launch::async, produce, std::ref(queue), i, std::cref(box)));
  }
  production all;
  for (std::future<production>& producer : producers) {
    const production done = producer.get();
    all.sent.add(done.sent);
    all.retried += done.retried;
  }
  queue.close();
  const tally received = consumer.get();
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(all.sent, received);
  return {{{from_threads, rate, lost, all.retried}, {from_actors, rate, lost, all.retried}}};
}

}  // namespace

outcome swap_queue_local_tell() { return measure_producers(1, "from-thread", "from-actor"); }

outcome swap_queue_local_fan_in() { return measure_producers(fan_in_producers, "from-threads", "from-actors"); }

}  // namespace bench
