// SPDX-License-Identifier: Apache-2.0
// event_flood_subscriber ENDPOINT INTERVAL TIMEOUT: hears the flood of the node there, whose session has a heartbeat of
// so many milliseconds. It says "confirmed"; for each line that it reads, what it heard so far, of the lossy events and
// of the lossless ones: how many, how many it missed, how many gaps had no size, and whether all was in order. Its
// numbers begin with 0.
#include <zooid/zooid.hpp>

#include "event_flood.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>

namespace {

struct tally {
  std::mutex mutex;
  std::uint64_t heard = 0;
  std::uint64_t missed = 0;
  std::uint64_t unknown = 0;
  bool exact = true;

  template <class E>
  void take(const E& event) {
    const std::lock_guard lock(mutex);
    if (event.number != heard + missed) exact = false;
    ++heard;
  }
  template <class E>
  void take(const zooid::gap<E>& gap) {
    const std::lock_guard lock(mutex);
    if (gap.missed) {
      missed += *gap.missed;
    } else {
      ++unknown;
    }
  }
  std::string text() {
    const std::lock_guard lock(mutex);
    return std::to_string(heard) + ' ' + std::to_string(missed) + ' ' + std::to_string(unknown) + ' ' +
           (exact ? "exact" : "wrong");
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const auto milliseconds = [](const char* text) { return std::chrono::milliseconds(std::atoi(text)); };
  tally lossy;
  tally lossless;
  zooid::node node{{.workers = 2,
                    .heartbeat_interval = milliseconds(arguments[2]),
                    .heartbeat_timeout = milliseconds(arguments[3])}};
  const auto from = zooid::from(arguments[1]);
  const auto one = node.subscribe<LossyDrop>([&](const auto& what) { lossy.take(what); }, from);
  const auto other = node.subscribe<LosslessDrop>([&](const auto& what) { lossless.take(what); }, from);
  one.confirmed(std::chrono::seconds(30)).get();
  other.confirmed(std::chrono::seconds(30)).get();
  std::cout << "confirmed" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << lossy.text() << ' ' << lossless.text() << std::endl;
  }
  node.stop(std::chrono::seconds(1));
  return 0;
}
