// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

/// What the program ends with; its help lists them.
enum class exit_code : int {
  done = 0,
  refused = 1,      ///< The node answered with an error.
  usage = 2,        ///< The command line, or JSON in it, is wrong; nothing was sent.
  not_reached = 3,  ///< No node there, or no answer in time.
  broken = 4,       ///< What was answered cannot be understood, or the output not be written.
};

/// Ends the program, with words for its user.
class failure : public std::runtime_error {
 public:
  failure(exit_code code, const std::string& words) : std::runtime_error(words), code_(code) {}
  [[nodiscard]] exit_code code() const noexcept { return code_; }

 private:
  exit_code code_;
};
