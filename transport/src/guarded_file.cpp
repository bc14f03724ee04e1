// SPDX-License-Identifier: Apache-2.0
#include "guarded_file.hpp"

#include <zooid/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace zooid {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

class descriptor {
 public:
  explicit descriptor(int opened) noexcept : opened_(opened) {}
  descriptor(descriptor&&) = delete;
  ~descriptor() {
    if (opened_ != -1) ::close(opened_);
  }
  [[nodiscard]] int get() const noexcept { return opened_; }

 private:
  const int opened_;
};

[[noreturn]] void refuse(const std::string& why) { throw setup_error(errc::denied, why); }

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
  return text.data();
}

/// Asked of the open file, so that nobody can put another one in its place meanwhile.
void check(int opened, const std::string& file, const std::string& what, file_guard guard) {
  struct stat about{};
  if (::fstat(opened, &about) != 0) refuse("cannot read " + what + " " + file + ": " + std::strerror(errno));
  if (!S_ISREG(about.st_mode)) refuse(what + " " + file + " is no regular file");
  if (static_cast<std::size_t>(about.st_size) > most_bytes) refuse(what + " " + file + " is longer than 1 MiB");
  const uid_t self = ::geteuid();
  if (guard == file_guard::secret && about.st_uid != self) {
    refuse(what + " " + file + " belongs to the user " + std::to_string(about.st_uid) + ", but this process runs as " +
           std::to_string(self) + ": chown " + std::to_string(self) + " " + file);
  }
  if (guard == file_guard::secret && (about.st_mode & 077) != 0) {
    refuse(what + " " + file + " has the mode " + octal(about.st_mode) + ": others could have read it. chmod 600 " +
           file + ", or, if they are not to be trusted, a new key");
  }
  if (guard == file_guard::list && (about.st_mode & 02) != 0) {
    refuse(what + " " + file + " has the mode " + octal(about.st_mode) + ": anybody could let himself in. chmod o-w " +
           file);
  }
}

}  // namespace

std::string read_guarded_file(const std::string& file, const std::string& what, file_guard guard,
                              const std::string& if_missing) {
  const descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // A pipe would keep it waiting.
  if (opened.get() == -1) refuse("cannot read " + what + " " + file + ": " + std::strerror(errno) + "; " + if_missing);
  check(opened.get(), file, what, guard);
  std::string text;
  std::array<char, 4096> chunk{};
  while (text.size() <= most_bytes) {
    const ssize_t got = ::read(opened.get(), chunk.data(), chunk.size());
    if (got == -1 && errno == EINTR) continue;
    if (got == -1) refuse("cannot read " + what + " " + file + ": " + std::strerror(errno));
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  refuse(what + " " + file + " is longer than 1 MiB");
}

}  // namespace zooid
