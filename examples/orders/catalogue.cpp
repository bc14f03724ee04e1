// SPDX-License-Identifier: Apache-2.0

// Knows what articles cost.

#include "csv.hpp"
#include "messages.hpp"
#include "service.hpp"

#include <unordered_map>

namespace {

class PriceList {
 public:
  using contract = Catalogue;

  explicit PriceList(const std::string& articles) {
    for (csv_reader lines(articles, "article,cents,stock"); lines.next();) cents_[lines.text(0)] = lines.number(1);
  }

  std::optional<std::int64_t> on(const PriceOf& wanted) const {
    const auto found = cents_.find(wanted.article);
    if (found == cents_.end()) return {};
    return found->second;
  }

 private:
  std::unordered_map<std::string, std::int64_t> cents_;
};

}  // namespace

int main(int argc, char** argv) {
  service_program program("orders_catalogue", "Knows what articles cost.");
  std::string articles;
  program.options().add_option("--articles", articles, "articles.csv")->required();
  return program.run(argc, argv, [&](zooid::node& node) {
    node.spawn_as<PriceList>("catalogue", articles);
    service_program::wait();
    return 0;
  });
}
