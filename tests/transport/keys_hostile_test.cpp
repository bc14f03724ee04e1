// SPDX-License-Identifier: Apache-2.0
// Nodes with keys under attack: from outside by bytes, from inside by somebody who has a key and lies.
#include "key_folder.hpp"
#include "node_world.hpp"
#include "stranger.hpp"

#include "wire.hpp"
#include "zmq_authenticator.hpp"
#include "zmq_keys.hpp"
#include "zmq_reactor.hpp"

#include <zmq.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace wire = zooid::wire;

struct Ask {
  using reply = std::string;
};
struct Oracle;
struct Self {
  using reply = zooid::ref<Oracle>;
};
struct Oracle : zooid::contract<"oracle", Ask, Self> {};
struct Answering {
  using contract = Oracle;
  std::string name;
  std::string on(const Ask&) { return name; }
  zooid::ref<Oracle> on(const Self&, zooid::context& in) { return in.self(this); }
};

/// Asks whom it is told of.
struct Introduce {
  using reply = std::string;
  zooid::ref<Oracle> to;
};
struct Guest : zooid::contract<"guest", Introduce> {};
struct Asking {
  using contract = Guest;
  zooid::task<zooid::result<std::string>> on(const Introduce& introduction) {
    co_return co_await introduction.to.within(patience).call<Ask>();
  }
};

/// A node "server", a node "client" that works with it, and a key "insider" that both let in.
struct keyed_world {
  keyed_world() {
    folder.allow("allowed", {"server", "client", "insider"});
    server = std::make_unique<zooid::node>(zooid::node_options{
        .listen = "tcp://127.0.0.1:0", .events = "tcp://127.0.0.1:0", .keys = folder.of("server", "allowed")});
    server->spawn_as<Answering>("oracle", "server");
    const std::string at = " " + server->endpoint().substr(6);
    folder.allow("allowed", {"server" + at, "client", "insider"});
    client = std::make_unique<zooid::node>(
        zooid::node_options{.listen = "tcp://127.0.0.1:0", .keys = folder.of("client", "allowed")});
    oracle = client->find<Oracle>(server->endpoint() + "/oracle");
  }
  /// The client notices nothing.
  void works() {
    for (int i = 0; i < 20; ++i) REQUIRE(oracle.within(patience).call<Ask>().get() == "server");
    REQUIRE(sum_of(*client).cut_off == 0);
  }
  [[nodiscard]] static int port_of(const std::string& endpoint) {
    return std::stoi(endpoint.substr(endpoint.rfind(':') + 1));
  }

  key_folder folder;
  std::unique_ptr<zooid::node> server;
  std::unique_ptr<zooid::node> client;
  zooid::ref<Oracle> oracle;
};

/// A program with the insider's key that speaks the nodes' protocol as it likes.
struct insider : stranger {
  insider(key_folder& folder, const zooid::node& at, const std::string& server)
      : stranger(at.endpoint(), zmq::socket_type::dealer, [&](zmq::socket_t& socket) {
          socket.set(zmq::sockopt::curve_serverkey, folder.key(server).open);
          socket.set(zmq::sockopt::curve_publickey, folder.key("insider").open);
          socket.set(zmq::sockopt::curve_secretkey, folder.key("insider").secret);
        }) {}
};

