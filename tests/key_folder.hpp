// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scratch_folder.hpp"

#include "catch.hpp"

#include <zooid/security.hpp>

#include <zmq.h>

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// A folder with keys and allow-lists, gone with the test.
class key_folder {
 public:
  struct pair {
    std::string open;
    std::string secret;
  };
  /// Makes NAME.key on first use.
  const pair& key(const std::string& name) {
    const auto [at, fresh] = keys_.try_emplace(name);
    if (!fresh) return at->second;
    std::array<char, 41> open{};
    std::array<char, 41> secret{};
    REQUIRE(zmq_curve_keypair(open.data(), secret.data()) == 0);
    at->second = {open.data(), secret.data()};
    write(name + ".key", "public = \"" + at->second.open + "\"\nsecret = \"" + at->second.secret + "\"\n", 0600);
    return at->second;
  }
  /// An allow-list that lets these in; "payments 10.0.0.2" also says where one is to be found.
  void allow(const std::string& list, const std::vector<std::string>& lines) {
    std::string text = "# Who may connect.\n";
    for (const std::string& each : lines) text += key(each.substr(0, each.find(' '))).open + " " + each + "\n";
    write(list, text, 0644);
  }
  /// The whole file at once, as an editor does.
  void write(const std::string& name, const std::string& text, int mode) {
    const std::string fresh = folder_.write(name + ".new", text);
    std::filesystem::permissions(fresh, static_cast<std::filesystem::perms>(mode));
    std::filesystem::rename(fresh, path(name));
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  /// For node_options::keys.
  zooid::security of(const std::string& name, const std::string& list) {
    key(name);
    return {.own = path(name + ".key"), .allowed = path(list)};
  }

 private:
  scratch_folder folder_;
  std::map<std::string, pair> keys_;
};
