// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "failure.hpp"
#include "key_files.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

struct wish {
  std::string file{};
  std::string key{};
  std::string name{};
  std::vector<std::string> addresses{};
};

/// In one piece, so that whoever reads the file meanwhile sees all of it or nothing.
void write_whole(const std::string& file, int flags, mode_t mode, const std::string& text) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, mode);
  if (opened == -1) throw failure(exit_code::usage, "cannot write " + file + ": " + std::strerror(errno));
  const bool is_private = mode != 0600 || ::fchmod(opened, mode) == 0;  // Whatever the umask is.
  const ssize_t written = is_private ? ::write(opened, text.data(), text.size()) : -1;
  const int why = errno;
  if (::close(opened) != 0 || written != static_cast<ssize_t>(text.size())) {
    throw failure(exit_code::broken, file + " could not be written whole: " + std::strerror(why));
  }
}

void make_key(const wish& asked) {
  const std::string secret_file = asked.name + ".key";
  const std::string public_file = asked.name + ".pub";
  for (const std::string& each : {secret_file, public_file}) {
    if (!std::filesystem::exists(std::filesystem::symlink_status(each))) continue;
    throw failure(exit_code::usage, each +
                                        " is there already, and is not overwritten: who knows the key would be "
                                        "locked out\n  choose another name, or remove the file");
  }
  std::array<char, 41> open{};
  std::array<char, 41> secret{};
  if (zmq_curve_keypair(open.data(), secret.data()) != 0) {
    throw failure(exit_code::broken, std::string("libzmq makes no keys: ") + zmq_strerror(zmq_errno()) +
                                         "\n  it has to be one that was built with CURVE");
  }
  const std::string name = std::filesystem::path(asked.name).filename().string();
  const std::string half = "public = \"" + std::string(open.data()) + "\"\n";
  write_whole(secret_file, O_CREAT | O_EXCL, 0600,
              "# The key " + name + ", for one node alone: who has the secret is taken for " + name + ".\n" + half +
                  "secret = \"" + secret.data() + "\"\n");
  write_whole(public_file, O_CREAT | O_EXCL, 0644, "# The public half of the key " + name + ".\n" + half);
  std::cout << secret_file << ": the key; it stays with its node\n"
            << public_file << ": its public half; who is to accept it runs: zooid keys allow allowed_keys "
            << public_file << " " << name << '\n';
}

void allow(const wish& asked) {
  const std::string before = read_text(asked.file).value_or("");
  std::string line = read_halves(asked.key).open + " " + asked.name;
  for (const std::string& each : asked.addresses) line += " " + each;
  const auto one = parse_allowed(line, "the new line");
  const bool is_one =
      one.size() == 1 && one.front().name == asked.name && one.front().addresses.size() == asked.addresses.size();
  if (!is_one) throw failure(exit_code::usage, "a name or an address has a space in it, or begins with '#'");
  const bool ends_in_line = before.empty() || before.back() == '\n';
  std::string text = before.empty() ? "# KEY NAME [ADDRESS...]: whose key is accepted, and where it is found.\n" : "";
  text += (ends_in_line ? "" : "\n") + line + "\n";
  static_cast<void>(parse_allowed(before + text, asked.file));  // Neither key nor address twice.
  write_whole(asked.file, O_CREAT | O_APPEND, 0644, text);
}

}  // namespace

void add_keys_command(CLI::App& program) {
  CLI::App* const keys =
      program.add_subcommand("keys", "Makes keys and allow-lists, for nodes that accept not anybody");
  keys->require_subcommand(1);
  keys->footer(
      "Examples:\n"
      "  zooid keys new payments\n"
      "  zooid keys allow allowed_keys payments.pub payments 10.0.0.2:7000");

  auto asked = std::make_shared<wish>();
  CLI::App* command = keys->add_subcommand("new", "Makes a key: NAME.key, and its public half NAME.pub");
  command->add_option("NAME", asked->name, "What the files are called; may have a folder before it")
      ->required()
      ->type_name("");
  command->callback([asked] { make_key(*asked); });
  command->footer("NAME.key has the mode 0600. Nothing is overwritten.\n\nExample:\n  zooid keys new payments");

  asked = std::make_shared<wish>();
  command = keys->add_subcommand("allow", "Adds a key to an allow-list, which is made if there is none");
  command->add_option("FILE", asked->file, "The allow-list")->required()->type_name("");
  command->add_option("KEY.pub", asked->key, "The public half of the key")->required()->type_name("");
  command->add_option("NAME", asked->name, "Whose it is, for people")->required()->type_name("");
  command->add_option("ADDRESS", asked->addresses, "Where its node listens: host:port, host, or an ipc endpoint's path")
      ->type_name("...");
  command->callback([asked] { allow(*asked); });
  command->footer(
      "Who has the key may connect from now on. Addresses are needed where it is dialled, as it is dialled: whoever "
      "is\n"
      "found there must have this key. Running nodes see the change with the next connection.\n\n"
      "Example:\n"
      "  zooid keys allow allowed_keys payments.pub payments 10.0.0.2:7000");
}
