// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <zooid/zooid.hpp>
using namespace std::chrono_literals;

struct Greet {                // a message is a plain struct ...
  using reply = std::string;  // ... with a reply type it can be called, without one it can only be told
  std::string name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};  // what a client must know

struct PoliteGreeter {  // an actor is a plain class that handles the contract's messages
  using contract = Greeter;
  std::string on(const Greet& greet) { return "hello, " + greet.name; }
};

int main() {
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};  // any free port
  server.spawn_as<PoliteGreeter>("greeter");

  zooid::node client;
  auto greeter = client.find<Greeter>(server.endpoint() + "/greeter");
  std::cout << greeter.call(Greet{.name = "world"}, 1s).get() << '\n';
}
