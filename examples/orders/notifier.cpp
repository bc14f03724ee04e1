// SPDX-License-Identifier: Apache-2.0

// Writes to customers what became of their orders, and to purchasing what runs low.

#include "listening.hpp"
#include "messages.hpp"
#include "service.hpp"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace {

struct file_closer {
  void operator()(std::FILE* open) const { std::fclose(open); }
};
using text_file = std::unique_ptr<std::FILE, file_closer>;

/// Appends; a line that was written survives the process.
text_file open_letters(const std::string& name) {
  text_file file(std::fopen(name.c_str(), "a"));
  if (!file) throw std::system_error(errno, std::generic_category(), name);
  std::setvbuf(file.get(), nullptr, _IOLBF, BUFSIZ);
  return file;
}

class LetterWriter {
 public:
  using contract = Listener;

  LetterWriter(std::string gateway, std::string inventory, const std::string& letters)
      : gateway_(std::move(gateway)), inventory_(std::move(inventory)), letters_(open_letters(letters)) {}
  LetterWriter(LetterWriter&&) = delete;
  ~LetterWriter() {
    std::printf("%" PRIu64 " letters: %" PRIu64 " paid, %" PRIu64 " rejected, %" PRIu64 " low; %" PRIu64 " missed\n",
                paid_ + rejected_ + low_, paid_, rejected_, low_, missed_);
  }

  void start(zooid::context& in) {
    const zooid::from gateway(gateway_);
    subscriptions_.push_back(in.subscribe<OrderPaid>(this, gateway));
    subscriptions_.push_back(in.subscribe<OrderRejected>(this, gateway));
    subscriptions_.push_back(in.subscribe<StockLow>(this, zooid::from(inventory_)));
  }

  zooid::task<zooid::result<void>> on(const Listening&) { return all_confirmed(subscriptions_); }

  void on(const OrderPaid& event) {
    ++paid_;
    std::fprintf(letters_.get(), "%s: order %" PRId64 " is paid: %" PRId64 ".%02" PRId64 "\n", event.customer.c_str(),
                 event.order, event.cents / 100, event.cents % 100);
  }
  void on(const OrderRejected& event) {
    ++rejected_;
    std::fprintf(letters_.get(), "%s: order %" PRId64 " is rejected: %s\n", event.customer.c_str(), event.order,
                 event.why.c_str());
  }
  void on(const StockLow& event) {
    ++low_;
    std::fprintf(letters_.get(), "purchasing: %s is low: %" PRId64 "\n", event.article.c_str(), event.left);
  }
  void on(const zooid::gap<OrderPaid>& gap) { miss(gap.missed, "OrderPaid"); }
  void on(const zooid::gap<OrderRejected>& gap) { miss(gap.missed, "OrderRejected"); }
  void on(const zooid::gap<StockLow>& gap) { miss(gap.missed, "StockLow"); }

 private:
  void miss(std::optional<std::uint64_t> count, const char* event) {
    missed_ += count.value_or(1);
    if (count) {
      std::printf("%" PRIu64 " of %s missed\n", *count, event);
    } else {
      std::printf("some of %s may be missing: who publishes it was started anew\n", event);
    }
  }

  const std::string gateway_;
  const std::string inventory_;
  const text_file letters_;
  std::vector<zooid::subscription> subscriptions_;
  std::uint64_t paid_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t low_ = 0;
  std::uint64_t missed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_notifier", "Writes to customers what became of their orders.");
  std::string gateway;
  std::string inventory;
  std::string letters;
  program.options().add_option("--gateway", gateway, "Endpoints of those whose events it hears")->required();
  program.options().add_option("--inventory", inventory)->required();
  program.options().add_option("--letters", letters, "The file to which it writes")->required();
  return program.run(argc, argv, [&](zooid::node& node) {
    node.spawn_as<LetterWriter>("notifier", gateway, inventory, letters);
    service_program::wait();
    return 0;
  });
}
