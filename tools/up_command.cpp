// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "failure.hpp"
#include "run_file.hpp"
#include "topology.hpp"
#include "topology_options.hpp"
#include "up_run.hpp"

#include <iostream>
#include <memory>
#include <optional>

#include <unistd.h>

namespace {

running_topology as_others_find_it(const topology& whole) {
  running_topology running{whole.name, whole.path, ::getpid(), {}};
  for (const service_plan& each : whole.services) {
    if (!each.endpoint.empty()) running.endpoints.emplace(each.name, each.endpoint);
  }
  return running;
}

struct wish {
  topology_options of{};
  tool_keys keys{};
};

void up(const wish& asked) {
  const topology whole = load_topology(asked.of.file, parse_settings(asked.of.settings));
  std::optional<run_file> found_by;
  try {
    found_by.emplace(as_others_find_it(whole));
  } catch (const failure& why) {  // Services run as well without.
    std::cerr << "zooid: " << why.what() << std::endl;
  }
  up_run(whole, asked.keys).run();
}

}  // namespace

void add_up_command(CLI::App& program) {
  const auto asked = std::make_shared<wish>();
  CLI::App* const command =
      program.add_subcommand("up", "Runs a topology: starts its services, and keeps them running until Ctrl-C");
  add_topology_options(*command, asked->of);
  add_keys(*command, asked->keys);
  command->footer(
      "Everything is checked before anything starts. A service starts when those that it needs are ready. On a "
      "terminal\n"
      "a table of the services stands below their output, which is prefixed by their names. What crashes is started\n"
      "again by its rule. Ctrl-C stops the services, those first that nobody needs; once more kills them.\n\n"
      "Exit codes: 0 when the service `until` ended well, all had ended well, or Ctrl-C stopped them; 1 when a "
      "service\n"
      "failed for good, or Ctrl-C came twice; 2 when the file is wrong; 4 when the output could not be written.\n\n"
      "Example:\n  zooid up topology.toml --set data=/tmp/data");
  command->callback([asked] { up(*asked); });
}
