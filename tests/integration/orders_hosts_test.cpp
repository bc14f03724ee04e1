// SPDX-License-Identifier: Apache-2.0
#include "orders_run.hpp"
#include "process.hpp"

#include "catch.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

// The example orders on two hosts: network namespaces with a wire between them, which is cut in the middle.

namespace {

constexpr std::uint64_t all_orders = 4'000;

/// Two network namespaces and a wire, gone afterwards. Their names are this process's own.
class two_hosts {
 public:
  two_hosts() {
    for (const std::string& host : {front, back}) ip({"netns", "add", host});
    ip({"-n", front, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", back});
    ip({"-n", front, "address", "add", "10.0.0.1/24", "dev", "wire"});
    ip({"-n", back, "address", "add", "10.0.0.2/24", "dev", "wire"});
    for (const std::string& host : {front, back}) {
      ip({"-n", host, "link", "set", "wire", "up"});
      ip({"-n", host, "link", "set", "lo", "up"});  // A host reaches its own addresses by it, too.
    }
  }
  two_hosts(two_hosts&&) = delete;
  ~two_hosts() {
    for (const std::string& host : {front, back}) run({"netns", "delete", host});
  }

  /// May this user make some, and is the program there that does?
  [[nodiscard]] static bool possible() {
    if (::geteuid() != 0 || !std::filesystem::exists(program)) return false;
    const std::string trial = "zooid-" + std::to_string(::getpid()) + "-trial";
    return run({"netns", "add", trial}) && run({"netns", "delete", trial});
  }

  void cut_wire() const { ip({"-n", front, "link", "set", "wire", "down"}); }
  void mend_wire() const { ip({"-n", front, "link", "set", "wire", "up"}); }

  const std::string front = "zooid-" + std::to_string(::getpid()) + "-front";
  const std::string back = "zooid-" + std::to_string(::getpid()) + "-back";

  static constexpr const char* program = "/sbin/ip";

 private:
  static bool run(std::vector<std::string> arguments) {
    child_process ip(program, std::move(arguments));
    return ip.wait() == "exit code 0";
  }
  static void ip(const std::vector<std::string>& arguments) {
    child_process ip(program, arguments);
    if (ip.wait() != "exit code 0") throw std::runtime_error("ip " + arguments.front() + ": " + ip.errors());
  }
};

std::string zooid() { return ZOOID_BIN_DIR "/zooid"; }

void make_keys(const std::string& folder) {
  std::filesystem::create_directory(folder);
  const auto make = [&](const std::string& name, const std::vector<std::string>& addresses) {
    child_process fresh("zooid", {"keys", "new", folder + "/" + name});
    REQUIRE(fresh.wait() == "exit code 0");
    std::vector<std::string> line{"keys", "allow", folder + "/allowed", folder + "/" + name + ".pub", name};
    line.insert(line.end(), addresses.begin(), addresses.end());
    child_process allow("zooid", line);
    REQUIRE(allow.wait() == "exit code 0");
  };
  make("front", {"10.0.0.1"});
  make("back", {"10.0.0.2"});
  make("operator", {});
}

std::vector<std::string> up(const std::string& host, const std::string& half, const std::string& folder) {
  const std::string keys = folder + "/keys";
  return {"netns",     "exec",
          host,        zooid(),
          "up",        ZOOID_SOURCE_DIR "/examples/orders/two_hosts/" + half + ".toml",
          "--key",     keys + "/operator.key",
          "--allowed", keys + "/allowed",
          "--set",     "data=" + folder,
          "--set",     "keys=" + keys};
}

}  // namespace

TEST_CASE("orders on two hosts survives a cut of the wire, and its books are right",
          "[integration][orders][hosts][needs-root]") {
  if (!two_hosts::possible()) {
    WARN("not tested: it takes root, network namespaces, and the program " << two_hosts::program);
    return;
  }
  const two_hosts hosts;
  const orders_folder folder(all_orders);
  make_keys(folder.path() + "/keys");

  child_process back(two_hosts::program, up(hosts.back, "back", folder.path()));
  const bool is_ready = back.read_line_with("payments: ready").has_value();
  INFO(back.output() << back.errors());
  REQUIRE(is_ready);

  std::vector<std::string> arguments = up(hosts.front, "front", folder.path());
  arguments.insert(arguments.end(), {"--set", "progress=100"});
  child_process front(two_hosts::program, arguments);
  const bool is_on_its_way = front.read_line_with("500 of 4000 orders settled").has_value();
  INFO(front.output() << front.errors());
  REQUIRE(is_on_its_way);

  hosts.cut_wire();
  const auto noticed = front.read_line_with("will be tried again");
  INFO(front.output() << front.errors());
  REQUIRE(noticed);
  hosts.mend_wire();

  const bool is_done = front.read_line_with("4000 of 4000 orders settled").has_value();
  INFO(front.output() << front.errors());
  REQUIRE(is_done);
  CHECK(front.wait() == "exit code 0");
  back.kill(SIGINT);
  CHECK(back.wait() == "exit code 0");

  const orders_program check = folder.check();
  INFO(check.output << check.errors);
  CHECK(check.status == "exit code 0");
}
