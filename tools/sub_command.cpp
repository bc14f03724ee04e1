// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"
#include "commands.hpp"
#include "door_client.hpp"
#include "event_reader.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "print.hpp"

#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

struct wish {
  std::string address{};
  std::string event{};
  std::optional<std::string> key{};
  std::optional<std::string> prefix{};
  std::optional<std::uint64_t> count{};
  std::optional<double> seconds{};
  double timeout = usual_timeout;
  tool_keys keys{};
};

/// Ctrl-C and SIGTERM as something to wait for.
class interruption {
 public:
  interruption() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    file_ = signalfd(-1, &signals, SFD_CLOEXEC);
  }
  interruption(interruption&&) = delete;
  ~interruption() { close(file_); }
  [[nodiscard]] int file() const noexcept { return file_; }

 private:
  int file_;
};

/// Where the node's events leave. Says so when it does not know this one yet.
std::string find_events(const wish& asked) {
  door_client node(node_address(asked.address), as_duration(asked.timeout), asked.keys);
  const ordered_json about = parse_answer(node.ask("zooid", "describe", R"({"service":""})"), node.endpoint());
  const std::string endpoint = printable(about.at("events").get_ref<const std::string&>());
  if (endpoint.empty()) {
    throw failure(exit_code::refused, "the node at " + node.endpoint() +
                                          " says nowhere to subscribe: the endpoint for its events could not be "
                                          "opened; see its node_options::events");
  }
  std::string known;
  for (const ordered_json& each : about.at("types_of_events")) {
    const std::string name = each.at("event").at("name").get<std::string>();
    if (name == asked.event) return endpoint;
    known += (known.empty() ? "" : ", ") + printable(name);
  }
  std::cerr << "zooid: no event " << asked.event << " was published or subscribed to at " << node.endpoint()
            << " so far; it knows " << (known.empty() ? "none" : known) << std::endl;
  return endpoint;
}

void subscribe(const wish& asked) {
  if (asked.event.find('/') != std::string::npos) {
    throw failure(exit_code::usage, "an event's name has no '/': give its key by --key, or its beginning by --prefix");
  }
  event_reader::choice which{asked.event, asked.key.value_or(asked.prefix.value_or("")), asked.key.has_value()};
  std::string endpoint = find_events(asked);
  const interruption stop;
  event_reader events(std::move(endpoint), std::move(which), as_duration(asked.timeout), stop.file(),
                      keys_for(asked.keys, node_address(asked.address)));
  if (!events.confirm()) return;
  const auto end = asked.seconds ? steady::now() + as_duration(*asked.seconds) : steady::time_point::max();
  std::uint64_t printed = 0;
  while (!asked.count || printed < *asked.count) {
    const std::optional<ordered_json> event = events.next(end);
    if (!event) break;
    std::cout << event->dump(-1, ' ', false, ordered_json::error_handler_t::replace) << std::endl;
    if (!std::cout) return;  // main says so.
    ++printed;
  }
  if (asked.count && printed < *asked.count && !events.interrupted()) {
    throw failure(exit_code::not_reached, "only " + std::to_string(printed) + " of " + std::to_string(*asked.count) +
                                              " events came " + within(as_duration(*asked.seconds)));
  }
}

}  // namespace

void add_sub_command(CLI::App& program) {
  const auto asked = std::make_shared<wish>();
  CLI::App* const command = program.add_subcommand("sub", "Prints events as they are published, one JSON a line");
  command->add_option("ADDRESS", asked->address, "Where the node listens that publishes them")
      ->required()
      ->type_name("");
  command->add_option("TOPIC", asked->event, "The event's name")->required()->type_name("");
  CLI::Option* const key = command->add_option("--key", asked->key, "Only events with this key")->type_name("TEXT");
  command->add_option("--prefix", asked->prefix, "Only events whose key begins so")->type_name("TEXT")->excludes(key);
  command->add_option("--count", asked->count, "Ends after so many events")->type_name("N")->check(CLI::PositiveNumber);
  command->add_option("--for", asked->seconds, "Ends after so long")->type_name("SECONDS")->check(is_time());
  add_timeout(*command, asked->timeout);
  add_keys(*command, asked->keys);
  command->footer(
      "Each line is an object with topic, key, event, sequence and node. Standard error says when the subscription\n"
      "holds (what is published from then on comes), and where the sequence shows that events were lost, which it can\n"
      "show without --key and --prefix only. Ctrl-C ends it with 0; fewer events than --count within --for are a 3.\n"
      "For a node with keys: zooid --key FILE --allowed FILE sub ...; behind sub, --key is an event's.\n\n"
      "Examples:\n"
      "  zooid sub tcp://127.0.0.1:10000 OrderPaid\n"
      "  zooid sub tcp://127.0.0.1:10000 OrderPaid --key berlin --count 1 --for 30");
  command->callback([asked] { subscribe(*asked); });
}
