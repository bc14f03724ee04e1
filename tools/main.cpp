// SPDX-License-Identifier: Apache-2.0

// zooid: asks running nodes from the command line, by their plain door, and runs topologies of them.

#include "commands.hpp"
#include "failure.hpp"

#include <nlohmann/json.hpp>
#include <zmq.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr const char* epilogue =
    R"(ADDRESS is where a node listens: tcp://127.0.0.1:10000, 127.0.0.1:10000, or ipc:///path.
The node must have a door: zooid::node_options{.door = zooid::json()}.

Examples:
  zooid ping 127.0.0.1:10000
  zooid describe 127.0.0.1:10000/greeter
  zooid call 127.0.0.1:10000/greeter Greet '{"name": "world"}'

Exit codes:
  0  done
  1  the node answered with an error (ping: or is stopping); up: a service failed for good
  2  wrong usage: the command line, an address, JSON, or a topology's file; nothing was sent or started
  3  no node was reached, or there was no answer in time (sub: or too few events)
  4  an answer could not be understood, or the output not be written)";

int report(exit_code code, const std::string& words) {
  std::cerr << "zooid: " << words << '\n';
  return static_cast<int>(code);
}

int run(int count, char** arguments) {
  CLI::App program(
      "Asks running Zooid nodes: what they offer, how they are, and their services; runs whole topologies.", "zooid");
  program.require_subcommand(1);
  program.set_version_flag("--version", "zooid " ZOOID_VERSION);
  program.footer(epilogue);
  program.failure_message([](const CLI::App* which, const CLI::Error& wrong) {
    const std::vector<std::string> strange = which->remaining();
    const std::string words =
        strange.empty() ? wrong.what() : "there is no command or option \"" + strange.front() + "\"";
    return "zooid: " + words + "\n  zooid --help, or zooid COMMAND --help, says how it is used\n";
  });
  add_node_commands(program);
  add_message_commands(program);
  add_sub_command(program);
  add_keys_command(program);
  add_topology_commands(program);
  add_up_command(program);
  try {
    program.parse(count, arguments);
  } catch (const CLI::ParseError& wrong) {
    const bool asked_for_help = program.exit(wrong) == 0;
    return static_cast<int>(asked_for_help ? exit_code::done : exit_code::usage);
  } catch (const failure& why) {
    return report(why.code(), why.what());
  } catch (const nlohmann::json::exception& strange) {
    return report(exit_code::broken, std::string("the node answered what this program does not understand; is it of "
                                                 "another version? ") +
                                         strange.what());
  }
  return static_cast<int>(exit_code::done);
}

}  // namespace

int main(int count, char** arguments) try {
  const int code = run(count, arguments);
  if (!std::cout.flush() && code == 0) return report(exit_code::broken, "the output could not be written");
  return code;
} catch (const std::exception& broken) {
  return report(exit_code::broken, broken.what());
}
