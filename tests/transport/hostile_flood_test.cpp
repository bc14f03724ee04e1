// SPDX-License-Identifier: Apache-2.0
#include "event_probe.hpp"
#include "foreign_socket.hpp"
#include "link_probe.hpp"
#include "node_world.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// libzmq 4.3 aborts the process when it stopped reading a connection because a socket's mark was reached, the peer
// leaves, and what was read already has a PING in it (its issue 4364). So sockets have no mark for what they receive.
// Whoever can connect can try it: here a plain TCP client, which speaks ZMTP 3.1 itself.

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr auto ping = "\x04\x07\x04PING\0\0"sv;

/// A connection of a socket type. It is ready when it is constructed, and ends with a reset.
class flooder {
 public:
  flooder(std::string_view endpoint, std::string_view type) {
    const linger reset{1, 0};
    REQUIRE(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
    const timeval at_most{patience.count(), 0};
    REQUIRE(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &at_most, sizeof at_most) == 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(std::string(endpoint.substr(endpoint.rfind(':') + 1)))));
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    const std::string greeting = "\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01NULL"s + std::string(48, '\0');
    const std::string ready = "\x05READY\x0bSocket-Type\0\0\0"s + static_cast<char>(type.size()) + std::string(type);
    send(greeting + "\x04"s + static_cast<char>(ready.size()) + ready);
    static_cast<void>(read(greeting.size()));
    hear("\x05READY");
  }
  flooder(flooder&&) = delete;
  ~flooder() { ::close(socket_); }

  /// A PING, the same message of one part many times, a PING, a last message: few enough bytes for libzmq to read them
  /// at once. Returns when it has.
  void flood(std::string_view same, std::string_view last) const {
    const auto message = [](std::string_view body) {
      return "\0"s + static_cast<char>(body.size()) + std::string(body);
    };
    std::string burst(ping);
    for (int i = 0; i < 1'900; ++i) burst += message(same);
    burst += ping;
    send(burst + message(last));
    hear("\x04PONG");
  }

 private:
  void send(std::string_view bytes) const {
    REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  [[nodiscard]] std::string read(std::size_t size) const {
    std::string bytes(size, '\0');
    REQUIRE(::recv(socket_, bytes.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size));
    return bytes;
  }
  /// The next command of this name; others, the node's own PING, may come before it.
  void hear(std::string_view name) const {
    bool heard = false;
    for (int i = 0; i < 100 && !heard; ++i) {
      const std::string header = read(2);
      heard = read(static_cast<unsigned char>(header[1])).starts_with(name);
    }
    REQUIRE(heard);
  }

  int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
};

constexpr int rounds = 10;

struct Add {
  using reply = int;
  int number = 0;
};
struct Sum : zooid::contract<"sum", Add> {};
struct Summing {
  using contract = Sum;
  int total = 0;
  int on(Add add) { return total += add.number; }
};

}  // namespace

TEST_CASE("who floods a listener and leaves before he is read is read to the end", "[hostile][zmq_network]") {
  const auto acceptor = std::make_shared<acceptor_probe>();
  const auto node = zooid::make_zmq_network();
  const std::string endpoint = node->listen("tcp://127.0.0.1:0", acceptor);
  for (int round = 1; round <= rounds; ++round) {
    flooder(endpoint, "DEALER").flood("x", "last");
    const flooder next(endpoint, "DEALER");  // libzmq has seen the other one leave, and nobody has read yet
    const auto all = static_cast<std::size_t>(1'901 * round);
    REQUIRE(until({node}, [&] { return acceptor->foreign().size() == all; }));
    CHECK(acceptor->foreign().back() == parts{"last"});
  }
}

TEST_CASE("who floods a publisher and leaves before he is read is read to the end", "[hostile][zmq_network]") {
  const auto probe = std::make_shared<event_probe>();
  const auto node = zooid::make_zmq_network();
  const auto outlet = node->open_outlet("tcp://127.0.0.1:0", zooid::event_flow::lossless, probe);
  for (std::size_t round = 1; round <= rounds; ++round) {
    flooder(outlet->endpoint(), "SUB").flood("\1x", "\1last");
    const flooder next(outlet->endpoint(), "SUB");
    REQUIRE(until({node}, [&] { return probe->count("-last") == round; }));
    CHECK(probe->count("+last") == round);
  }
}

TEST_CASE("a node goes on answering while strangers flood it and leave", "[hostile]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0"}};
  const auto here = node.spawn_as<Summing>("sum");
  zooid::node client;
  const auto sum = client.find<Sum>(node.endpoint() + "/sum");
  for (int round = 1; round <= rounds; ++round) {
    flooder(node.endpoint(), "DEALER").flood("x", "last");
    CHECK(sum.within(patience).call(Add{1}).get() == round);
  }
  CHECK(sum_of(client).cut_off == 0);
  client.stop(1s);
  node.stop(1s);
  check_stopped(client);
  check_stopped(node);
}
