// SPDX-License-Identifier: Apache-2.0
#include "tool_keys.hpp"

#include "commands.hpp"
#include "failure.hpp"
#include "key_files.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>

namespace {

struct opened_keys {
  key_halves own;
  std::vector<allowed_key> allowed;
};

/// Nothing when none are given.
std::optional<opened_keys> open_keys(const tool_keys& given) {
  if (given.own.empty() && given.allowed.empty()) return {};
  if (given.own.empty() || given.allowed.empty()) {
    throw failure(
        exit_code::usage,
        "--key and --allowed belong together\n  sub and pub have a --key of their own, an event's: there, the "
        "key's file stands before the command, zooid --key FILE --allowed FILE sub ...");
  }
  key_halves own = read_own_key(given.own);
  const auto text = read_allow_list(given.allowed);
  if (!text) {
    throw failure(exit_code::usage, "there is no allow-list " + given.allowed + "\n  to make one: zooid keys allow " +
                                        given.allowed + " KEY.pub NAME ADDRESS");
  }
  return opened_keys{std::move(own), parse_allowed(*text, given.allowed)};
}

/// Nobody on another machine can answer there.
bool is_on_this_machine(std::string_view endpoint) {
  if (endpoint.starts_with("ipc://")) return true;
  if (!endpoint.starts_with("tcp://")) return false;
  const std::string host(endpoint.substr(6, endpoint.rfind(':') - 6));
  in_addr address{};
  const bool is_number = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "[::1]" || (is_number && host.starts_with("127."));
}

connection_keys find_keys(const tool_keys& given, const std::string& endpoint, bool may_go_without) {
  const std::optional<opened_keys> keys = open_keys(given);
  if (!keys) return {};
  if (const allowed_key* const found = find_endpoint(keys->allowed, endpoint)) {
    return {found->key, keys->own.open, keys->own.secret};
  }
  if (may_go_without) return {};
  throw failure(exit_code::usage, given.allowed + " does not say whose key is to be found at " + endpoint +
                                      "\n  to add it: zooid keys allow " + given.allowed + " KEY.pub NAME " +
                                      endpoint.substr(endpoint.find("://") + 3));
}

}  // namespace

connection_keys keys_for(const tool_keys& given, const std::string& endpoint) {
  return find_keys(given, endpoint, false);
}

connection_keys keys_of_several(const tool_keys& given, const std::string& endpoint) {
  return find_keys(given, endpoint, is_on_this_machine(endpoint));
}

void add_keys(CLI::App& command, tool_keys& keys) {
  // They may stand before the command's name, too; there they are one pair of options for all commands.
  CLI::App& program = *command.get_parent();
  const auto add = [&](CLI::App& to, const char* name, const char* words, std::string tool_keys::* half) {
    CLI::Option* option = to.get_option_no_throw(name);
    if (option == nullptr) option = to.add_option(name)->description(words)->type_name("FILE");
    option->each([&keys, half](const std::string& file) { keys.*half = file; });
  };
  constexpr const char* own = "This program's key, for nodes with keys: what zooid keys new made";
  constexpr const char* allowed = "The allow-list, which says whose key is to be found at the node's address";
  add(program, "--key", own, &tool_keys::own);
  add(program, "--allowed", allowed, &tool_keys::allowed);
  const bool has_another = command.get_option_no_throw("--key") != nullptr;  // An event's.
  if (!has_another) add(command, "--key", own, &tool_keys::own);
  add(command, "--allowed", allowed, &tool_keys::allowed);
}
