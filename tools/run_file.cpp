// SPDX-License-Identifier: Apache-2.0
#include "run_file.hpp"

#include "failure.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using file_path = std::filesystem::path;  // run_file has a member function `path`.

/// Where run files may be: the first is where they are written.
std::vector<file_path> folders() {
  const std::string name = "zooid-up-" + std::to_string(::getuid());
  std::vector<file_path> all;
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  std::error_code ignored;
  if (runtime != nullptr && std::filesystem::is_directory(runtime, ignored)) all.push_back(file_path(runtime) / name);
  all.push_back(file_path("/tmp") / name);
  return all;
}

/// In /tmp anybody could have made it.
bool is_ours(const file_path& folder) {
  struct stat found{};
  return ::lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::getuid() &&
         (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

[[noreturn]] void fail(const file_path& what, const std::string& why) {
  throw failure(exit_code::broken, "cannot write " + what.string() + ", by which others find what runs: " + why);
}

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The run files that are there, of the living and of the dead.
std::vector<file_path> run_files(const file_path& folder) {
  std::vector<file_path> all;
  if (!is_ours(folder)) return all;
  std::error_code ended;
  for (std::filesystem::directory_iterator each(folder, ended), end; !ended && each != end; each.increment(ended)) {
    if (each->path().extension() == ".json") all.push_back(each->path());
  }
  return all;
}

/// Whoever runs holds the lock. It ends with its process, however that ends.
bool is_held(int fd) {
  if (::flock(fd, LOCK_SH | LOCK_NB) == 0) {
    ::flock(fd, LOCK_UN);
    return false;
  }
  return errno == EWOULDBLOCK;
}

void remove_dead(const file_path& folder) {
  for (const file_path& each : run_files(folder)) {
    const descriptor file(::open(each.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() >= 0 && !is_held(file.get())) ::unlink(each.c_str());
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

std::string read_all(int fd) {
  std::string text;
  char chunk[4096];
  for (;;) {
    const ssize_t got = ::read(fd, chunk, sizeof chunk);
    if (got > 0) text.append(chunk, static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

std::optional<running_topology> parse(const std::string& text) try {
  const nlohmann::json from = nlohmann::json::parse(text);
  running_topology found;
  found.name = from.at("name").get<std::string>();
  found.path = from.at("file").get<std::string>();
  found.pid = from.at("pid").get<pid_t>();
  found.endpoints = from.at("endpoints").get<std::map<std::string, std::string>>();
  return found;
} catch (const nlohmann::json::exception&) {
  return {};
}

}  // namespace

run_file::run_file(const running_topology& running) {
  const file_path folder = folders().front();
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail(folder, std::strerror(errno));
  if (!is_ours(folder)) fail(folder, "it is no folder that belongs to you alone");
  remove_dead(folder);
  path_ = folder / (running.name + "-" + std::to_string(running.pid) + ".json");
  const file_path before = path_.string() + ".new";  // Nobody sees it without its lock.
  descriptor file(::open(before.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  const nlohmann::json text{
      {"name", running.name}, {"file", running.path.string()}, {"pid", running.pid}, {"endpoints", running.endpoints}};
  const bool written = file.get() >= 0 && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
                       write_all(file.get(), text.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  if (!written || ::rename(before.c_str(), path_.c_str()) != 0) fail(path_, std::strerror(errno));
  fd_ = file.release();
}

run_file::~run_file() {
  ::unlink(path_.c_str());
  ::close(fd_);
}

std::optional<running_topology> find_running(const file_path& file) {
  std::optional<running_topology> newest;
  timespec started{};
  for (const file_path& folder : folders()) {
    for (const file_path& each : run_files(folder)) {
      const descriptor from(::open(each.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
      struct stat found{};
      if (from.get() < 0 || !is_held(from.get()) || ::fstat(from.get(), &found) != 0) continue;
      std::optional<running_topology> read = parse(read_all(from.get()));
      const std::pair at{found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
      if (!read || read->path != file || (newest && at < std::pair{started.tv_sec, started.tv_nsec})) continue;
      newest = std::move(read);
      started = found.st_mtim;
    }
  }
  return newest;
}
