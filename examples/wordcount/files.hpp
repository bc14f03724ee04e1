// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// The files to read, and how many bytes they hold together.
struct file_list {
  std::vector<std::filesystem::path> files{};
  std::uint64_t bytes{};
};

/// Files, and what folders hold at any depth, in the order of their names. Links to files count as files; links to
/// folders are not followed, for they may lead round in a circle. Throws std::filesystem::filesystem_error.
inline file_list list_files(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  file_list found;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      found.files.emplace_back(path);
      continue;
    }
    std::vector<fs::path> inside;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) inside.push_back(entry.path());
    }
    std::sort(inside.begin(), inside.end());
    found.files.insert(found.files.end(), inside.begin(), inside.end());
  }
  for (const fs::path& file : found.files) found.bytes += fs::file_size(file);
  return found;
}
