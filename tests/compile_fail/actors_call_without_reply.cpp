// SPDX-License-Identifier: Apache-2.0
// expect: can only be told
#include <zooid/actors.hpp>

struct Part {};
struct Parting : zooid::contract<"parting", Part> {};

void use(const zooid::ref<Parting>& to) { static_cast<void>(to.call(Part{})); }
