// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/actors.hpp>
#include <zooid/node.hpp>
#include <zooid/node_service.hpp>
