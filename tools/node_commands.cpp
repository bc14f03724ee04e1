// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"
#include "commands.hpp"
#include "door_client.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "print.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

struct question {
  std::string address{};
  unsigned count = 1;
  double timeout = usual_timeout;
  bool as_json = false;
  tool_keys keys{};
};

void ping(const question& asked) {
  door_client node(node_address(asked.address), as_duration(asked.timeout), asked.keys);
  node.connect();  // Its time is no part of a round trip.
  std::vector<std::chrono::nanoseconds> times;
  for (unsigned i = 0; i < asked.count; ++i) {
    const auto begin = steady::now();
    static_cast<void>(node.ask("zooid", "ping", "{}"));
    times.push_back(steady::now() - begin);
    std::cout << "answer from " << node.endpoint() << " in " << in_words(times.back()) << std::endl;
  }
  if (times.size() > 1) {
    std::sort(times.begin(), times.end());
    std::cout << times.size() << " answers: shortest " << in_words(times.front()) << ", median "
              << in_words(times[times.size() / 2]) << ", longest " << in_words(times.back()) << '\n';
  }
  if (!parse_answer(node.ask("zooid", "ready", "{}"), node.endpoint()).get<bool>()) {
    throw failure(exit_code::refused, "the node at " + node.endpoint() + " is not ready: it is stopping");
  }
  std::cout << "ready\n";
}

void describe(const question& asked) {
  const address what = node_or_service_address(asked.address);
  door_client node(what.endpoint, as_duration(asked.timeout), asked.keys);
  const ordered_json which{{"service", what.service}};
  const ordered_json answer = parse_answer(node.ask("zooid", "describe", which.dump()), node.endpoint());
  if (asked.as_json) {
    std::cout << answer.dump(2) << '\n';
  } else {
    print_description(std::cout, answer);
  }
}

void stats(const question& asked) {
  door_client node(node_address(asked.address), as_duration(asked.timeout), asked.keys);
  const ordered_json answer = parse_answer(node.ask("zooid", "stats", "{}"), node.endpoint());
  if (asked.as_json) {
    std::cout << answer.dump(2) << '\n';
  } else {
    print_stats(std::cout, answer, node.endpoint());
  }
}

/// A command whose callback gets the question that its options filled.
CLI::App* add(CLI::App& program, const char* name, const char* what, void (*answer)(const question&),
              const std::shared_ptr<question>& asked) {
  CLI::App* const command = program.add_subcommand(name, what);
  add_timeout(*command, asked->timeout);
  add_keys(*command, asked->keys);
  command->callback([asked, answer] { answer(*asked); });
  return command;
}

}  // namespace

void add_timeout(CLI::App& command, double& seconds) {
  command.add_option("--timeout", seconds, "Seconds to wait for the connection, and for each answer")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(is_time());
}

CLI::Validator is_time() {
  return CLI::Validator(
      [](const std::string& text) {
        double seconds = 0;
        constexpr double week = 7 * 24 * 3600;
        const bool fits =
            CLI::detail::lexical_cast(text, seconds) && seconds >= 0 && seconds <= week;  // A NaN does not.
        return fits ? std::string() : "\"" + text + "\" is no number of seconds from 0 to a week";
      },
      "");
}

void add_node_commands(CLI::App& program) {
  auto asked = std::make_shared<question>();
  CLI::App* command = add(program, "ping", "Measures round trips, and says whether the node is ready", &ping, asked);
  command->add_option("ADDRESS", asked->address, "Where the node listens")->required()->type_name("");
  command->add_option("--count", asked->count, "How many round trips")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1U, 1'000'000U));
  command->footer("Example:\n  zooid ping tcp://127.0.0.1:10000 --count 100");

  asked = std::make_shared<question>();
  command = add(program, "describe", "Shows services, messages, fields and events", &describe, asked);
  command->add_option("ADDRESS", asked->address, "Where the node listens, and perhaps /SERVICE")
      ->required()
      ->type_name("[/SERVICE]");
  command->add_flag("--json", asked->as_json, "Prints JSON");
  command->footer(
      "Examples:\n"
      "  zooid describe tcp://127.0.0.1:10000\n"
      "  zooid describe tcp://127.0.0.1:10000/greeter\n"
      "  zooid describe tcp://127.0.0.1:10000 --json");

  asked = std::make_shared<question>();
  command = add(program, "stats", "Shows what became of messages, by service and by peer", &stats, asked);
  command->add_option("ADDRESS", asked->address, "Where the node listens")->required()->type_name("");
  command->add_flag("--json", asked->as_json, "Prints JSON");
  command->footer("Example:\n  zooid stats tcp://127.0.0.1:10000");
}
