// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "process.hpp"
#include "scratch_folder.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What one run of another program came to.
struct orders_program {
  std::string status;
  std::string output;
  std::string errors;
};

/// Orders in a folder of their own, which is gone afterwards, and what is done with them.
class orders_folder {
 public:
  explicit orders_folder(std::uint64_t orders);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// What check_orders.py says of it.
  [[nodiscard]] orders_program check() const;

 private:
  scratch_folder scratch_;
  std::string path_;
};

/// The example's topology while it runs, followed by the lines that `zooid up` prints.
class orders_run {
 public:
  /// `settings`: NAME=VALUE, besides the folder.
  explicit orders_run(const orders_folder& folder, const std::vector<std::string>& settings);

  /// Reads lines until so many orders are settled. False: it ended before.
  [[nodiscard]] bool reach(std::uint64_t settled);
  /// Kills a service with SIGKILL, and reads lines until it has been started anew. Meanwhile the gateway stands still:
  /// on a busy machine it would have settled all before `zooid up` hears of the death. False: it did not run.
  [[nodiscard]] bool dies_and_comes_back(const std::string& service);
  /// Reads the rest: how `zooid up` ended.
  [[nodiscard]] std::string wait();

  /// How often a service was killed, as `zooid up` saw it.
  [[nodiscard]] int deaths(const std::string& service) const;
  /// The last line of a service that holds `part`, without its name; empty when there is none.
  [[nodiscard]] std::string last_line(const std::string& service, const std::string& part) const;
  /// All lines so far, for failures.
  [[nodiscard]] std::string transcript() const;

 private:
  [[nodiscard]] bool read_line();
  /// False: it does not run just now.
  bool signal(const std::string& service, int number);
  [[nodiscard]] bool comes_back(const std::string& service);

  child_process up_;
  std::vector<std::string> lines_;
  std::map<std::string, pid_t> running_;
  std::map<std::string, int> starts_;
  std::map<std::string, int> deaths_;
  std::uint64_t settled_ = 0;
};
