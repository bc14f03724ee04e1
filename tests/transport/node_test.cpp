// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"
#include "scratch_folder.hpp"

#include <functional>
#include <string>

namespace {

struct Ping {
  using reply = int;
};
struct Pinger : zooid::contract<"pinger", Ping> {};
struct Pinging {
  using contract = Pinger;
  int on(Ping) { return 1; }
};

zooid::errc setup_code(const std::function<void()>& what) {
  try {
    what();
  } catch (const zooid::setup_error& why) {
    return why.code();
  }
  return {};
}

}  // namespace

TEST_CASE("a node says where it listens, and that endpoint is taken", "[node]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0"}};
  CHECK(node.endpoint().starts_with("tcp://127.0.0.1:"));
  CHECK_FALSE(node.endpoint().ends_with(":0"));
  CHECK(setup_code([&] { zooid::node other{{.listen = node.endpoint()}}; }) == zooid::errc::address_in_use);
  zooid::node silent;
  CHECK(silent.endpoint().empty());
  CHECK(silent.id() != node.id());
  CHECK(silent.id() != 0);
}

TEST_CASE("a node cannot listen at nonsense, nor beyond loopback without being told to", "[node]") {
  for (const char* text : {"nonsense", "tcp://127.0.0.1", "tcp://127.0.0.1:x"}) {
    INFO(text);
    const zooid::errc why = setup_code([&] { zooid::node node{{.listen = text}}; });
    CHECK((why == zooid::errc::malformed_address || why == zooid::errc::denied));
  }
  CHECK(setup_code([] { zooid::node node{{.listen = "tcp://0.0.0.0:0"}}; }) == zooid::errc::denied);
  CHECK(setup_code([] { zooid::node node{{.listen = "tcp://*:0"}}; }) == zooid::errc::denied);
  CHECK(setup_code([] { zooid::node node{{.listen = "tcp://0.0.0.0:0", .insecure = true}}; }) == zooid::errc{});
  CHECK(setup_code([] { zooid::node node{{.frame_limit = 1000}}; }) == zooid::errc::too_large);
}

TEST_CASE("what is dialled beyond loopback is refused without being told to, and malformed addresses are", "[node]") {
  zooid::node node;
  CHECK(setup_code([&] { static_cast<void>(node.find<Pinger>("tcp://10.0.0.1:1/x")); }) == zooid::errc::denied);
  CHECK(setup_code([&] { static_cast<void>(node.find<Pinger>("tcp://127.example.org:1/x")); }) == zooid::errc::denied);
  CHECK(setup_code([&] { static_cast<void>(node.find<Pinger>("tcp://x/y")); }) == zooid::errc::malformed_address);
  CHECK(setup_code([&] { static_cast<void>(node.find<Pinger>("")); }) == zooid::errc::malformed_address);
}

TEST_CASE("a node's own address leads to its own service without a session", "[node]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0"}};
  const auto own = node.spawn_as<Pinging>("pinger");
  const auto found = node.find<Pinger>(node.endpoint() + "/pinger");
  CHECK(found == own);
  CHECK(found.call<Ping>().get() == 1);
  CHECK(live_sessions(node) == 0);
}

TEST_CASE("a name is taken as long as its actor lives", "[node]") {
  zooid::node node;
  const auto first = node.spawn_as<Pinging>("pinger");
  CHECK(setup_code([&] { node.spawn_as<Pinging>("pinger"); }) == zooid::errc::name_taken);
  CHECK(setup_code([&] { node.spawn_as<Pinging>("zooid"); }) == zooid::errc::name_taken);
}

TEST_CASE("what others should dial travels inside refs", "[node]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0", .advertise = "tcp://127.0.0.1:1"}};
  CHECK(node.endpoint() == "tcp://127.0.0.1:1");
}

TEST_CASE("a node listens at a file, too", "[node]") {
  const scratch_folder folder;
  const std::string endpoint = "ipc://" + folder / "socket";
  zooid::node node{{.listen = endpoint}};
  node.spawn_as<Pinging>("pinger");
  zooid::node client;
  CHECK(client.find<Pinger>(endpoint + "/pinger").call<Ping>().get() == 1);
  client.stop(1s);
  node.stop(1s);
  check_stopped(client);
  check_stopped(node);
}
