// SPDX-License-Identifier: Apache-2.0

// Where the readings come from. Sends each when it is due, or as soon after that as the pipeline takes it.

#include "ending.hpp"
#include "outlet.hpp"
#include "sensors.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// No more readings: what is under way arrives, and the end behind it.
struct Finish {
  using reply = void;
};
struct Feed : zooid::local_contract<Finish> {};

class SensorFeed {
 public:
  using contract = Feed;

  /// `readings` in all, 0: until it is told to finish; `rate` a second, 0: as fast as they are taken.
  SensorFeed(std::uint64_t readings, double rate, outlet out, ending& program)
      : readings_(readings), period_(rate == 0 ? 0 : 1e9 / rate), out_(std::move(out)), program_(program) {}

  void start(zooid::context& in) { in.after(0ms, this, Due{}); }

  struct Due {};
  zooid::task<> on(const Due&, zooid::context& in) {
    const std::int64_t until = now();
    for (int i = 0; i < 1000 && is_due(until) && !finished_; ++i) {  // Then `Finish` may have its turn.
      Reading reading = field_.next();
      reading.due = period_ == 0 ? now() : due_at(reading.number);
      auto told = out_.pass(reading);
      if (const zooid::result<void> taken = co_await told; !taken) fail(taken.error());
    }
    if (is_complete()) co_await finish();
    if (!finished_) in.after(is_due(now()) ? 0ms : 1ms, this, Due{});
  }

  zooid::task<> on(const Finish&) { co_await finish(); }

 private:
  static std::int64_t now() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  }
  [[nodiscard]] std::int64_t due_at(std::uint64_t number) const {
    return began_ + static_cast<std::int64_t>(static_cast<double>(number) * period_);
  }
  [[nodiscard]] bool is_complete() const { return readings_ != 0 && field_.readings() == readings_; }
  [[nodiscard]] bool is_due(std::int64_t time) const { return !is_complete() && due_at(field_.readings() + 1) <= time; }

  zooid::task<> finish() {
    if (std::exchange(finished_, true)) co_return;
    const zooid::result<void> passed = co_await out_.pass(field_.end(), "source");
    if (!passed) co_return fail(passed.error());
    program_.done();
  }
  void fail(const zooid::error& why) {
    finished_ = true;
    program_.fail("pipeline_source", why);
  }

  const std::uint64_t readings_;
  const double period_;  // Nanoseconds.
  const std::int64_t began_ = now();
  sensor_field field_;
  outlet out_;
  bool finished_ = false;
  ending& program_;
};

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> next;
  std::uint64_t readings = 200'000;
  double rate = 50'000;
  CLI::App options("Sends the readings of some sensors into a pipeline.", "pipeline_source");
  options.add_option("--to", next, "The address of the first stage; of several, if it is shared among them")
      ->required();
  options.add_option("--readings", readings, "How many; 0: until it is interrupted")->capture_default_str();
  options.add_option("--rate", rate, "How many a second; 0: as fast as the pipeline takes them")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  CLI11_PARSE(options, argc, argv);

  ending program;
  zooid::node node;  // Nobody calls it: it listens nowhere.
  const auto feed = node.spawn<SensorFeed>(readings, rate, outlet(node, next), program);
  std::cout << "sending readings" << std::endl;
  program.wait();
  feed.within(patience).call<Finish>().get();  // If it was interrupted.
  node.stop(patience);
  return program.exit_code();
} catch (const std::exception& failure) {
  std::cerr << "pipeline_source: " << failure.what() << '\n';
  return 1;
}
