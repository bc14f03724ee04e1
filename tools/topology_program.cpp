// SPDX-License-Identifier: Apache-2.0
#include "topology.hpp"

#include <cstdlib>
#include <sstream>
#include <system_error>

#include <unistd.h>

namespace {

bool can_run(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::filesystem::path find_program(const std::string& command, const std::filesystem::path& folder,
                                   std::string& looked) {
  std::error_code ignored;
  if (command.empty()) looked = "its name is empty";
  if (command.empty()) return {};
  if (command.find('/') != std::string::npos) {
    const std::filesystem::path file = (folder / command).lexically_normal();
    if (can_run(file)) return file;
    looked =
        std::filesystem::exists(file, ignored) ? file.string() + " cannot be executed" : "there is no " + file.string();
    return {};
  }
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  if (!own.empty() && can_run(own / command)) return own / command;
  const char* const path = std::getenv("PATH");
  const std::string all = path == nullptr ? "" : path;
  std::istringstream folders(all);
  for (std::string each; std::getline(folders, each, ':');) {
    if (!each.empty() && can_run(std::filesystem::path(each) / command)) {
      return std::filesystem::absolute(std::filesystem::path(each) / command);
    }
  }
  looked = "it is neither beside zooid, in " + own.string() + ", nor in PATH, " + all;
  return {};
}
