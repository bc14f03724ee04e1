// SPDX-License-Identifier: Apache-2.0

// Puts pieces aside for orders, and says when an article runs low.

#include "csv.hpp"
#include "messages.hpp"
#include "service.hpp"
#include "store.hpp"

namespace {

/// Each handler is one transaction. They are `noexcept`, here and in the other services with a database: without it
/// they are of no use, so they end, and are started anew.
class StockKeeper {
 public:
  using contract = Inventory;

  StockKeeper(const std::string& file, const std::string& articles, std::int64_t low)
      : low_(low),
        file_(file,
              "CREATE TABLE IF NOT EXISTS stock (article TEXT PRIMARY KEY, pieces INTEGER) WITHOUT ROWID;"
              "CREATE TABLE IF NOT EXISTS outcomes ("
              "  order_id INTEGER PRIMARY KEY, article TEXT, quantity INTEGER, reserved INTEGER, released INTEGER)"),
        find_(file_, "SELECT reserved FROM outcomes WHERE order_id = ?"),
        keep_(file_, "INSERT INTO outcomes VALUES (?, ?, ?, ?, 0)"),
        release_(file_,
                 "UPDATE outcomes SET released = 1 WHERE order_id = ? AND reserved = 1 AND released = 0 "
                 "RETURNING article, quantity"),
        left_(file_, "SELECT pieces FROM stock WHERE article = ?"),
        move_(file_, "UPDATE stock SET pieces = pieces + ? WHERE article = ?") {
    statement begin(file_, "INSERT OR IGNORE INTO stock VALUES (?, ?)");  // What is there already is newer.
    transaction all(file_);
    for (csv_reader lines(articles, "article,cents,stock"); lines.next();) begin.run(lines.text(0), lines.number(2));
    all.commit();
  }

  bool on(const Reserve& wanted, zooid::context& in) noexcept {
    if (const auto known = find_.one<std::int64_t>(wanted.order)) return std::get<0>(*known) != 0;
    transaction all(file_);
    const auto row = left_.one<std::int64_t>(wanted.article);
    const std::int64_t before = row ? std::get<0>(*row) : 0;
    const bool enough = wanted.quantity <= before;
    if (enough) move_.run(-wanted.quantity, wanted.article);
    keep_.run(wanted.order, wanted.article, wanted.quantity, std::int64_t{enough});
    all.commit();
    const std::int64_t left = enough ? before - wanted.quantity : before;
    if (before >= low_ && left < low_) in.publish(StockLow{wanted.article, left});
    return enough;
  }

  void on(const Release& which) noexcept {
    transaction all(file_);
    const auto kept = release_.one<std::string, std::int64_t>(which.order);
    if (!kept) return;
    const auto& [article, quantity] = *kept;
    move_.run(quantity, article);
    all.commit();
  }

 private:
  const std::int64_t low_;
  database file_;
  statement find_;
  statement keep_;
  statement release_;
  statement left_;
  statement move_;
};

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_inventory", "Puts pieces aside for orders, and says when an article runs low.");
  std::string file;
  std::string articles;
  std::int64_t low = 20;
  program.options().add_option("--database", file, "A file of SQLite")->required();
  program.options().add_option("--articles", articles, "articles.csv, for what is in stock at first")->required();
  program.options().add_option("--low", low, "Fewer pieces are few")->capture_default_str();
  return program.run(argc, argv, [&](zooid::node& node) {
    node.spawn_as<StockKeeper>("inventory", file, articles, low);
    service_program::wait();
    return 0;
  });
}
