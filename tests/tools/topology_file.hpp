// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "failure.hpp"
#include "scratch_folder.hpp"
#include "topology.hpp"

#include "catch.hpp"

#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

/// A topology's file in a folder of its own, which goes with it.
class topology_file {
 public:
  explicit topology_file(const std::string& text) { write(text); }

  void write(const std::string& text) const { folder_.write(name, text); }

  [[nodiscard]] std::string path() const { return folder_ / name; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }

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
    for (const std::string& part : {folder().string() + "/", folder().string()}) {
      for (auto at = words.find(part); at != std::string::npos; at = words.find(part)) words.erase(at, part.size());
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
  static constexpr const char* name = "topology.toml";

  scratch_folder folder_;
};

/// Of a file with that text.
inline std::vector<std::string> complaints_of(const std::string& text, const topology_settings& settings = {}) {
  return topology_file(text).complaints(settings);
}
