// SPDX-License-Identifier: Apache-2.0

// Charges cards, and has what was paid entered in the books.

#include "csv.hpp"
#include "messages.hpp"
#include "service.hpp"
#include "store.hpp"

#include <csignal>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace {

/// For trying what becomes of the others: `times` in all, each time after so many new charges, the process dies.
struct deaths {
  std::int64_t after = 0;
  std::int64_t times = 0;
};

class CardPayments {
 public:
  using contract = Payments;

  CardPayments(const std::string& file, const std::string& cards, zooid::ref<Ledger> ledger, deaths planned)
      : ledger_(std::move(ledger)),
        planned_(planned),
        file_(file,
              "CREATE TABLE IF NOT EXISTS outcomes (order_id INTEGER PRIMARY KEY, cents INTEGER, why_not TEXT);"
              "CREATE TABLE IF NOT EXISTS deaths (order_id INTEGER PRIMARY KEY)"),
        find_(file_, "SELECT why_not FROM outcomes WHERE order_id = ?"),
        keep_(file_, "INSERT INTO outcomes VALUES (?, ?, ?)"),
        count_deaths_(file_, "SELECT count(*) FROM deaths"),
        keep_death_(file_, "INSERT INTO deaths VALUES (?)") {
    for (csv_reader lines(cards, "card,limit"); lines.next();) limits_[lines.text(0)] = lines.number(1);
  }

  zooid::task<zooid::result<Payment>> on(const Charge& charge) {
    if (const auto known = stored(charge.order)) co_return *known;
    const Payment outcome = decide(charge);
    if (outcome.paid) {
      // First the books, which know the order by its number, too: whoever dies between the two steps does both again.
      const zooid::result<void> entered = co_await ledger_.call<Enter>(charge.order, charge.customer, charge.cents);
      if (!entered) co_return entered.error();
    }
    store(charge, outcome);
    co_return outcome;
  }

 private:
  [[nodiscard]] Payment decide(const Charge& charge) const {
    const auto limit = limits_.find(charge.card);
    if (limit == limits_.end()) return {false, "card unknown"};
    if (charge.cents > limit->second) return {false, "over the card's limit"};
    return {true, {}};
  }

  [[nodiscard]] std::optional<Payment> stored(std::int64_t order) noexcept {
    const auto row = find_.one<std::string>(order);
    if (!row) return {};
    const std::string& why_not = std::get<0>(*row);
    return Payment{why_not.empty(), why_not};
  }

  void store(const Charge& charge, const Payment& outcome) noexcept {
    transaction all(file_);
    keep_.run(charge.order, charge.cents, outcome.why_not);
    const bool dies = planned_.after > 0 && ++charged_ == planned_.after &&
                      std::get<0>(*count_deaths_.one<std::int64_t>()) < planned_.times;
    if (dies) keep_death_.run(charge.order);
    all.commit();
    if (dies) std::raise(SIGKILL);  // Stored, not answered: the worst moment there is.
  }

  zooid::ref<Ledger> ledger_;
  const deaths planned_;
  std::int64_t charged_ = 0;
  std::unordered_map<std::string, std::int64_t> limits_;
  database file_;
  statement find_;
  statement keep_;
  statement count_deaths_;
  statement keep_death_;
};

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_payments", "Charges cards, and has what was paid entered in the books.");
  std::string file;
  std::string cards;
  std::string ledger;
  deaths planned;
  program.options().add_option("--database", file, "A file of SQLite")->required();
  program.options().add_option("--cards", cards, "cards.csv: what each card pays at most for one order")->required();
  program.options().add_option("--ledger", ledger, "The ledger's address")->required();
  program.options().add_option("--die-after", planned.after,
                               "For trying recovery: dies by SIGKILL after so many new charges, the last of them "
                               "stored but not answered");
  program.options().add_option("--deaths", planned.times, "How often it dies so, until its database is removed");
  return program.run(argc, argv, [&](zooid::node& node) {
    node.spawn_as<CardPayments>("payments", file, cards, node.find<Ledger>(ledger), planned);
    service_program::wait();
    return 0;
  });
}