/// Writes bytes to a port, and reads until the other side closes. Empty: it did not within a test's patience.
std::optional<std::string> answer_to(int port, std::string_view bytes) {
  const int raw = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patient{30, 0};
  ::setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patient, sizeof patient);
  REQUIRE(::connect(raw, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  static_cast<void>(::send(raw, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  std::string heard;
  std::array<char, 4096> chunk{};
  ssize_t got = 0;
  while ((got = ::recv(raw, chunk.data(), chunk.size(), 0)) > 0)
    heard.append(chunk.data(), static_cast<std::size_t>(got));
  const bool in_time = got == 0 || errno == ECONNRESET;
  ::close(raw);
  return in_time ? std::optional(heard) : std::nullopt;
}

/// What begins a ZMTP 3.1 connection.
std::string greeting(const std::string& mechanism) {
  std::string text = std::string("\xff\0\0\0\0\0\0\0\1\x7f", 10) + "\3\1" + mechanism;
  text.resize(12 + 20, '\0');
  return text + std::string(32, '\0');
}

}  // namespace

TEST_CASE("bytes that prove no key get nobody in, whatever they are", "[keys][hostile]") {
  keyed_world world;
  world.works();
  const std::string ready = std::string(
      "\4\x29\5READY\x0bSocket-Type\0\0\0\6"
      "DEALER"
      "\x08Identity\0\0\0\0",
      43);
  const std::string frame = std::string("\0\x0c", 2) + "ZOOI\1\1......";
  std::vector<std::string> attempts{
      "GET / HTTP/1.1\r\n\r\n",
      std::string("\1\0\x06\0greet!", 10),                          // ZMTP 1.0
      std::string("\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0", 14) + frame,  // ZMTP 2.0
      greeting("NULL") + ready + frame,
      greeting("PLAIN") + std::string("\4\x10\5HELLO\3bob\3bob..", 18) + frame,
      greeting("CURVE") + ready + frame,
      greeting("CURVE") + std::string("\4\xc8\5HELLO\1\0", 10) + std::string(192, 'x'),
      greeting("CURVE") + std::string("\4\xff\x08INITIATE", 11) + std::string(246, 'x'),
  };
  std::mt19937 dice(20261122);
  for (int i = 0; i < 20; ++i) {
    std::string noise = greeting("CURVE");
    for (int n = 0; n < 300; ++n) noise += static_cast<char>(dice());
    attempts.push_back(noise);
  }
  for (const std::string& each : attempts) {
    CAPTURE(each);
    for (const std::string& at : {world.server->endpoint(), world.server->events_endpoint()}) {
      const auto answer = answer_to(world.port_of(at), each);
      REQUIRE(answer);
      CHECK(answer->find("READY") == std::string::npos);
    }
  }
  world.works();
  CHECK(live_sessions(*world.server) == 1);
}

TEST_CASE("an insider's junk is refused as that of any node", "[keys][hostile]") {
  keyed_world world;
  insider who(world.folder, *world.server, "server");
  for (const char* junk : {"", "ZOOI", "ZOOI\1\1", "not a frame"}) who.send(std::string_view(junk));
  who.send(std::string("ZOOI\1\6\0\0", 8) + std::string(64, '\xff'));
  world.works();
}

TEST_CASE("who says that he is at another's address does not get its calls", "[keys][hostile]") {
  keyed_world world;
  insider liar(world.folder, *world.client, "client");
  greet(liar, 4711, world.server->endpoint());
  REQUIRE(zmq_world().eventually([&] { return live_sessions(*world.client) == 1; }));
  world.works();
  CHECK(live_sessions(*world.client) == 2);
}

TEST_CASE("who says that he is another node does not end its session, nor take it over", "[keys][hostile]") {
  keyed_world world;
  world.works();
  insider liar(world.folder, *world.client, "client");
  const bool force = GENERATE(false, true);
  liar.send(hello(world.server->id(), "", force).view());
  CHECK(liar.hear() == wire::frame::refuse);
  world.works();
}

TEST_CASE("who took another node's id before it came is not taken for it", "[keys][hostile]") {
  keyed_world world;
  insider liar(world.folder, *world.client, "client");
  greet(liar, world.server->id());
  REQUIRE(zmq_world().eventually([&] { return live_sessions(*world.client) == 1; }));
  const auto answer = world.oracle.within(patience).call<Ask>().result();
  REQUIRE(code_of(answer) == zooid::errc::denied);
  CHECK_THAT(answer.error().detail, Catch::Matchers::Contains("another key"));
}

TEST_CASE("who says that he is another node at its address gets nothing that refs bring there", "[keys][hostile]") {
  keyed_world world;
  zooid::node guest{{.listen = "tcp://127.0.0.1:0", .keys = world.folder.of("client", "allowed")}};
  guest.spawn_as<Asking>("guest");
  world.folder.allow(
      "allowed", {"server " + world.server->endpoint().substr(6), "client " + guest.endpoint().substr(6), "insider"});
  insider liar(world.folder, guest, "client");
  greet(liar, world.server->id(), world.server->endpoint());
  REQUIRE(zmq_world().eventually([&] { return live_sessions(guest) == 1; }));

  zooid::node friendly{{.keys = world.folder.of("insider", "allowed")}};
  const auto oracle = friendly.find<Oracle>(world.server->endpoint() + "/oracle");
  const Introduce introduction{oracle.within(patience).call<Self>().get()};
  const auto asked = friendly.find<Guest>(guest.endpoint() + "/guest");
  CHECK(code_of(asked.within(patience).call(introduction).result()) == zooid::errc::denied);
}

TEST_CASE("without who decides, nobody gets in", "[keys][hostile]") {
  key_folder folder;
  folder.allow("allowed", {"server 127.0.0.1", "client"});
  zooid::zmq_options options;
  options.keys = std::make_shared<const zooid::zmq_keys>(folder.of("server", "allowed"));
  const auto reactor = std::make_shared<zooid::zmq_reactor>();
  zmq::context_t context(1);
  const auto authenticator = std::make_shared<zooid::zmq_authenticator>(reactor, context, options);
  authenticator->begin();
  zmq::socket_t router(context, zmq::socket_type::router);
  router.set(zmq::sockopt::linger, 0);
  options.keys->guard(router);
  router.bind("tcp://127.0.0.1:*");
  const std::string endpoint = router.get(zmq::sockopt::last_endpoint);

  // What a call comes to; errc{} when the caller got in, since nobody answers it.
  const auto dial = [&] {
    zooid::node client{{.keys = folder.of("client", "allowed")}};
    std::atomic<bool> over = false;
    zooid::errc why{};
    std::thread caller([&] {
      why = code_of(client.find<Oracle>(endpoint + "/oracle").within(patience).call<Ask>().result());
      over = true;
    });
    bool is_in = false;
    while (!over && !is_in) {
      reactor->wait(1ms);
      zmq::message_t part;
      while (router.recv(part, zmq::recv_flags::dontwait)) is_in = true;
    }
    client.stop(0s);
    caller.join();
    return is_in ? zooid::errc{} : why;
  };
  CHECK(dial() == zooid::errc{});
  authenticator->shut();
  CHECK(dial() == zooid::errc::denied);
  reactor->shut();
}
