// SPDX-License-Identifier: Apache-2.0
#include "processes.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <initializer_list>
#include <system_error>
#include <utility>

#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  return set;
}

bool ended_well(const std::string& name, pid_t id, int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  std::fprintf(stderr, "wordcount: %s (pid %d) %s %d\n", name.c_str(), id,
               WIFSIGNALED(status) ? "was killed by signal" : "failed with exit code",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  return false;
}

}  // namespace

process_group::process_group() {
  const sigset_t awaited = set_of({SIGINT, SIGTERM, SIGCHLD});
  ::pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
}

process_group::~process_group() {
  for (const process& each : running_) ::kill(each.id, SIGKILL);
  for (const process& each : running_) ::waitpid(each.id, nullptr, 0);
}

void process_group::start(std::string name, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "wordcount");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  // A terminal sends Ctrl-C to all; only the coordinator obeys, and ends the others.
  const sigset_t blocked = set_of({SIGINT});
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &blocked);
  pid_t id = -1;
  const int failure = ::posix_spawn(&id, "/proc/self/exe", nullptr, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0) throw std::system_error(failure, std::generic_category(), "cannot start the " + name);
  std::printf("%s has pid %d\n", name.c_str(), id);
  std::fflush(stdout);
  running_.push_back({std::move(name), id});
}

int process_group::wait() {
  const sigset_t awaited = set_of({SIGINT, SIGTERM, SIGCHLD});
  while (!running_.empty()) {
    int signal = 0;
    ::sigwait(&awaited, &signal);
    if (signal != SIGCHLD) {
      std::fprintf(stderr, "\nwordcount: interrupted\n");
      return 128 + signal;
    }
    if (!reap()) return 1;
  }
  return 0;
}

bool process_group::reap() {
  bool well = true;
  std::erase_if(running_, [&well](const process& each) {
    int status = 0;
    if (::waitpid(each.id, &status, WNOHANG) != each.id) return false;
    well = ended_well(each.name, each.id, status) && well;
    return true;
  });
  return well;
}

void process_group::end_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }
