// SPDX-License-Identifier: Apache-2.0
#include "v1/orders.hpp"

#include "orders_program.hpp"
