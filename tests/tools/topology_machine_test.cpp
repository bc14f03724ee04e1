// SPDX-License-Identifier: Apache-2.0
// What a topology needs of the machine: programs, folders, ports.
#include "topology_file.hpp"

#include <zmq.hpp>

#include <cerrno>
#include <cstdlib>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using lines = std::vector<std::string>;

namespace {

/// A ROUTER that listens, as a service would.
struct listener {
  explicit listener(const std::string& endpoint) : socket(context, zmq::socket_type::router) {
    socket.set(zmq::sockopt::linger, 0);
    socket.bind(endpoint);
  }

  [[nodiscard]] std::string endpoint() const { return socket.get(zmq::sockopt::last_endpoint); }

  zmq::context_t context;
  zmq::socket_t socket;
};

std::string topology_at(const std::string& endpoint) {
  return "name = \"t\"\n[service.a]\ncommand = \"true\"\nendpoint = \"" + endpoint + "\"\n";
}

constexpr const char* two_ports =
    "name = \"t\"\n"
    "[service.a]\ncommand = \"true\"\nendpoint = \"tcp://127.0.0.1:0\"\narguments = [\"{b}\"]\n"
    "[service.b]\ncommand = \"true\"\nendpoint = \"tcp://127.0.0.1:0\"\n";

}  // namespace

TEST_CASE("a program that is missing is complained about, with where it was looked for", "[topology]") {
  const topology_file file(
      "name = \"t\"\n"
      "[service.a]\ncommand = \"no-such-program\"\n"
      "[service.b]\ncommand = \"./no-such-program\"\n"
      "[service.c]\ncommand = \"./topology.toml\"\n");
  const std::string own = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string path = std::getenv("PATH");
  CHECK(
      file.complaints() ==
      lines{
          "topology.toml:3:11: no program \"no-such-program\" for service \"a\": it is neither beside zooid, in " +
              own + ", nor in PATH, " + path + "; build or install it, or write its path",
          "topology.toml:5:11: no program \"./no-such-program\" for service \"b\": there is no no-such-program; build "
          "or install it, or write its path",
          "topology.toml:7:11: no program \"./topology.toml\" for service \"c\": topology.toml cannot be executed; "
          "build or install it, or write its path"});
}

TEST_CASE("a program is found beside the running one before it is found in PATH", "[topology]") {
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe");
  std::string looked;
  CHECK(find_program(own.filename(), "/", looked) == own);
  CHECK(find_program("sh", "/", looked).filename() == "sh");
  CHECK(find_program("bin/sh", "/", looked) == "/bin/sh");
  CHECK(find_program("../bin/sh", "/tmp", looked) == "/bin/sh");
  CHECK(looked.empty());
}

TEST_CASE("a folder to run in that is missing is complained about", "[topology]") {
  CHECK(complaints_of("name = \"t\"\n[service.a]\ncommand = \"true\"\ndirectory = \"/no/such\"\n") ==
        lines{"topology.toml:4:13: service \"a\" cannot run in /no/such: there is no such folder; to make it: mkdir -p "
              "/no/such"});
}

TEST_CASE("each port 0 becomes a free port, the same wherever it stands", "[topology]") {
  const topology_file file(two_ports);
  const topology read = load_topology(file.path());
  const std::string& a = read.services[0].endpoint;
  const std::string& b = read.services[1].endpoint;
  CHECK(a != b);
  CHECK_FALSE(a.ends_with(":0"));
  CHECK(read.services[0].arguments == lines{b});
}

TEST_CASE("a chosen port is kept for its service, also when that starts anew", "[topology]") {
  const topology_file file(two_ports);
  const topology read = load_topology(file.path());
  for (int start = 0; start < 3; ++start) {
    const listener service(read.services[0].endpoint);
    CHECK_THROWS_AS(listener(read.services[0].endpoint), zmq::error_t);
  }
}

TEST_CASE("a chosen port is in use for other topologies, until the first has ended", "[topology]") {
  const topology_file file(two_ports);
  std::string endpoint;
  {
    const topology first = load_topology(file.path());
    endpoint = first.services[0].endpoint;
    const listener service(endpoint);
    CHECK_THROWS_AS(held_port(endpoint), failure);
    CHECK(load_topology(file.path()).services[0].endpoint != endpoint);
  }
}

TEST_CASE("a port in use is complained about", "[topology]") {
  const listener other("tcp://127.0.0.1:0");
  CHECK(complaints_of(topology_at(other.endpoint())) ==
        lines{"topology.toml:4:12: service \"a\" cannot listen at " + other.endpoint() +
              ": the port is in use by another program; end that one, or write another port or 0"});
}

TEST_CASE("an address of another machine is taken as it is, but no port can be chosen there", "[topology]") {
  CHECK(complaints_of(topology_at("tcp://192.0.2.1:5000")).empty());
  CHECK(
      complaints_of(topology_at("tcp://192.0.2.1:0")) ==
      lines{"topology.toml:4:12: service \"a\" cannot listen at tcp://192.0.2.1:0: no address of this machine: only on "
            "it a free port can be chosen; write the port"});
}

TEST_CASE("a host that nobody knows is complained about", "[topology]") {
  const lines all = complaints_of(topology_at("tcp://no-such-host.invalid:5000"));
  REQUIRE(all.size() == 1);
  CHECK_THAT(all[0], Catch::Matchers::StartsWith("topology.toml:4:12: service \"a\" cannot listen at "
                                                 "tcp://no-such-host.invalid:5000: the host "
                                                 "\"no-such-host.invalid\" is not known here: "));
}

TEST_CASE("an ipc path is in use as long as somebody listens there", "[topology]") {
  const topology_file file("");
  const std::string path = (file.folder() / "a").string();
  const std::string prefix = "topology.toml:4:12: service \"a\" cannot listen at ipc://a: ";
  file.write(topology_at("ipc://" + path));
  CHECK(file.complaints().empty());
  {
    const listener other("ipc://" + path);
    CHECK(file.complaints() == lines{prefix + "another program listens there; end that one, or write another path"});
  }
  CHECK(file.complaints().empty());

  std::filesystem::remove(path);
  sockaddr_un at{};  // What a program that was killed leaves behind.
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(dead, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  ::close(dead);
  CHECK(file.complaints().empty());

  std::filesystem::remove(path);
  std::ofstream(path) << "precious";
  CHECK(file.complaints() == lines{prefix + "a file is there that is no socket"});
}

TEST_CASE("an ipc path needs its folder", "[topology]") {
  CHECK(
      complaints_of(topology_at("ipc:///no/such/socket")) ==
      lines{"topology.toml:4:12: service \"a\" cannot listen at ipc:///no/such/socket: there is no folder /no/such; to "
            "make it: mkdir -p /no/such"});
}
