// SPDX-License-Identifier: Apache-2.0
#include <zooid/intrusive_ptr.hpp>

namespace zooid {

// Here, because g++ 12 would take it for the one of a class in which ref_counted is not the first base, and warn.
void ref_counted::destroy() noexcept { delete this; }

}  // namespace zooid
