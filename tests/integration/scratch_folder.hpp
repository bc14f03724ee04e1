// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <stdlib.h>

/// A folder of this test's own, gone afterwards.
class scratch_folder {
 public:
  scratch_folder() {
    std::string made = (std::filesystem::temp_directory_path() / "zooid-test-XXXXXX").string();
    if (::mkdtemp(made.data()) == nullptr) throw std::system_error(errno, std::generic_category(), made);
    path_ = made;
  }
  scratch_folder(scratch_folder&&) = delete;
  ~scratch_folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};
