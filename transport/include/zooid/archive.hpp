// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/archive_read.hpp>
#include <zooid/archive_write.hpp>
