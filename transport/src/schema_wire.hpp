// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/schema.hpp>

#include "wire.hpp"

namespace zooid::wire {

void put_schema(byte_buffer& to, const schema& what);
/// Throws `violation`. What it returns is consistent: all indices are of its types.
[[nodiscard]] schema take_schema(reader& from);

}  // namespace zooid::wire
