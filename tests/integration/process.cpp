// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using steady = std::chrono::steady_clock;

struct pipe_ends {
  int read = -1;
  int write = -1;
};

// Closed by exec unless it became a standard stream.
pipe_ends open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return {ends[0], ends[1]};
}

// A socket in place of a pipe: writing to one whose reader is gone need not raise SIGPIPE.
pipe_ends open_input() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  return {ends[0], ends[1]};
}

void close_end(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

std::string in_words(int status) {
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

child_process::child_process(std::string_view program, std::vector<std::string> arguments) {
  std::string path(program);
  if (!path.starts_with('/')) path = std::string(ZOOID_BIN_DIR "/") + path;
  std::vector<char*> argv{path.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  pipe_ends input = open_input();
  pipe_ends output = open_pipe();
  pipe_ends errors = open_pipe();
  pipe_ends failure = open_pipe();
  id_ = ::fork();
  if (id_ == 0) {  // Other threads are gone: nothing that could take a lock from here to exec.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int each : {SIGINT, SIGHUP}) ::signal(each, SIG_DFL);  // Shells start what is in the background without.
    ::dup2(input.read, STDIN_FILENO);
    ::dup2(output.write, STDOUT_FILENO);
    ::dup2(errors.write, STDERR_FILENO);
    ::execv(path.c_str(), argv.data());
    const int why = errno;
    [[maybe_unused]] const ssize_t written = ::write(failure.write, &why, sizeof why);
    ::_exit(127);
  }
  int why = id_ < 0 ? errno : 0;
  close_end(input.read);
  close_end(output.write);
  close_end(errors.write);
  close_end(failure.write);
  input_ = input.write;
  output_.fd = output.read;
  errors_.fd = errors.read;
  [[maybe_unused]] const ssize_t told = ::read(failure.read, &why, sizeof why);  // Nothing when exec succeeded.
  close_end(failure.read);
  if (why == 0) {
    process_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
    if (process_ < 0) why = errno;
  }
  if (why != 0) {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
    for (int* fd : {&input_, &output_.fd, &errors_.fd}) close_end(*fd);
    throw std::system_error(why, std::generic_category(), path);
  }
}

child_process::~child_process() {
  if (status_.empty()) {
    kill(SIGKILL);
    reap();
  }
  for (int* fd : {&input_, &output_.fd, &errors_.fd, &process_}) close_end(*fd);
}

std::optional<std::string> child_process::read_line(duration within) {
  const auto until = steady::now() + within;
  std::size_t end = output_.text.find('\n');
  while (end == std::string::npos) {
    if (output_.fd < 0 || !read_more(until, false)) return {};
    end = output_.text.find('\n');
  }
  std::string line = output_.text.substr(0, end);
  output_.text.erase(0, end + 1);
  return line;
}

std::optional<std::string> child_process::read_line_with(std::string_view part, duration within) {
  const auto until = steady::now() + within;
  for (;;) {
    auto line = read_line(std::chrono::ceil<duration>(until - steady::now()));
    if (!line || line->find(part) != std::string::npos) return line;
  }
}

bool child_process::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::send(input_, text.data(), text.size(), MSG_NOSIGNAL);
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

void child_process::close_input() { close_end(input_); }

std::string child_process::wait(duration within) {
  const auto until = steady::now() + within;
  while (status_.empty() && read_more(until, true)) {
  }
  return status_.empty() ? "still running" : status_;
}

void child_process::kill(int signal) {
  if (status_.empty()) ::kill(id_, signal);
}

bool child_process::read_more(std::chrono::steady_clock::time_point until, bool for_end) {
  const bool ended = for_end ? !status_.empty() : output_.fd < 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
  if (ended || left.count() <= 0) return false;

  std::array<pollfd, 3> waiting{
      {{output_.fd, POLLIN, 0}, {errors_.fd, POLLIN, 0}, {for_end ? process_ : -1, POLLIN, 0}}};
  if (::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) <= 0) return true;
  bool read_some = false;
  for (auto [at, from] : {std::pair{0, &output_}, std::pair{1, &errors_}}) {
    if (waiting[static_cast<std::size_t>(at)].revents == 0) continue;
    std::array<char, 4096> chunk;
    const ssize_t got = ::read(from->fd, chunk.data(), chunk.size());
    if (got > 0) {
      from->text.append(chunk.data(), static_cast<std::size_t>(got));
      read_some = true;
    } else if (got == 0) {
      close_end(from->fd);
    }
  }
  if (!read_some && waiting[2].revents != 0) reap();  // Its last words have been read.
  return true;
}

void child_process::reap() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = in_words(status);
}
