// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

struct pipe_ends {
  int read = -1;
  int write = -1;
};

pipe_ends open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return {ends[0], ends[1]};
}

}  // namespace

child_process::child_process(std::vector<std::string> arguments) {
  const pipe_ends input = open_pipe();
  const pipe_ends output = open_pipe();
  input_ = input.write;
  output_ = output.read;

  std::string name = "zooid-bench";
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.read, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output.write, STDOUT_FILENO);
  const int failure = ::posix_spawn(&id_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(input.read);
  ::close(output.write);
  if (failure != 0) {
    ::close(input_);
    ::close(output_);
    throw std::system_error(failure, std::generic_category(), "posix_spawn");
  }
}

child_process::~child_process() {
  ::close(input_);
  if (id_ > 0) {
    const auto deadline = steady::now() + std::chrono::seconds(2);
    while (read_more(deadline)) text_.clear();
    if (steady::now() >= deadline) ::kill(id_, SIGKILL);
    reap();
  }
  ::close(output_);
}

std::string child_process::read_line(steady::duration at_most) {
  const auto deadline = steady::now() + at_most;
  std::size_t end = text_.find('\n');
  while (end == std::string::npos) {
    if (!read_more(deadline)) {
      if (steady::now() < deadline) throw std::runtime_error("the process ended early: " + reap());
      ::kill(id_, SIGKILL);
      reap();
      throw std::runtime_error("stuck: killed after " +
                               std::to_string(std::chrono::duration_cast<std::chrono::seconds>(at_most).count()) +
                               " s");
    }
    end = text_.find('\n');
  }
  std::string line = text_.substr(0, end);
  text_.erase(0, end + 1);
  return line;
}

bool child_process::read_more(steady::time_point deadline) {
  pollfd waiting{output_, POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now());
  if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return false;
  std::array<char, 4096> chunk;
  const ssize_t got = ::read(output_, chunk.data(), chunk.size());
  if (got <= 0) return false;
  text_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::string child_process::reap() {
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit code " + std::to_string(WEXITSTATUS(status));
}

void end_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

void wait_for_parent() {
  char ignored;
  while (::read(STDIN_FILENO, &ignored, 1) > 0) {
  }
}

}  // namespace bench
