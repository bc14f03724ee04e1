// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program of both versions; included behind one of them.
//
//   serve ENDPOINT  serves orders there until its input ends; says "listening at ENDPOINT"
//   ask ENDPOINT    makes one call of each kind, and prints what becomes of it, a line each
//   work ENDPOINT   goes on calling until its input ends; says "served by VERSION" whenever that changes; at last
//                   "N right". Ends with 1 as soon as something is wrong.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace orders_program {

using namespace std::chrono_literals;

inline void wait_for_end_of_input() {
  for (std::string line; std::getline(std::cin, line);) {
  }
}

inline int serve(const std::string& endpoint) {
  zooid::node node{{.listen = endpoint}};
  node.spawn_as<Shop>("orders");
  std::cout << "listening at " << node.endpoint() << std::endl;
  wait_for_end_of_input();
  node.stop(5s);
  return 0;
}

template <class R>
std::string words_of_outcome(const zooid::result<R>& outcome) {
  if (!outcome) return std::string(to_string(outcome.error().code)) + ": " + outcome.error().detail;
  if constexpr (std::is_arithmetic_v<R>) {
    return std::to_string(*outcome);
  } else {
    return words_of(*outcome);
  }
}

inline int ask(const zooid::ref<Orders>& orders) {
  std::cout << "place: " << words_of_outcome(orders.within(30s).call(make_place(6)).result()) << '\n'
            << "quote: " << words_of_outcome(orders.within(30s).call<Quote>(5).result()) << '\n'
            << "special: " << words_of_outcome(orders.within(30s).call<Special>(9).result()) << std::endl;
  return 0;
}

/// May a call fail so while its server is replaced?
inline bool is_passing(zooid::errc why) {
  return why == zooid::errc::unreachable || why == zooid::errc::disconnected || why == zooid::errc::timeout ||
         why == zooid::errc::shutdown || why == zooid::errc::no_such_service || why == zooid::errc::no_such_actor;
}

inline int work(const zooid::ref<Orders>& orders) {
  std::atomic<bool> ended{false};
  std::jthread input([&] {
    wait_for_end_of_input();
    ended = true;
  });
  std::int64_t right = 0;
  std::int32_t served_by = 0;
  const auto wrong = [&](const std::string& what) {
    std::cout << "wrong: " << what << std::endl;
    std::_Exit(1);  // The other thread waits for input.
  };
  for (std::int64_t number = 1; !ended; ++number) {
    const auto receipt = orders.within(2s).call(make_place(number)).result();
    if (!receipt) {
      if (!is_passing(receipt.error().code)) wrong(words_of_outcome(receipt));
      continue;
    }
    if (!is_right(number, *receipt)) wrong(words_of(*receipt));
    ++right;
    const auto quote = orders.within(2s).call<Quote>(5).result();
    const bool refused = !quote && quote.error().code == zooid::errc::incompatible;
    if (quote ? *quote != 15 : !refused && !is_passing(quote.error().code)) wrong(words_of_outcome(quote));
    if (std::exchange(served_by, receipt->served_by) != served_by) {
      std::cout << "served by " << served_by << std::endl;
    }
  }
  std::cout << right << " right" << std::endl;
  return 0;
}

inline int run(int count, char** arguments) {
  if (count != 3) return 2;
  const std::string what = arguments[1];
  if (what == "serve") return serve(arguments[2]);
  zooid::node node;
  const auto orders = node.find<Orders>(std::string(arguments[2]) + "/orders");
  return what == "ask" ? ask(orders) : work(orders);
}

}  // namespace orders_program

int main(int count, char** arguments) try {
  return orders_program::run(count, arguments);
} catch (const zooid::setup_error& failure) {
  std::cout << failure.what() << std::endl;
  return 3;
}
