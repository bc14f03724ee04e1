// SPDX-License-Identifier: Apache-2.0

// Keeps the books: who paid how much for which order.

#include "messages.hpp"
#include "service.hpp"
#include "store.hpp"

namespace {

class Books {
 public:
  using contract = Ledger;

  explicit Books(const std::string& file)
      : file_(file, "CREATE TABLE IF NOT EXISTS entries (order_id INTEGER PRIMARY KEY, customer TEXT, cents INTEGER)"),
        enter_(file_, "INSERT OR IGNORE INTO entries VALUES (?, ?, ?)") {}

  // Committed when it returns. An order that was entered before is not entered again.
  void on(const Enter& entry) noexcept { enter_.run(entry.order, entry.customer, entry.cents); }

 private:
  database file_;
  statement enter_;
};

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_ledger", "Keeps the books: who paid how much for which order.");
  std::string file;
  program.options().add_option("--database", file, "A file of SQLite")->required();
  return program.run(argc, argv, [&](zooid::node& node) {
    node.spawn_as<Books>("ledger", file);
    service_program::wait();
    return 0;
  });
}
