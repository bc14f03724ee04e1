// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "failure.hpp"
#include "graph_rates.hpp"
#include "graph_svg.hpp"
#include "topology_options.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

namespace {

struct drawing {
  topology_options of{};
  std::string to{};
  bool live = false;
  double interval = 1;
  double timeout = usual_timeout;
  tool_keys keys{};
};

/// "ledger, inventory; payments; gateway": those of one level, then those of the next.
std::string start_order(const topology& of) {
  std::string order;
  for (const auto& level : of.levels()) {
    if (!order.empty()) order += "; ";
    for (const std::size_t& each : level) order += (&each == &level.front() ? "" : ", ") + of.services[each].name;
  }
  return order;
}

void check(const topology_options& asked) {
  const topology fine = load_topology(asked.file, parse_settings(asked.settings));
  const std::size_t count = fine.services.size();
  std::cout << fine.file << ": no errors; " << fine.name << " has " << count
            << (count == 1 ? " service: " : " services, which start in this order: ") << start_order(fine) << '\n';
}

/// Into a file, or to standard output for "-".
void write(const std::string& to, const std::string& text) {
  if (to == "-") {
    std::cout << text;
    return;
  }
  errno = 0;
  std::ofstream file(to, std::ios::binary);
  file << text;
  if (!file.flush()) {
    throw failure(exit_code::broken, "the picture could not be written to " + to + ": " + std::strerror(errno));
  }
  std::cout << "drawn: " << to << '\n';
}

void add_live(graph& picture, const topology& of, const drawing& asked) {
  const auto running = find_running(of.path);
  if (!running) {
    throw failure(exit_code::not_reached,
                  "no `zooid up` of yours runs " + of.file + "\n  to start it: zooid up " + of.file);
  }
  const auto patience = as_duration(asked.timeout);
  const figures before = ask_figures(of, *running, patience, asked.keys);
  std::this_thread::sleep_for(as_duration(asked.interval));
  add_rates(picture, before, ask_figures(of, *running, patience, asked.keys));
  picture.note =
      "at a service: messages handled; at an arrow: messages sent, with replies, or events that arrived; while "
      "it ran as process " +
      std::to_string(running->pid);
}

void draw(const drawing& asked) {
  const topology of = read_topology(asked.of.file, parse_settings(asked.of.settings));
  graph picture = make_graph(of);
  if (asked.live) add_live(picture, of, asked);
  const std::string beside = std::filesystem::path(asked.of.file).replace_extension(".svg").string();
  write(asked.to.empty() ? beside : asked.to, draw_svg(picture));
}

}  // namespace

void add_topology_options(CLI::App& command, topology_options& to) {
  command.add_option("FILE", to.file, "The topology's file")->required()->type_name("");
  command.add_option("--set", to.settings, "Gives a variable of the file another value; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
}

void add_topology_commands(CLI::App& program) {
  auto file = std::make_shared<topology_options>();
  CLI::App* command = program.add_subcommand("check", "Says what is wrong with a topology's file, and starts nothing");
  add_topology_options(*command, *file);
  command->callback([file] { check(*file); });
  command->footer("Example:\n  zooid check topology.toml");

  auto asked = std::make_shared<drawing>();
  command = program.add_subcommand("graph", "Draws a topology's services, calls and events");
  add_topology_options(*command, asked->of);
  command->add_option("-o,--output", asked->to, "The picture's file, or - for standard output; else beside FILE")
      ->type_name("FILE");
  command->add_flag("--live", asked->live, "With the rates of the topology as it runs here");
  command->add_option("--interval", asked->interval, "Seconds over which rates are taken")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(is_time());
  add_timeout(*command, asked->timeout);
  add_keys(*command, asked->keys);
  command->callback([asked] { draw(*asked); });
  command->footer("Example:\n  zooid graph topology.toml -o topology.svg --live");
}
