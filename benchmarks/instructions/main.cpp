// SPDX-License-Identifier: Apache-2.0
// zooid-instructions: prints the compiler that built it, and the operations, a line each.
// zooid-instructions OPERATION MESSAGES: does it so many times, in whole rounds; cmake/bench_instructions.py runs this
// under callgrind, which counts what `zooid_measured` does.
#include "operations.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace {

constexpr std::uint64_t warm_up_rounds = 10;

/// Whether everything that was sent has arrived, unchanged.
bool run(bench::operation& what, std::uint64_t messages) {
  bench::meter meter;
  const std::uint64_t rounds = messages / bench::operation::messages_a_round;
  for (std::uint64_t i = 0; i < warm_up_rounds; ++i) what.round(meter);
  meter.start();
  for (std::uint64_t i = 0; i < rounds; ++i) what.round(meter);

  constexpr std::uint64_t a_round = bench::operation::messages_a_round;
  const std::uint64_t all = warm_up_rounds + rounds;
  return what.received() == all * a_round && what.sum() == all * (a_round * (a_round - 1) / 2);
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 1) {
    std::cout << ZOOID_COMPILER << '\n';
    for (const bench::named_operation& each : bench::operations()) std::cout << each.name << '\n';
    return EXIT_SUCCESS;
  }
  for (const bench::named_operation& each : bench::operations()) {
    if (count != 3 || each.name != arguments[1]) continue;
    if (run(*each.make(), std::strtoull(arguments[2], nullptr, 10))) return EXIT_SUCCESS;
    std::cerr << "zooid-instructions: what arrived is not what was sent\n";
    return EXIT_FAILURE;
  }
  std::cerr << "usage: zooid-instructions [OPERATION MESSAGES]\n";
  return 2;
}
