// SPDX-License-Identifier: Apache-2.0
#include "nats_server.hpp"

#include "child_process.hpp"
#include "time_box.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr int not_found = 127;  ///< The exit code that a shell would give.

class temporary_directory {
 public:
  temporary_directory() {
    if (::mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(temporary_directory&&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "zooid-bench-XXXXXX";
};

/// Debian has it where only root's PATH leads.
[[noreturn]] void become_nats_server(const char* ports_directory) {
  end_with_parent();
  for (const char* program : {"nats-server", "/usr/sbin/nats-server"}) {
    ::execlp(program, program, "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", ports_directory, "-l", "/dev/null",
             nullptr);
  }
  ::_exit(not_found);
}

std::string contents(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void require_running(pid_t id) {
  int status = 0;
  if (::waitpid(id, &status, WNOHANG) != id) return;
  throw std::runtime_error(WIFEXITED(status) && WEXITSTATUS(status) == not_found
                               ? "the program nats-server was not found: install Debian's package nats-server"
                               : "nats-server ended early");
}

/// It writes where it listens to a file, once it does.
std::string wait_for_url(pid_t id, const std::string& ports_directory) {
  const std::string file = ports_directory + "/nats-server_" + std::to_string(id) + ".ports";
  for (const auto deadline = steady::now() + 5s; steady::now() < deadline; std::this_thread::sleep_for(1ms)) {
    const std::string text = contents(file);
    if (nlohmann::json::accept(text)) return nlohmann::json::parse(text).at("nats").at(0).get<std::string>();
    require_running(id);
  }
  throw std::runtime_error("nats-server does not listen after 5 s");
}

}  // namespace

nats_server::nats_server() {
  const temporary_directory ports;
  id_ = ::fork();
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ == 0) become_nats_server(ports.path().c_str());
  ::setenv("NATS_URL", wait_for_url(id_, ports.path()).c_str(), 1);
}

nats_server::~nats_server() {
  ::kill(id_, SIGTERM);
  ::waitpid(id_, nullptr, 0);
}

}  // namespace bench
