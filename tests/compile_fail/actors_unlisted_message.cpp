// SPDX-License-Identifier: Apache-2.0
// expect: the contract does not list this message
// expect: check_listed<.*Parting.*Stranger
#include <zooid/actors.hpp>

struct Part {};
struct Stranger {};
struct Parting : zooid::contract<"parting", Part> {};

void use(const zooid::ref<Parting>& to) { to.tell(Stranger{}); }
