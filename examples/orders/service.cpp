// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <zooid/json.hpp>

#include <csignal>
#include <cstdio>
#include <exception>

#include <unistd.h>

namespace {

sigset_t ending_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

service_program::service_program(const std::string& name, const std::string& what_it_does)
    : name_(name), options_(what_it_does, name) {
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  options_.add_option("--listen", node_.listen, "Where others reach it: tcp://host:port or ipc:///path")->required();
  CLI::Option* key = options_.add_option("--key", node_.keys.own, "Its key file, made by `zooid keys new`");
  options_.add_option("--allowed", node_.keys.allowed, "The list of keys that it accepts")->needs(key);
  node_.keys.on_refused = [](const std::string& whom) { std::fprintf(stderr, "%s\n", whom.c_str()); };
  node_.door = zooid::json();  // By which `zooid up` sees that it is ready, and anybody can ask it.
}

int service_program::run(int argc, char** argv, const std::function<int(zooid::node&)>& body) {
  CLI11_PARSE(options_, argc, argv);
  try {
    zooid::node node(node_);
    const int code = body(node);
    const auto report = node.stop(std::chrono::seconds(3));
    for (const std::string& lost : report.cut_off) std::fprintf(stderr, "cut off: %s\n", lost.c_str());
    return code;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s: %s\n", name_.c_str(), failure.what());
    return 1;
  }
}

void service_program::wait() {
  const sigset_t signals = ending_signals();
  int signal = 0;
  ::sigwait(&signals, &signal);
}

bool service_program::wait(std::chrono::milliseconds at_most) {
  const sigset_t signals = ending_signals();
  const timespec time{at_most.count() / 1000, at_most.count() % 1000 * 1'000'000};
  return ::sigtimedwait(&signals, nullptr, &time) > 0;
}

void service_program::end() { ::kill(::getpid(), SIGTERM); }
