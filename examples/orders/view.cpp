// SPDX-License-Identifier: Apache-2.0

// Shows what the others publish, as it happens: in place on a terminal, otherwise a line when something has changed.

#include "listening.hpp"
#include "messages.hpp"
#include "service.hpp"

#include <cinttypes>
#include <cstdio>
#include <set>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace std::chrono_literals;

namespace {

struct Draw {};

class LiveView {
 public:
  using contract = Listener;

  LiveView(std::string gateway, std::string inventory)
      : gateway_(std::move(gateway)), inventory_(std::move(inventory)) {}
  LiveView(LiveView&&) = delete;
  ~LiveView() { draw(); }

  void start(zooid::context& in) {
    const zooid::from gateway(gateway_);
    subscriptions_.push_back(in.subscribe<OrderPlaced>(this, gateway));
    subscriptions_.push_back(in.subscribe<OrderPaid>(this, gateway));
    subscriptions_.push_back(in.subscribe<OrderRejected>(this, gateway));
    subscriptions_.push_back(in.subscribe<StockLow>(this, zooid::from(inventory_)));
    in.after(1s, this, Draw{});
  }

  zooid::task<zooid::result<void>> on(const Listening&) { return all_confirmed(subscriptions_); }

  void on(const Draw&, zooid::context& in) {
    draw();
    in.after(1s, this, Draw{});
  }

  void on(const OrderPlaced&) { ++now_.placed; }
  // A gap says exactly how many are missing, which is enough for who only counts them.
  void on(const zooid::gap<OrderPlaced>& gap) { now_.placed += gap.missed.value_or(0); }
  void on(const OrderPaid& event) {
    ++now_.paid;
    now_.cents += event.cents;
  }
  void on(const OrderRejected&) { ++now_.rejected; }
  void on(const StockLow& event) {
    low_.insert(event.article);
    now_.low = low_.size();
  }

 private:
  struct counters {
    std::uint64_t placed = 0;
    std::uint64_t paid = 0;
    std::uint64_t rejected = 0;
    std::int64_t cents = 0;
    std::size_t low = 0;
    friend bool operator==(const counters&, const counters&) = default;
  };

  void draw() {
    if (now_ == drawn_) return;
    const bool again = drawn_ != counters{};
    if (!terminal_) {
      std::printf("%" PRIu64 " placed, %" PRIu64 " paid, %" PRIu64 " rejected; revenue %" PRId64 ".%02" PRId64
                  "; %zu articles low\n",
                  now_.placed, now_.paid, now_.rejected, now_.cents / 100, now_.cents % 100, now_.low);
    } else {
      std::printf("%splaced %14" PRIu64 "\npaid %16" PRIu64 "\nrejected %12" PRIu64 "\nrevenue %10" PRId64 ".%02" PRId64
                  "\narticles low %8zu\n",
                  again ? "\x1b[5A" : "", now_.placed, now_.paid, now_.rejected, now_.cents / 100, now_.cents % 100,
                  now_.low);
    }
    drawn_ = now_;
  }

  const bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
  const std::string gateway_;
  const std::string inventory_;
  std::vector<zooid::subscription> subscriptions_;
  counters now_;
  counters drawn_;
  std::set<std::string> low_;
};

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_view", "Shows what the other services publish, as it happens.");
  std::string gateway;
  std::string inventory;
  program.options().get_option("--listen")->required(false);  // Only the gateway calls it, and only if it was told to.
  program.options().add_option("--gateway", gateway, "Endpoints of those whose events it hears")->required();
  program.options().add_option("--inventory", inventory)->required();
  return program.run(argc, argv, [&](zooid::node& node) {
    node.spawn_as<LiveView>("view", gateway, inventory);
    service_program::wait();
    return 0;
  });
}
