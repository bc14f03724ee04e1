// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>

/// Calls `what(with)`. Only what runs in here is counted: callgrind is told this function's name, so it has a file of
/// its own, where no compiler inlines it.
extern "C" void zooid_measured(void (*what)(void*), void* with);

namespace bench {

/// Runs something, so that it is counted; or not, while everything warms up.
class meter {
 public:
  void start() noexcept { counts_ = true; }

  template <class F>
  void run(F what) const {
    if (!counts_) return what();
    zooid_measured([](void* with) { (*static_cast<F*>(with))(); }, std::addressof(what));
  }

 private:
  bool counts_ = false;
};

}  // namespace bench
