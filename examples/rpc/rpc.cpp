// SPDX-License-Identifier: Apache-2.0

// Calls an object's functions from another node: rpc. With --trace, it shows the steps of one call.

#include "calculator.hpp"
#include "trace.hpp"

#include <exception>
#include <iostream>
#include <memory>
#include <string_view>

namespace {

void call_some(zooid::node& server) {
  server.serve<Calculator>("calculator", std::make_unique<PocketCalculator>());

  zooid::node client;
  const auto calculator = client.find<Calculator>(server.endpoint() + "/calculator");
  std::cout << calculator.call<&Calculator::send>("rpc 测试用例").get() << '\n';
  std::cout << "2 + 3 = " << calculator.call<&Calculator::add>(2, 3).get() << '\n';
  const zooid::result<int> quotient = calculator.call<&Calculator::divide>(1, 0).result();
  if (!quotient) std::cout << quotient.error().to_string() << '\n';

  zooid::node second_client;
  const auto abacus = second_client.find<Calculator>(server.endpoint() + "/abacus");
  const zooid::result<int> sum = abacus.call<&Calculator::add>(2, 3).result();
  if (!sum) std::cout << sum.error().to_string() << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
  const bool traced = argc == 2 && std::string_view(argv[1]) == "--trace";
  if (argc > 1 && !traced) {
    std::cerr << "usage: rpc [--trace]\n";
    return 2;
  }
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};  // any free port
  if (traced) {
    trace_call(server, std::cout);
  } else {
    call_some(server);
  }
} catch (const std::exception& failure) {  // setup_error, or call_error of what should have been answered
  std::cerr << "rpc: " << failure.what() << '\n';
  return 1;
}
