// SPDX-License-Identifier: Apache-2.0

// Greets whoever asks: hello_server [ENDPOINT]. Runs until its input ends or it is interrupted.

#include "greeter.hpp"

#if __has_include(<zooid/json.hpp>)
#include <zooid/json.hpp>
#endif

#include <csignal>
#include <iostream>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

class PoliteGreeter {
 public:
  using contract = Greeter;
  std::string on(const Greet& greet, zooid::context& in) {
    in.publish(Greeted{greet.name}, greet.name);  // Nobody has to listen.
    return "hello, " + greet.name + ", for the " + nth() + " time";
  }

 private:
  // An actor's members need no lock: it handles one message at a time.
  std::string nth() { return std::to_string(++greetings_) + "."; }
  int greetings_ = 0;
};

// Made before the node, so that the node's threads leave these signals alone.
int signals_as_file() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

void wait_until_told(int signals) {
  pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}};
  char ignored[256];
  do {
    poll(waiting, 2, -1);
  } while (waiting[1].revents == 0 && (waiting[0].revents == 0 || read(STDIN_FILENO, ignored, sizeof ignored) > 0));
}

}  // namespace

int main(int argc, char** argv) try {
  const int signals = signals_as_file();
  zooid::node_options options{.listen = argc > 1 ? argv[1] : "tcp://127.0.0.1:10000"};
#if __has_include(<zooid/json.hpp>)
  options.door = zooid::json();  // for programs in other languages, as examples/python
#endif
  zooid::node node{options};
  node.spawn_as<PoliteGreeter>("greeter");
  std::cout << "listening at " << node.endpoint() << std::endl;
  wait_until_told(signals);
} catch (const zooid::setup_error& failure) {
  std::cerr << "hello_server: " << failure.what() << '\n';
  return 1;
}
