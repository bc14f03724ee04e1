// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <sys/types.h>

/// A topology that runs, as others find it.
struct running_topology {
  std::string name{};
  std::filesystem::path path{};                    ///< Of its file: topology::path.
  pid_t pid = 0;                                   ///< Of its `zooid up`.
  std::map<std::string, std::string> endpoints{};  ///< By service; only of those that have one.
};

/// Tells others of this user that a topology runs here, and where: $XDG_RUNTIME_DIR/zooid-up-UID/NAME-PID.json, or in
/// /tmp without that variable. The file is locked while this lives, so one that was left behind is told from one of a
/// running `up`; the destructor removes it.
class run_file {
 public:
  /// Also removes what others left behind. Throws `failure`, with exit_code::broken, when it cannot be written.
  explicit run_file(const running_topology& running);
  run_file(run_file&&) = delete;
  ~run_file();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

/// The one that was started last of those whose topology::path is `path`; nothing when none runs.
[[nodiscard]] std::optional<running_topology> find_running(const std::filesystem::path& path);
