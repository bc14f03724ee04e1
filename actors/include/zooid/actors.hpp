// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/system.hpp>

/// Typed actors, in one program or, with <zooid/zooid.hpp>, in several. `zooid::detail` is not for users.
namespace zooid {}
