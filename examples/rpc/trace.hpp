// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/zooid.hpp>

#include <ostream>

/// Serves a calculator at `server`, calls its `send` from another node, and writes what each step of the call did.
void trace_call(zooid::node& server, std::ostream& to);
