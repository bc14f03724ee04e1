// SPDX-License-Identifier: Apache-2.0
#include "topology_draft.hpp"

#include "table_reader.hpp"

#include <algorithm>

namespace {

using std::chrono::milliseconds;

bool is_name(std::string_view text) {
  constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz";
  const std::string others = std::string(first) + "0123456789_-";
  return !text.empty() && first.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(others) == std::string_view::npos;
}

void check_name(const placed<std::string>& name, const char* whose, complaints& wrong) {
  if (is_name(name.value)) return;
  wrong.add(name.at, std::string(whose) + " \"" + name.value +
                         "\" must begin with a small letter, and go on with small letters, digits, \"_\" and \"-\"");
}

void check_environment(const service_draft& service, complaints& wrong) {
  for (const auto& [name, value] : service.environment) {
    const bool fits =
        !name.value.empty() && name.value.find('=') == std::string::npos && name.value.find('\0') == std::string::npos;
    if (!fits) wrong.add(name.at, "\"" + name.value + "\" is no name for a variable of the environment");
  }
}

service_draft read_service(const toml_entry& from, complaints& wrong) {
  service_draft service;
  service.name = {from.key, from.at};
  check_name(service.name, "the service's name", wrong);
  if (service.name.value == "here") wrong.add(from.at, "no service may be named \"here\": {here} is the file's folder");
  const std::string where = " in service \"" + from.key + "\"";
  if (from.value.is != toml_value::kind::table) {
    wrong.add(from.value.at, "\"service." + from.key + "\" must be a table, not " +
                                 std::string(in_words(from.value.is)) + "; write [service." + from.key + "]");
    return service;
  }
  table_reader table(from.value, where, wrong);
  service.command = table.text("command").value_or(placed<std::string>());
  if (!table.has("command")) wrong.add(from.at, "no \"command\"" + where + ": the program that it runs");
  service.arguments = table.texts("arguments");
  service.endpoint = table.text("endpoint");
  service.environment = table.named_texts("environment");
  service.directory = table.text("directory");
  service.needs = table.texts("needs");
  service.calls = table.texts("calls");
  service.hears = table.texts("hears");

  restart_rule& rule = service.restart;
  if (const auto when = table.choice("restart", {"never", "on-failure", "always"})) {
    rule.when = static_cast<restart_rule::policy>(*when);
  }
  rule.times = table.number("restarts").value_or(rule.times);
  rule.within = table.duration("within", milliseconds(1)).value_or(rule.within);
  rule.backoff = table.duration("backoff", milliseconds(1)).value_or(rule.backoff);
  table.finish();
  check_environment(service, wrong);
  return service;
}

void check_variables(const topology_draft& draft, complaints& wrong) {
  for (const auto& [name, value] : draft.variables) {
    check_name(name, "the variable's name", wrong);
    const auto has_name = [&](const service_draft& each) { return each.name.value == name.value; };
    if (name.value == "here") wrong.add(name.at, "no variable may be named \"here\": {here} is the file's folder");
    if (std::any_of(draft.services.begin(), draft.services.end(), has_name)) {
      wrong.add(name.at, "the variable \"" + name.value + "\" has a service's name: {" + name.value +
                             "} is that service's endpoint");
    }
  }
}

}  // namespace

topology_draft read_draft(const toml_value& file, complaints& wrong) {
  topology_draft draft;
  table_reader table(file, {}, wrong);
  if (!table.has("name")) wrong.add({1, 1}, "no \"name\" of the topology; write name = \"...\" as its first line");
  if (const auto name = table.text("name")) {
    draft.name = name->value;
    check_name(*name, "the topology's name", wrong);
  }
  draft.until = table.text("until");
  draft.drain = table.duration("drain", milliseconds(0));
  draft.ready = table.duration("ready", milliseconds(1));
  draft.variables = table.named_texts("variables");
  if (!table.has("service")) wrong.add({1, 1}, "no service; write [service.NAME], and below it command = \"...\"");
  if (const toml_entry* const services = table.table("service")) {
    for (const toml_entry& each : services->value.entries) draft.services.push_back(read_service(each, wrong));
    if (draft.services.empty()) wrong.add(services->at, "no service; write [service.NAME] in place of [service]");
  }
  table.finish();
  check_variables(draft, wrong);
  return draft;
}
