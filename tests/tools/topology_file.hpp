// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "failure.hpp"
#include "topology.hpp"

#include "catch.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <stdlib.h>

/// A topology's file in a folder of its own, which goes with it.
class topology_file {
 public:
  explicit topology_file(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "zooid-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = std::filesystem::canonical(name);
    write(text);
  }
  topology_file(topology_file&&) = delete;
  ~topology_file() { std::filesystem::remove_all(folder_); }

  void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }

  [[nodiscard]] std::string path() const { return (folder_ / "topology.toml").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

  /// Each line of what is wrong with it; without its folder's name, which differs from run to run, and without the
  /// first line, which counts them. Empty when nothing is wrong.
  [[nodiscard]] std::vector<std::string> complaints(const topology_settings& settings = {}) const {
    std::string words;
    try {
      static_cast<void>(load_topology(path(), settings));
    } catch (const failure& why) {
      CHECK(why.code() == exit_code::usage);
      words = why.what();
    }
    for (const std::string& name : {folder_.string() + "/", folder_.string()}) {
      for (auto at = words.find(name); at != std::string::npos; at = words.find(name)) words.erase(at, name.size());
    }
    std::vector<std::string> lines;
    std::istringstream from(words);
    for (std::string line; std::getline(from, line);) lines.push_back(line);
    if (lines.empty()) return lines;
    const std::size_t count = lines.size() - 1;
    CHECK(lines.front() == "topology.toml: " + std::to_string(count) + (count == 1 ? " error" : " errors"));
    lines.erase(lines.begin());
    return lines;
  }

 private:
  std::filesystem::path folder_;
};

/// Of a file with that text.
inline std::vector<std::string> complaints_of(const std::string& text, const topology_settings& settings = {}) {
  return topology_file(text).complaints(settings);
}
