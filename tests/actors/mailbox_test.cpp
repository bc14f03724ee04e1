// SPDX-License-Identifier: Apache-2.0
#include "mailbox.hpp"

#include "catch.hpp"

#include <array>
#include <cstdint>
#include <thread>
#include <vector>

using zooid::detail::envelope;
using zooid::detail::free_envelope;
using zooid::detail::mailbox;

namespace {

envelope& numbered(std::uint32_t number) {
  envelope* const made = zooid::detail::make_envelope(envelope::kind::message, 0, 1);
  made->bytes = number;
  return *made;
}

std::vector<std::uint32_t> numbers_of(envelope* first) {
  std::vector<std::uint32_t> numbers;
  while (first != nullptr) {
    envelope* const next = first->next;
    numbers.push_back(first->bytes);
    free_envelope(*first);
    first = next;
  }
  return numbers;
}

using numbers = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("the first push into a sleeping mailbox wakes, the next ones do not", "[mailbox]") {
  mailbox box;
  CHECK(box.push(numbered(1), false) == mailbox::pushed::wake);
  CHECK(box.push(numbered(2), false) == mailbox::pushed::quietly);
  CHECK(box.push(numbered(3), true) == mailbox::pushed::quietly);
  CHECK(numbers_of(box.take_all()) == numbers{1, 2, 3});
  CHECK(box.take_all() == nullptr);
}

TEST_CASE("a mailbox sleeps only when it is empty", "[mailbox]") {
  mailbox box;
  static_cast<void>(box.push(numbered(1), false));
  CHECK_FALSE(box.sleep(false));
  CHECK(numbers_of(box.take_all()) == numbers{1});
  CHECK(box.sleep(false));
  CHECK(box.push(numbered(2), false) == mailbox::pushed::wake);
  CHECK(numbers_of(box.take_all()) == numbers{2});
}

TEST_CASE("a consumer that waits for an answer is woken by urgent envelopes alone", "[mailbox]") {
  mailbox box;
  static_cast<void>(box.push(numbered(0), false));
  CHECK(numbers_of(box.take_all()) == numbers{0});
  REQUIRE(box.sleep(true));
  CHECK(box.push(numbered(1), false) == mailbox::pushed::quietly);
  CHECK(box.push(numbered(2), false) == mailbox::pushed::quietly);
  CHECK(box.push(numbered(3), true) == mailbox::pushed::wake);
  CHECK(box.push(numbered(4), true) == mailbox::pushed::quietly);
  CHECK(numbers_of(box.take_all()) == numbers{1, 2, 3, 4});
}

TEST_CASE("a closed mailbox rejects envelopes and gives back what was there", "[mailbox]") {
  mailbox box;
  static_cast<void>(box.push(numbered(1), false));
  static_cast<void>(box.push(numbered(2), false));
  CHECK_FALSE(box.closed());
  CHECK(numbers_of(box.close()) == numbers{1, 2});
  CHECK(box.closed());
  envelope& late = numbered(3);
  CHECK(box.push(late, true) == mailbox::pushed::closed);
  free_envelope(late);
}

TEST_CASE("each of several producers keeps its order", "[mailbox]") {
  constexpr std::uint32_t producers = 4;
  constexpr std::uint32_t each = 20000;
  mailbox box;
  std::vector<std::thread> threads;
  for (std::uint32_t producer = 0; producer < producers; ++producer) {
    threads.emplace_back([&box, producer] {
      for (std::uint32_t i = 0; i < each; ++i) static_cast<void>(box.push(numbered(i * producers + producer), false));
    });
  }
  std::array<std::uint32_t, producers> next{};
  std::uint32_t taken = 0;
  bool in_order = true;
  while (taken < producers * each) {
    const numbers some = numbers_of(box.take_all());
    if (some.empty()) std::this_thread::yield();
    for (const std::uint32_t number : some) in_order = in_order && number / producers == next[number % producers]++;
    taken += static_cast<std::uint32_t>(some.size());
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(in_order);
}

TEST_CASE("a list of envelopes is first in, first out", "[mailbox]") {
  zooid::detail::envelope_list list;
  CHECK(list.pop() == nullptr);
  for (std::uint32_t i = 0; i < 3; ++i) list.append(numbered(i));
  for (std::uint32_t i = 0; i < 3; ++i) {
    envelope* const popped = list.pop();
    REQUIRE(popped != nullptr);
    CHECK(popped->bytes == i);
    free_envelope(*popped);
  }
  CHECK(list.pop() == nullptr);
  list.append(numbered(9));
  CHECK(numbers_of(list.pop()) == numbers{9});
}
