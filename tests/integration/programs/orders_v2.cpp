// SPDX-License-Identifier: Apache-2.0
#include "v2/orders.hpp"

#include "orders_program.hpp"
