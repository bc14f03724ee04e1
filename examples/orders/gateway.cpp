// SPDX-License-Identifier: Apache-2.0

// Takes orders from a file to the other services until each is paid or rejected.

#include "clerk.hpp"
#include "csv.hpp"
#include "desk.hpp"
#include "messages.hpp"
#include "service.hpp"

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <future>
#include <memory>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct Options {
  std::string orders{};
  std::string catalogue{};
  std::string inventory{};
  std::string payments{};
  std::vector<std::string> listeners{};
  unsigned clerks = 32;
  std::uint64_t progress = 5000;
};

std::vector<Order> read_orders(const std::string& file) {
  std::vector<Order> orders;
  for (csv_reader lines(file, "order,customer,article,quantity,card"); lines.next();) {
    orders.push_back({lines.number(0), lines.text(1), lines.text(2), lines.number(3), lines.text(4)});
  }
  return orders;
}

// Waits until the listener hears the gateway's events, so that it misses none. False: the program is to end.
bool heard_by(const std::string& listener, zooid::node& node) {
  const auto ref = node.find<Listener>(listener);
  for (;;) {
    const auto listening = ref.within(1s).call(Listening{}).result();
    if (listening) return true;
    if (service_program::wait(100ms)) return false;
    std::fprintf(stderr, "waiting for %s: %s\n", listener.c_str(), listening.error().to_string().c_str());
  }
}

int settle_all(zooid::node& node, const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  auto orders = read_orders(options.orders);
  const std::size_t count = orders.size();
  if (count == 0) return 0;
  for (const std::string& each : options.listeners) {
    if (!heard_by(each, node)) return 1;
  }

  const auto promise = std::make_shared<std::promise<Result>>();
  auto result = promise->get_future();
  auto ended = [promise](const Result& how) {
    promise->set_value(how);
    service_program::end();
  };
  const auto desk = node.spawn<OrderDesk>(std::move(orders), options.progress, std::move(ended));
  const Departments departments{node.find<Catalogue>(options.catalogue), node.find<Inventory>(options.inventory),
                                node.find<Payments>(options.payments)};
  for (unsigned i = 0; i < options.clerks; ++i) node.spawn<OrderClerk>(departments, desk).tell(Work{});

  service_program::wait();
  if (result.wait_for(0s) != std::future_status::ready) {
    desk.tell(Close{});  // The clerks finish what they are at.
    std::fprintf(stderr, "interrupted\n");
    return 1;
  }
  const Result how = result.get();
  if (!how.failure.empty()) {
    std::fprintf(stderr, "%s\n", how.failure.c_str());
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%zu orders in %.1f s: %" PRIu64 " paid, %" PRIu64 " rejected; %" PRIu64 " attempts were repeated\n",
              count, took.count(), how.paid, how.rejected, how.delays);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_gateway", "Takes orders from a file to the other services until each is settled.");
  Options options;
  CLI::App& app = program.options();
  app.add_option("--orders", options.orders, "orders.csv")->required();
  app.add_option("--catalogue", options.catalogue, "Addresses of the services that it calls")->required();
  app.add_option("--inventory", options.inventory)->required();
  app.add_option("--payments", options.payments)->required();
  app.add_option("--listener", options.listeners, "Begins when this one hears its events; can be given more than once");
  app.add_option("--clerks", options.clerks, "So many orders are under way at a time")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--progress", options.progress, "Says so after this many orders")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  return program.run(argc, argv, [&](zooid::node& node) { return settle_all(node, options); });
}
