// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"
#include "commands.hpp"
#include "door_client.hpp"
#include "failure.hpp"
#include "json_text.hpp"

#include <iostream>
#include <memory>
#include <string>

namespace {

struct message {
  std::string address{};
  std::string name{};
  std::string json = "{}";
  std::string key{};
  double timeout = usual_timeout;
  tool_keys keys{};
};

void call(const message& what) {
  const address to = service_address(what.address);
  const std::string json = read_json(what.json);
  door_client node(to.endpoint, as_duration(what.timeout), what.keys);
  const std::string reply = node.ask(to.service, what.name, json);
  static_cast<void>(parse_answer(reply, node.endpoint()));  // It is printed as it is, number for number.
  std::cout << reply << '\n';
}

void tell(const message& what) {
  const address to = service_address(what.address);
  const std::string json = read_json(what.json);
  door_client node(to.endpoint, as_duration(what.timeout), what.keys);
  static_cast<void>(node.ask(to.service, what.name, json));
}

void publish(const message& what) {
  const std::string endpoint = node_address(what.address);
  const ordered_json event{{"event", what.name}, {"key", what.key}, {"json", read_json(what.json)}};
  std::string text;
  try {
    text = event.dump();
  } catch (const ordered_json::exception&) {
    throw failure(exit_code::usage, "the event's name and its key must be UTF-8; nothing was sent");
  }
  door_client node(endpoint, as_duration(what.timeout), what.keys);
  static_cast<void>(node.ask("zooid", "publish", text));
}

CLI::App* add(CLI::App& program, const char* name, const char* what, void (*send)(const message&),
              const std::shared_ptr<message>& given) {
  CLI::App* const command = program.add_subcommand(name, what);
  add_timeout(*command, given->timeout);
  command->callback([given, send] { send(*given); });
  return command;
}

void add_json(CLI::App& command, message& given) {
  command.add_option("JSON", given.json, "Its fields as a JSON object; - reads standard input")
      ->type_name("")
      ->capture_default_str();
}

void add_service_and_message(CLI::App& command, message& given) {
  command.add_option("ADDRESS/SERVICE", given.address, "Where the node listens, and which service")
      ->required()
      ->type_name("");
  command.add_option("MESSAGE", given.name, "The message's name")->required()->type_name("");
  add_json(command, given);
}

}  // namespace

void add_message_commands(CLI::App& program) {
  auto given = std::make_shared<message>();
  CLI::App* command = add(program, "call", "Sends a message and prints its reply as JSON", &call, given);
  add_service_and_message(*command, *given);
  add_keys(*command, given->keys);
  command->footer(
      "The reply to a message without one is null.\n\n"
      "Examples:\n"
      "  zooid call tcp://127.0.0.1:10000/greeter Greet '{\"name\": \"world\"}'\n"
      "  zooid call ipc:///run/node/greeter Greet - < greet.json");

  given = std::make_shared<message>();
  command = add(program, "tell", "Sends a message and prints nothing", &tell, given);
  add_service_and_message(*command, *given);
  add_keys(*command, given->keys);
  command->footer(
      "Ends with 0 when the message is in the service's mailbox, or, if it has a reply, when that is there.\n\n"
      "Example:\n"
      "  zooid tell tcp://127.0.0.1:10000/account Add '{\"amount\": 20}'");

  given = std::make_shared<message>();
  command = add(program, "pub", "Has a node publish an event", &publish, given);
  command->add_option("ADDRESS", given->address, "Where the node listens")->required()->type_name("");
  command->add_option("EVENT", given->name, "The name of an event that the node knows")->required()->type_name("");
  add_json(*command, *given);
  command->add_option("--key", given->key, "The key to publish it with")->type_name("TEXT");
  add_keys(*command, given->keys);
  command->footer(
      "A node knows the events that were published or subscribed to on it; zooid describe lists them.\n"
      "If it has keys: zooid --key FILE --allowed FILE pub ...; behind pub, --key is the event's.\n\n"
      "Example:\n"
      "  zooid pub tcp://127.0.0.1:10000 OrderPaid '{\"order\": 7}' --key berlin");
}
