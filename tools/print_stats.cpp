// SPDX-License-Identifier: Apache-2.0
#include "print.hpp"

#include <cstdint>

namespace {

std::string count_of(const ordered_json& from, const char* field) {
  return std::to_string(from.at(field).get<std::uint64_t>());
}

/// "overloaded 3, timeout 1", or "-".
std::string reasons(const ordered_json& counts) {
  std::string text;
  for (const auto& [code, count] : counts.items()) {
    text += (text.empty() ? "" : ", ") + printable(code) + " " + std::to_string(count.get<std::uint64_t>());
  }
  return text.empty() ? "-" : text;
}

}  // namespace

void print_stats(std::ostream& to, const ordered_json& node, const std::string& endpoint) {
  to << "node at " << endpoint << "\n";
  print_table(to,
              {{"taken", "handled", "queued", "refused", "dead letters"},
               {count_of(node, "taken"), count_of(node, "handled"), count_of(node, "queued"),
                reasons(node.at("refused")), reasons(node.at("dead_letters"))}},
              "  ");

  std::vector<std::vector<std::string>> services{{"service", "handled", "queued", "in handlers", "refused"}};
  for (const ordered_json& each : node.at("services")) {
    const std::chrono::nanoseconds time(each.at("handler_nanoseconds").get<std::int64_t>());
    services.push_back({printable(each.at("name").get_ref<const std::string&>()), count_of(each, "handled"),
                        count_of(each, "queued"), in_words(time), reasons(each.at("refused"))});
  }
  to << '\n';
  print_table(to, services, "  ");

  if (node.at("peers").empty()) return;
  std::vector<std::vector<std::string>> peers{
      {"peer", "sent", "taken", "in flight", "cut off", "received", "events", "credit used", "refused"}};
  for (const ordered_json& each : node.at("peers")) {
    const bool is_over = each.at("credit") == 0;
    peers.push_back({printable(each.at("peer").get_ref<const std::string&>()), count_of(each, "sent"),
                     count_of(each, "taken"), count_of(each, "in_flight"), count_of(each, "cut_off"),
                     count_of(each, "received"), count_of(each, "events"),
                     is_over ? "-" : count_of(each, "credit_used") + " of " + count_of(each, "credit"),
                     reasons(each.at("refused"))});
  }
  to << '\n';
  print_table(to, peers, "  ");
}
