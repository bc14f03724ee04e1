// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "position.hpp"
#include "topology_port.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// When a service that ended is started anew.
struct restart_rule {
  enum class policy {
    never,
    on_failure,  ///< After a signal or an exit code other than 0.
    always,
  };
  policy when = policy::on_failure;
  unsigned times = 10;  ///< So many are allowed within `within`; the next one is too many.
  std::chrono::milliseconds within = std::chrono::minutes(1);
  std::chrono::milliseconds backoff{100};  ///< The first pause; doubles to at most 5 s, see docs/topologies.md.
};

/// One service of a topology.
struct service_plan {
  std::string name{};
  std::string command{};                             ///< As the file has it, placeholders replaced.
  std::filesystem::path program{};                   ///< What to execute, absolute; empty after `read_topology`.
  std::vector<std::string> arguments{};              ///< Without the program's name.
  std::string endpoint{};                            ///< "tcp://host:port" or "ipc:///path"; empty: it has none.
  std::map<std::string, std::string> environment{};  ///< Besides what is inherited.
  std::filesystem::path directory{};                 ///< Where it runs, absolute; empty: where zooid was started.
  std::vector<std::size_t> needs{};                  ///< Each an index into `topology::services`, as the next two.
  std::vector<std::size_t> calls{};
  std::vector<std::size_t> hears{};
  std::size_t level = 0;  ///< 0: it needs none; else one more than the highest level that it needs.
  restart_rule restart{};
  position command_at{};  ///< In the file, for errors; as the next one (`endpoint_at.line == 0`: it has none).
  position endpoint_at{};
};

/// What a topology file says. Moved, not copied, since it holds ports.
struct topology {
  std::string file{};            ///< As the user named it: errors begin with it.
  std::filesystem::path path{};  ///< The same, absolute and without links: what tells it from other topologies.
  std::string name{};
  std::optional<std::size_t> until{};  ///< The service whose end is the end of all.
  std::chrono::milliseconds drain = std::chrono::seconds(5);
  std::chrono::milliseconds ready = std::chrono::seconds(30);
  std::vector<service_plan> services{};  ///< In the order of the file; at least one.
  std::vector<held_port> ports{};        ///< Of the services that have a TCP endpoint, if it was made for starting.

  /// The services' indices, those of level 0 first; within a level in the file's order.
  [[nodiscard]] std::vector<std::vector<std::size_t>> levels() const;
};

/// Values for variables that override the file's.
using topology_settings = std::map<std::string, std::string>;

/// From "NAME=VALUE" each. Throws `failure`, with exit_code::usage, when one has no '=' or is there twice.
[[nodiscard]] topology_settings parse_settings(const std::vector<std::string>& texts);

/// For drawing: what the file itself says. Neither are programs looked up nor ports chosen: a port 0 stays.
/// Throws `failure`, with exit_code::usage and one line for each thing that is wrong, ordered by position.
[[nodiscard]] topology read_topology(const std::string& file, const topology_settings& settings = {});

/// For starting: as `read_topology`; moreover programs and folders exist, and the ports are free. Each port 0 has
/// become a free port, which stands in the arguments, too. `ports` keeps all ports from other programs, but not from
/// the services themselves, as long as it lives: keep it until the last service has ended. Throws `failure` as
/// `read_topology`, with what is wrong in the file and on this machine together.
[[nodiscard]] topology load_topology(const std::string& file, const topology_settings& settings = {});

/// Where the file of a program is: `command` with a slash is relative to `folder`; one without is looked for beside the
/// running program and then in PATH. Empty when there is none that can be executed; then `looked` says where it was
/// looked for, in words.
[[nodiscard]] std::filesystem::path find_program(const std::string& command, const std::filesystem::path& folder,
                                                 std::string& looked);
