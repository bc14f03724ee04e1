// SPDX-License-Identifier: Apache-2.0
#include "keys_by_tool.hpp"
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
    make_key(folder + "/" + name);
    REQUIRE(allow_key(folder + "/allowed", folder + "/" + name, name, addresses).status == "exit code 0");
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

void require_line_with(const std::string& part, child_process& from) {
  const bool came = from.read_line_with(part).has_value();
  INFO(from.output() << from.errors());
  REQUIRE(came);
}

void check_success(child_process& of) {
  const std::string status = of.wait();
  INFO(of.output() << of.errors());
  CHECK(status == "exit code 0");
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
  require_line_with("payments: ready", back);

  std::vector<std::string> arguments = up(hosts.front, "front", folder.path());
  arguments.insert(arguments.end(), {"--set", "progress=100"});
  child_process front(two_hosts::program, arguments);
  require_line_with("500 of 4000 orders settled", front);

  hosts.cut_wire();
  require_line_with("will be tried again", front);
  hosts.mend_wire();

  require_line_with("4000 of 4000 orders settled", front);
  check_success(front);
  back.kill(SIGINT);
  check_success(back);

  const orders_program check = folder.check();
  INFO(check.output << check.errors);
  CHECK(check.status == "exit code 0");
}
