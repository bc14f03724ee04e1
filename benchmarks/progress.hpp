// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "time_box.hpp"

#include <cstddef>
#include <string>

namespace bench {

/// One line on standard error that says what is being measured, and about how long the rest will take; nothing when
/// standard error is no terminal. The line goes away with the object. One thread.
class progress {
 public:
  /// `steps`: how often `begin` will be called.
  explicit progress(std::size_t steps);
  progress(progress&&) = delete;
  ~progress();

  /// The step before, if any, is done, and this one begins.
  void begin(const std::string& what);

 private:
  void show(const std::string& text) const;

  bool visible_;
  std::size_t steps_;
  std::size_t begun_ = 0;
  steady::time_point start_ = steady::now();
};

}  // namespace bench
