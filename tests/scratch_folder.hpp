// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <stdlib.h>

/// A folder of a test's own, gone afterwards with everything in it. Only its user may enter it. Its path is absolute
/// and without links, as programs show it; its name is short, since a socket's path has at most 107 bytes, TMPDIR
/// included.
class scratch_folder {
 public:
  /// Throws std::system_error.
  scratch_folder() {
    std::string made = (std::filesystem::temp_directory_path() / "zooid-test-XXXXXX").string();
    if (::mkdtemp(made.data()) == nullptr) throw std::system_error(errno, std::generic_category(), made);
    path_ = std::filesystem::canonical(made);
  }
  scratch_folder(scratch_folder&&) = delete;
  ~scratch_folder() {
    std::error_code ignored;  // A process that is still ending may write there.
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file, in a folder that is made if need be, and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this / name;
  }

 private:
  std::filesystem::path path_;
};
