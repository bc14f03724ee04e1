// SPDX-License-Identifier: Apache-2.0
// A user's program: a remote call, an error thrown inside the library, the reserved service from here and from afar.
#include <zooid/zooid.hpp>

#include <chrono>
#include <iostream>
#include <string>

using namespace std::chrono_literals;

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};

struct PoliteGreeter {
  using contract = Greeter;
  std::string on(const Greet& greet) { return "hello, " + greet.name; }
};

int main() {
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};
  server.spawn_as<PoliteGreeter>("greeter");
  try {
    server.spawn_as<PoliteGreeter>("greeter");
  } catch (const zooid::setup_error& why) {
    std::cout << to_string(why.code()) << '\n';
  }

  zooid::node client;
  auto greeter = client.find<Greeter>(server.endpoint() + "/greeter");
  std::cout << greeter.call(Greet{.name = "world"}, 30s).get() << '\n';
  for (auto service :
       {server.find<zooid::node_service>("zooid"), client.find<zooid::node_service>(server.endpoint() + "/zooid")}) {
    std::cout << (service.within(30s).call<zooid::service::ready>().get() ? "ready" : "not ready") << '\n';
  }
}
