// SPDX-License-Identifier: Apache-2.0
#include "topology.hpp"

#include "failure.hpp"
#include "placeholders.hpp"
#include "suggestion.hpp"
#include "topology_parts.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace {

constexpr std::size_t largest_file = 1 << 20;  // Bytes.

std::string read_text(const std::string& file) {
  const auto fail = [&](const std::string& why) { throw failure(exit_code::usage, file + ": " + why); };
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) fail("this is a folder; name the topology's file in it");
  errno = 0;
  std::ifstream from(file, std::ios::binary);
  if (!from) fail(std::string("the topology's file cannot be read: ") + std::strerror(errno));
  std::string text(largest_file + 1, '\0');
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(from.gcount()));
  if (text.size() > largest_file) fail("no topology's file is larger than 1 MiB");
  return text;
}

/// One topology in the making. Its steps are taken in the order in which they stand here.
class builder {
 public:
  builder(const std::string& file, const topology_settings& settings)
      : wrong_(file), folder_(std::filesystem::absolute(file).lexically_normal().parent_path()), settings_(settings) {
    made_.file = file;
  }

  topology build(bool for_starting) {
    const toml_value text = parse_toml(read_text(made_.file), wrong_);
    wrong_.raise();  // The rest could not be read.
    draft_ = read_draft(text, wrong_);
    std::error_code unnamed;  // A pipe's, as the shell's <(...) is.
    made_.path = std::filesystem::canonical(made_.file, unnamed);
    if (unnamed) made_.path = std::filesystem::absolute(made_.file);
    begin();
    link_services(draft_, made_, wrong_);
    fill_endpoints();
    if (for_starting) hold_ports(made_, wrong_);
    fill_services();
    if (for_starting) find_programs();
    wrong_.raise();
    return std::move(made_);
  }

 private:
  void begin() {
    made_.name = draft_.name;
    made_.drain = draft_.drain.value_or(made_.drain);
    made_.ready = draft_.ready.value_or(made_.ready);
    for (const service_draft& from : draft_.services) {
      service_plan& service = made_.services.emplace_back();
      service.name = from.name.value;
      service.command_at = from.command.at;
      if (from.endpoint) service.endpoint_at = from.endpoint->at;
      service.restart = from.restart;
    }
  }

  void fill_endpoints() {
    placeholders here{{"here", {folder_.string(), {}}}};
    for (const auto& [name, value] : draft_.variables) {
      here[name.value].refused = "the value of a variable may hold {here}, but no other variable and no service";
    }
    for (const service_draft& each : draft_.services) {
      known_[each.name.value].refused = "an endpoint may hold variables, but no service";
    }
    known_["here"] = here["here"];
    std::vector<std::string> names;
    for (const auto& [name, value] : draft_.variables) {
      names.push_back(name.value);
      const auto set = settings_.find(name.value);
      known_[name.value] = {set != settings_.end() ? set->second : replace_placeholders(value, here, wrong_), {}};
    }
    for (const auto& [name, value] : settings_) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      wrong_.add({}, "no variable is named " + in_quotes(name) + ", as in --set " + name + "=" + value +
                         suggestion(name, names));
    }
    for (std::size_t i = 0; i < made_.services.size(); ++i) {
      const auto& endpoint = draft_.services[i].endpoint;
      const std::size_t before = wrong_.count();
      if (endpoint) made_.services[i].endpoint = replace_placeholders(*endpoint, known_, wrong_);
      // In its stead, so that nobody complains about it a second time.
      if (wrong_.count() != before) made_.services[i].endpoint = "tcp://127.0.0.1:0";
    }
    check_endpoints(made_, wrong_);
  }

  void fill_services() {
    for (const service_plan& each : made_.services) {
      known_[each.name] = {each.endpoint,
                           each.endpoint_at.line != 0 ? "" : "service \"" + each.name + "\" has no \"endpoint\""};
    }
    for (std::size_t i = 0; i < made_.services.size(); ++i) {
      const service_draft& from = draft_.services[i];
      service_plan& service = made_.services[i];
      service.command = replace_placeholders(from.command, known_, wrong_);
      for (const auto& each : from.arguments) {
        service.arguments.push_back(replace_placeholders(each, known_, wrong_));
      }
      for (const auto& [name, value] : from.environment) {
        service.environment[name.value] = replace_placeholders(value, known_, wrong_);
      }
      if (!from.directory) continue;
      service.directory = (folder_ / replace_placeholders(*from.directory, known_, wrong_)).lexically_normal();
    }
  }

  void find_programs() {
    for (std::size_t i = 0; i < made_.services.size(); ++i) {
      service_plan& service = made_.services[i];
      const auto& directory = draft_.services[i].directory;
      std::error_code ignored;
      if (directory && !std::filesystem::is_directory(service.directory, ignored)) {
        wrong_.add(directory->at, "service " + in_quotes(service.name) + " cannot run in " +
                                      service.directory.string() + ": there is no such folder; to make it: mkdir -p " +
                                      service.directory.string());
      }
      if (service.command_at.line == 0) continue;  // That is a complaint already.
      std::string looked;
      service.program = find_program(service.command, folder_, looked);
      if (service.program.empty()) {
        wrong_.add(service.command_at, "no program " + in_quotes(service.command) + " for service " +
                                           in_quotes(service.name) + ": " + looked +
                                           "; build or install it, or write its path");
      }
    }
  }

  complaints wrong_;
  const std::filesystem::path folder_;
  const topology_settings& settings_;
  topology_draft draft_;
  topology made_;
  placeholders known_;
};

}  // namespace

topology_settings parse_settings(const std::vector<std::string>& texts) {
  topology_settings all;
  for (const std::string& each : texts) {
    const std::size_t equals = each.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw failure(exit_code::usage, "--set " + each + ": expected NAME=VALUE, such as --set data=/tmp/x");
    }
    if (!all.emplace(each.substr(0, equals), each.substr(equals + 1)).second) {
      throw failure(exit_code::usage, "--set " + each + ": " + in_quotes(each.substr(0, equals)) + " is set twice");
    }
  }
  return all;
}

topology read_topology(const std::string& file, const topology_settings& settings) {
  return builder(file, settings).build(false);
}

topology load_topology(const std::string& file, const topology_settings& settings) {
  return builder(file, settings).build(true);
}
