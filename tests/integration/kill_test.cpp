// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"
#include "process.hpp"
#include "scratch_folder.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace {

struct Work {
  using reply = std::uint64_t;
  std::uint64_t number = 0;
};
struct Worker : zooid::contract<"worker", Work> {};

}  // namespace

TEST_CASE("a callee is killed a hundred times in the middle of calls, and each call ends once and in time", "[kill]") {
  const scratch_folder folder;  // Who is killed leaves its socket behind.
  const std::string endpoint = "ipc://" + folder / "socket";
  zooid::node caller;
  const auto worker = caller.find<Worker>(endpoint + "/worker");
  std::uint64_t next = 0;
  std::uint64_t answered = 0;
  for (int round = 0; round < 100; ++round) {
    child_process callee("kill_callee", {endpoint});
    REQUIRE(callee.read_line_with("ready"));
    std::vector<zooid::pending<std::uint64_t>> calls;
    const std::uint64_t first = next;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) calls.push_back(worker.within(10s).call<Work>(next++));
    // The first answer says that it is in the middle of the others.
    const auto one = calls.front().result();
    if (one) ++answered;
    callee.kill(SIGKILL);
    for (std::size_t i = 1; i < calls.size(); ++i) {
      const auto got = calls[i].result();
      if (got) {
        ++answered;
        CHECK(got.value() == first + i);
      } else {
        const zooid::errc why = got.error().code;
        INFO(got.error().to_string());
        CHECK((why == zooid::errc::disconnected || why == zooid::errc::timeout || why == zooid::errc::unreachable));
      }
    }
    CHECK(std::chrono::steady_clock::now() - begin < 10s + 2s);
    CHECK(callee.wait() == "signal 9");
    check_sessions(caller);
  }
  CHECK(answered >= 90);
  caller.stop(1s);
  check_stopped(caller);
}

TEST_CASE("a callee that is stopped without dying is given up by its heartbeat, with bounded memory", "[kill]") {
  const scratch_folder folder;  // Who is killed leaves its socket behind.
  const std::string endpoint = "ipc://" + folder / "socket";
  zooid::node caller{{.heartbeat_interval = 100ms, .heartbeat_timeout = 600ms}};
  const auto worker = caller.find<Worker>(endpoint + "/worker");
  child_process callee("kill_callee", {endpoint});
  REQUIRE(callee.read_line_with("ready"));
  REQUIRE(worker.call<Work>(std::uint64_t{1}).result());
  callee.kill(SIGSTOP);
  int status = 0;  // The signal is on its way: wait until all its threads have stopped.
  REQUIRE(::waitpid(callee.pid(), &status, WUNTRACED) == callee.pid());
  REQUIRE(WIFSTOPPED(status));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(code_of(worker.within(patience).call<Work>(std::uint64_t{2}).result()) == zooid::errc::disconnected);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  const auto stopping = std::chrono::steady_clock::now();
  caller.stop(100ms);
  CHECK(std::chrono::steady_clock::now() - stopping < 100ms + 1s + 2s);
  check_stopped(caller);
  callee.kill(SIGKILL);
}
