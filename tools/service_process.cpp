// SPDX-License-Identifier: Apache-2.0
#include "service_process.hpp"

#include "failure.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// Both are closed by exec. Closes what is not taken.
class pipe_ends {
 public:
  pipe_ends() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw failure(exit_code::broken, std::string("no pipe: ") + std::strerror(errno));
    }
  }
  pipe_ends(pipe_ends&&) = delete;
  ~pipe_ends() {
    for (const int each : ends_) {
      if (each >= 0) ::close(each);
    }
  }
  [[nodiscard]] int read_end() const { return ends_[0]; }
  [[nodiscard]] int write_end() const { return ends_[1]; }
  [[nodiscard]] int take_read_end() { return std::exchange(ends_[0], -1); }
  [[nodiscard]] int take_write_end() { return std::exchange(ends_[1], -1); }
  void close_write_end() { ::close(std::exchange(ends_[1], -1)); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// What exec wants, made before the fork: behind it nothing may be allocated, since ZeroMQ has threads.
struct exec_arguments {
  explicit exec_arguments(const service_plan& plan) : directory(plan.directory.string()) {
    texts.push_back(plan.program.string());
    texts.insert(texts.end(), plan.arguments.begin(), plan.arguments.end());
    const std::size_t count = texts.size();
    for (char** each = environ; *each != nullptr; ++each) {
      const std::string text(*each);
      if (!plan.environment.contains(text.substr(0, text.find('=')))) texts.push_back(text);
    }
    for (const auto& [name, value] : plan.environment) texts.push_back(name + '=' + value);
    for (std::size_t i = 0; i < texts.size(); ++i) (i < count ? argv : envp).push_back(texts[i].data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
  }
  exec_arguments(exec_arguments&&) = delete;

  std::string directory;
  std::vector<std::string> texts;
  std::vector<char*> argv;
  std::vector<char*> envp;
};

/// What the child says when it could not become the program.
struct excuse {
  int why = 0;
  bool is_directory = false;
};

struct child_ends {
  int input = -1;
  int output = -1;
  int errors = -1;
  int excuses = -1;
};

[[noreturn]] void become(exec_arguments& what, pid_t parent, const child_ends& ends) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // It died before the kernel knew that this matters.
  ::dup2(ends.input, STDIN_FILENO);
  ::dup2(ends.output, STDOUT_FILENO);
  ::dup2(ends.errors, STDERR_FILENO);
  const bool has_gone = what.directory.empty() || ::chdir(what.directory.c_str()) == 0;
  if (has_gone) ::execve(what.argv.front(), what.argv.data(), what.envp.data());
  const excuse told{errno, !has_gone};
  [[maybe_unused]] const ssize_t written = ::write(ends.excuses, &told, sizeof told);
  ::_exit(127);
}

}  // namespace

service_process::service_process(const service_plan& plan) {
  exec_arguments what(plan);
  pipe_ends input;  // Many a program ends when its input does.
  pipe_ends output;
  pipe_ends errors;
  pipe_ends excuses;
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) {
    become(what, parent, {input.read_end(), output.write_end(), errors.write_end(), excuses.write_end()});
  }
  excuse told{id_ < 0 ? errno : 0, false};
  excuses.close_write_end();
  while (::read(excuses.read_end(), &told, sizeof told) < 0 && errno == EINTR) {
  }  // Nothing comes when exec succeeded.
  if (told.why == 0) {
    process_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
    if (process_ < 0) told.why = errno;
  }
  if (told.why != 0) {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
    const std::string which = (told.is_directory ? plan.directory : plan.program).string();
    throw failure(exit_code::refused, which + ": " + std::strerror(told.why));
  }
  input_ = input.take_write_end();
  output_ = output.take_read_end();
  errors_ = errors.take_read_end();
  for (const int each : {output_, errors_}) ::fcntl(each, F_SETFL, O_NONBLOCK);  // This end only: the pipe has two.
}

service_process::~service_process() {
  if (!reaped_) {
    signal(SIGKILL);
    static_cast<void>(reap());
  }
  for (const int each : {process_, input_, output_, errors_}) ::close(each);
}

bool service_process::has_ended() const {
  pollfd end{process_, POLLIN, 0};
  return ::poll(&end, 1, 0) == 1;
}

void service_process::signal(int number) const {
  if (!reaped_) ::kill(-id_, number);
}

int service_process::reap() {
  signal(SIGKILL);  // While the process itself is not waited for, nobody else can get the number of its group.
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  return status;
}
