// SPDX-License-Identifier: Apache-2.0
#include "payload.hpp"
#include "scale_curves.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t travelling = 256;
constexpr std::uint64_t pairs = 100;

/// A message that each receiver tells on to another. Its content says how often that has happened.
struct Pass {
  payload content{};
  std::uint64_t random{};  ///< The state of its own generator, which draws the next receiver.
};
struct Passing : zooid::local_contract<Pass> {};
using passer_ref = zooid::ref<Passing>;

/// What the actors of one point have in common: how long messages travel, and what became of them. Any thread.
class journey {
 public:
  explicit journey(std::uint64_t messages) : under_way_(messages) {}

  /// The time runs from now on. Before the first message.
  void start() { box_.emplace(); }
  [[nodiscard]] bool goes_on(std::uint64_t hops) const noexcept { return box_->open(hops); }
  /// A message has come to its end after so many hops.
  void end(std::uint64_t hops) {
    hops_ += hops;
    if (under_way_.fetch_sub(1) == 1) all_ended_.set_value();
  }
  void fail(const std::string& why) {
    if (!failed_.exchange(true)) all_ended_.set_exception(std::make_exception_ptr(std::runtime_error(why)));
  }
  /// What one actor has received.
  void account(std::uint64_t received, std::uint64_t wrong) {
    received_ += received;
    wrong_ += wrong;
  }

  /// Messages a second, once all have ended.
  [[nodiscard]] double wait() {
    std::future<void> ended = all_ended_.get_future();
    if (ended.wait_for(10s) != std::future_status::ready) {
      throw std::runtime_error(std::to_string(under_way_) + " messages have not come to their end after 10 s");
    }
    ended.get();
    return box_->rate(hops_);
  }
  /// Throws unless the actors have received exactly what was told. Behind the end of all actors.
  void check() const {
    if (wrong_ != 0) throw std::runtime_error(std::to_string(wrong_) + " messages were changed");
    if (received_ != hops_) {
      throw std::runtime_error("received " + std::to_string(received_) + " of " + std::to_string(hops_));
    }
  }

 private:
  std::optional<time_box> box_;
  std::atomic<std::uint64_t> under_way_;
  std::atomic<std::uint64_t> hops_{0};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> wrong_{0};
  std::atomic<bool> failed_{false};
  std::promise<void> all_ended_;
};

/// Tells each message on to one of the others; accounts for what it received at its end.
class Passer {
 public:
  using contract = Passing;
  Passer(journey& common, std::span<const passer_ref> others) : common_(common), others_(others) {}
  Passer(Passer&&) = delete;
  ~Passer() { common_.account(received_, wrong_); }

  void on(const Pass& message) {
    ++received_;
    const std::uint64_t hops = message.content.sequence;
    if (checksum(message.content) != checksum(make_payload(hops))) ++wrong_;
    if (!common_.goes_on(hops)) return common_.end(hops);
    // Knuth's MMIX: "The Art of Computer Programming", volume 2, 3.3.4; its upper bits are the good ones.
    const std::uint64_t random = message.random * 6364136223846793005U + 1442695040888963407U;
    const auto told = others_[(random >> 33U) % others_.size()].tell(Pass{make_payload(hops + 1), random});
    if (!told) common_.fail(told.error().to_string());
  }

 private:
  journey& common_;
  std::span<const passer_ref> others_;
  std::uint64_t received_ = 0;
  std::uint64_t wrong_ = 0;
};

/// Whom the actor number `index` may tell messages.
using others_of = std::span<const passer_ref> (*)(std::span<const passer_ref> all, std::size_t index);

/// Starts `messages` of them, evenly spread over the actors.
double travel(std::uint64_t actors, std::uint64_t messages, others_of others, unsigned workers) {
  journey common(messages);
  std::vector<passer_ref> all(actors);
  zooid::node node({.workers = workers});
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = node.spawn<Passer>(common, others(all, i));
  common.start();
  for (std::uint64_t i = 0; i < messages; ++i) {
    const auto told = all[i * (actors / std::min(actors, messages)) % actors].tell(Pass{make_payload(1), i});
    if (!told) throw std::runtime_error(told.error().to_string());
  }
  const double rate = common.wait();
  const zooid::shutdown_report stopped = node.stop(5s);
  if (!stopped.clean()) throw std::runtime_error("cut off by the stop: " + stopped.cut_off.front());
  all.clear();
  common.check();
  return rate;
}

}  // namespace

double zooid_actors(std::uint64_t actors) {
  constexpr others_of everybody = [](std::span<const passer_ref> all, std::size_t) { return all; };
  return travel(actors, travelling, everybody, 0);
}

double zooid_worker_threads(std::uint64_t workers) {
  constexpr others_of partner = [](std::span<const passer_ref> all, std::size_t index) {
    return all.subspan(index ^ 1U, 1);
  };
  return travel(2 * pairs, pairs, partner, static_cast<unsigned>(workers));
}

}  // namespace bench
