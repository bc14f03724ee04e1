// SPDX-License-Identifier: Apache-2.0

// Where the readings arrive: counts them, and measures how long they were under way.

#include "ending.hpp"
#include "histogram.hpp"
#include "report.hpp"

#include <zooid/json.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace {

unsigned long long number(std::uint64_t value) { return value; }

class Gauge {
 public:
  using contract = Inlet;
  static constexpr zooid::mailbox_limits mailbox = short_mailbox;

  explicit Gauge(ending& program) : program_(program) {}

  void on(const Reading& reading) {
    const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
    if (readings_ == 0) first_ = now;
    last_ = now;
    ++readings_;
    sum_ += reading.raw;
    if (reading.alarm) ++alarms_;
    latency_.add(static_cast<std::uint64_t>(now - reading.due));  // Steady clocks of one machine agree.
  }

  void on(End&& end) {
    end.reports["sink"] = report_of(readings_, 0);
    print(end);
    program_.done(is_complete(end) ? 0 : 1);
  }

 private:
  [[nodiscard]] bool is_complete(const End& end) const {
    return readings_ == end.readings && sum_ == end.sum && alarms_ == end.outliers;
  }

  void print(const End& end) const {
    const double seconds = static_cast<double>(last_ - first_) / 1e9;
    std::printf("%llu readings in %.2f s: %.0f readings/s\n", number(readings_), seconds,
                seconds > 0 ? static_cast<double>(readings_) / seconds : 0);
    std::printf("latency");
    for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
      std::printf(" p%g %.3f ms,", percent, static_cast<double>(latency_.quantile(percent / 100)) / 1e6);
    }
    std::printf(" longest %.3f ms\n\n", static_cast<double>(latency_.largest()) / 1e6);

    std::printf("%-12s %12s %10s %10s\n", "process", "readings", "waits", "peak MiB");
    for (const auto& [name, report] : end.reports) {
      std::printf("%-12s %12llu %10llu %10.1f\n", name.c_str(), number(report.readings), number(report.waits),
                  static_cast<double>(report.peak_kib) / 1024);
    }
    std::printf("\n%llu readings sent, %llu received; sum %lld, %lld; %llu outliers, %llu alarms: %s\n",
                number(end.readings), number(readings_), static_cast<long long>(end.sum), static_cast<long long>(sum_),
                number(end.outliers), number(alarms_), is_complete(end) ? "nothing lost" : "they differ");
    std::fflush(stdout);
  }

  ending& program_;
  histogram latency_;
  std::uint64_t readings_ = 0;
  std::uint64_t alarms_ = 0;
  std::int64_t sum_ = 0;
  std::int64_t first_ = 0;  // Nanoseconds of the steady clock.
  std::int64_t last_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  std::string listen = "tcp://127.0.0.1:0";
  CLI::App options("The end of a pipeline of readings.", "pipeline_sink");
  options.add_option("--listen", listen, "Where it is reached: tcp://host:port or ipc:///path")->capture_default_str();
  CLI11_PARSE(options, argc, argv);

  ending program;
  zooid::node node{{.listen = listen, .door = zooid::json()}};
  node.spawn_as<Gauge>("inlet", program);
  std::cout << "listening at " << node.endpoint() << std::endl;
  program.wait();
  return program.exit_code();
} catch (const std::exception& failure) {
  std::cerr << "pipeline_sink: " << failure.what() << '\n';
  return 1;
}
