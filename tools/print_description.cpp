// SPDX-License-Identifier: Apache-2.0
#include "print.hpp"

namespace {

std::string text_of(const ordered_json& from, const char* field) {
  return printable(from.at(field).get_ref<const std::string&>());
}

void print_fields(std::ostream& to, const ordered_json& fields) {
  std::vector<std::vector<std::string>> rows;
  for (const ordered_json& each : fields) rows.push_back({text_of(each, "name"), text_of(each, "type")});
  print_table(to, rows, "    ");
}

/// Appends those of a message that are not known yet.
void collect_structs(ordered_json& known, const ordered_json& message) {
  for (const ordered_json& each : message.at("structs")) {
    bool is_known = false;
    for (const ordered_json& other : known) is_known = is_known || other == each;
    if (!is_known) known.push_back(each);
  }
}

void print_structs(std::ostream& to, const ordered_json& structs) {
  for (const ordered_json& each : structs) {
    to << "  struct " << text_of(each, "name") << '\n';
    print_fields(to, each.at("fields"));
  }
}

void print_service(std::ostream& to, const ordered_json& service) {
  to << "\nservice " << text_of(service, "name") << ", contract " << text_of(service, "contract") << '\n';
  ordered_json structs = ordered_json::array();
  for (const ordered_json& each : service.at("messages")) {
    const std::string reply = text_of(each, "reply");
    to << "  " << text_of(each, "name") << (reply.empty() ? " (told only)" : " -> " + reply) << '\n';
    print_fields(to, each.at("fields"));
    collect_structs(structs, each);
  }
  print_structs(to, structs);
}

void print_events(std::ostream& to, const ordered_json& events) {
  if (events.empty()) return;
  to << "\nevents\n";
  ordered_json structs = ordered_json::array();
  for (const ordered_json& each : events) {
    const ordered_json& event = each.at("event");
    to << "  " << text_of(event, "name") << (each.at("lossless").get<bool>() ? " (lossless)" : "") << '\n';
    print_fields(to, event.at("fields"));
    collect_structs(structs, event);
  }
  print_structs(to, structs);
}

}  // namespace

void print_description(std::ostream& to, const ordered_json& node) {
  to << "node " << text_of(node, "node") << " at " << text_of(node, "endpoint") << '\n';
  if (const std::string events = text_of(node, "events"); !events.empty()) to << "events leave at " << events << '\n';
  const ordered_json& services = node.at("services");
  for (const ordered_json& each : services) {
    // Every node has it: it is shown when it was asked for.
    if (services.size() == 1 || text_of(each, "name") != "zooid") print_service(to, each);
  }
  print_events(to, node.at("types_of_events"));
}
