// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include "fixtures.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <utility>
#include <vector>

// Messages that go into a mailbox together, and who waits until it is less than half full.

using zooid::errc;
using zooid::detail::cell;
using zooid::detail::envelope;
using zooid::detail::mailbox;
using zooid::detail::message_chain;
using zooid::detail::request;

namespace {

/// A number, and a hold on something of which the test counts the holders.
struct Numbered {
  std::uint64_t number = 0;
  std::shared_ptr<int> held{};
};
struct Seen {
  using reply = std::vector<std::uint64_t>;
};
struct Log : zooid::local_contract<Numbered, Seen, Hold> {};
struct LogActor {
  using contract = Log;
  std::vector<std::uint64_t> numbers{};
  void on(const Numbered& what) { numbers.push_back(what.number); }
  std::vector<std::uint64_t> on(Seen) { return numbers; }
  void on(const Hold& hold) {
    hold.begun->open();
    static_cast<void>(hold.end->wait());
  }
};
struct SmallLog : LogActor {
  static constexpr zooid::mailbox_limits mailbox{.messages = 8};
};
struct LogByBytes : LogActor {
  static constexpr zooid::mailbox_limits mailbox{.bytes = 1024};
};
struct NarrowLog : LogActor {
  static constexpr zooid::mailbox_limits mailbox{.messages = 4};
};

struct OtherContract : zooid::local_contract<Add> {};

cell& cell_of(const zooid::ref<Log>& of) { return static_cast<cell&>(*zooid::detail::ref_access::target_of(of)); }

void copy_numbered(void* at, void* from) { ::new (at) Numbered(*static_cast<Numbered*>(from)); }
void throw_instead(void*, void*) { throw std::runtime_error("no"); }

request request_of(cell& to, Numbered& what, std::uint32_t bytes = sizeof(Numbered)) {
  return {to.contract(), &zooid::detail::message_type_of<Numbered>, 0, &copy_numbered, &what, nullptr, bytes, {},
          nullptr};
}

errc gather(cell& to, message_chain& chain, Numbered what, std::uint32_t bytes = sizeof(Numbered)) {
  return to.gather(chain, request_of(to, what, bytes));
}

std::vector<std::uint64_t> counted_up(std::uint64_t count) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

class signal final : public zooid::detail::room_waiter {
 public:
  void on_room() override { told_.store(true); }
  [[nodiscard]] bool told() const { return told_.load(); }

 private:
  std::atomic<bool> told_{false};
};

}  // namespace

TEST_CASE("gathered messages arrive together, in their order, between those that came alone", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<LogActor>();
  cell& to = cell_of(log);
  message_chain chain;
  std::uint64_t next = 0;
  for (const std::uint64_t length : {1u, 2u, 5u, 64u, 200u}) {
    REQUIRE(log.tell(Numbered{next++}));
    for (std::uint64_t i = 0; i < length; ++i) REQUIRE(gather(to, chain, {next++}) == errc{});
    CHECK(to.queued() < next);  // What is gathered is not there yet.
    REQUIRE(to.push(chain) == errc{});
    CHECK(chain.newest == nullptr);
    CHECK(chain.weight == 0);
    CHECK(to.queued() == next);
  }
  CHECK(to.push(chain) == errc{});  // Of nothing.
  CHECK(to.queued() == next);
  one.steps->run_until_idle();
  CHECK(log.call(Seen{}).get() == counted_up(next));
  CHECK(stopped_accounts(one.system, 0s).handled == next + 1);
}

TEST_CASE("what is gathered counts against the mailbox's bound by number", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<SmallLog>();
  cell& to = cell_of(log);
  message_chain chain;
  for (std::uint64_t i = 0; i < 3; ++i) REQUIRE(log.tell(Numbered{i}));
  for (std::uint64_t i = 3; i < 8; ++i) REQUIRE(gather(to, chain, {i}) == errc{});
  CHECK(gather(to, chain, {8}) == errc::overloaded);
  CHECK_FALSE(to.is_full());
  REQUIRE(to.push(chain) == errc{});
  CHECK(to.is_full());
  CHECK_FALSE(log.tell(Numbered{8}));
  CHECK(gather(to, chain, {8}) == errc::overloaded);
  CHECK(chain.newest == nullptr);
  one.steps->run_until_idle();
  CHECK(log.call(Seen{}).get() == counted_up(8));
  CHECK(gather(to, chain, {8}) == errc{});
  CHECK(to.push(chain) == errc{});
}

TEST_CASE("what is gathered counts against the mailbox's bound by bytes", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<LogByBytes>();
  cell& to = cell_of(log);
  message_chain chain;
  REQUIRE(gather(to, chain, {0}, 1) == errc{});  // 64 bytes, as the smallest.
  for (std::uint64_t i = 1; i < 4; ++i) REQUIRE(gather(to, chain, {i}, 300) == errc{});
  CHECK(gather(to, chain, {4}, 1) == errc::overloaded);
  CHECK_FALSE(to.is_half_full());
  REQUIRE(to.push(chain) == errc{});
  CHECK(to.is_full());
  one.steps->run_until_idle();
  CHECK_FALSE(to.is_half_full());
  CHECK(log.call(Seen{}).get() == counted_up(4));
}

TEST_CASE("what is gathered for an actor that has ended meanwhile is gone, all of it", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<LogActor>();
  cell& to = cell_of(log);
  const auto held = std::make_shared<int>();
  message_chain chain;
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(gather(to, chain, {i, held}) == errc{});
  CHECK(held.use_count() == 11);
  one.system.stop(log);
  one.steps->run_until_idle();
  REQUIRE(to.has_ended());
  CHECK(to.push(chain) == errc::no_such_actor);
  CHECK(chain.newest == nullptr);
  CHECK(held.use_count() == 1);
  CHECK(to.queued() == 0);
  CHECK(gather(to, chain, {0}) == errc::no_such_actor);
  CHECK(chain.newest == nullptr);
  CHECK(stopped_accounts(one.system, 0s).taken == 0);
}

TEST_CASE("gathered messages that an actor's end finds in its mailbox are dead letters", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<LogActor>();
  cell& to = cell_of(log);
  const auto held = std::make_shared<int>();
  message_chain chain;
  for (std::uint64_t i = 0; i < 10; ++i) REQUIRE(gather(to, chain, {i, held}) == errc{});
  one.system.stop(log);
  REQUIRE(to.push(chain) == errc{});
  one.steps->run_until_idle();
  CHECK(held.use_count() == 1);
  const zooid::accounts sum = stopped_accounts(one.system, 0s);
  CHECK(sum.taken == 10);
  CHECK(sum.dead() == 10);
}

TEST_CASE("a message that cannot be made leaves the chain as it was", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<LogActor>();
  cell& to = cell_of(log);
  message_chain chain;
  REQUIRE(gather(to, chain, {0}) == errc{});
  Numbered what{1};
  request broken = request_of(to, what);
  broken.construct = &throw_instead;
  CHECK_THROWS_AS(to.gather(chain, broken), std::runtime_error);
  request foreign = request_of(to, what);
  foreign.contract = &zooid::detail::contract_type_of<OtherContract>;
  CHECK(to.gather(chain, foreign) == errc::incompatible);
  REQUIRE(gather(to, chain, {1}) == errc{});
  REQUIRE(to.push(chain) == errc{});
  one.steps->run_until_idle();
  CHECK(log.call(Seen{}).get() == counted_up(2));
}

TEST_CASE("chains stay whole and in order while others push", "[message_chain]") {
  constexpr std::uint32_t producers = 4;  // Every other one pushes chains.
  constexpr std::uint32_t each = 20'000;
  mailbox box;
  const auto fresh = [](std::uint32_t number) {
    envelope* const made = zooid::detail::make_envelope(envelope::kind::message, 0, 1);
    made->bytes = number;
    return made;
  };
  std::vector<std::thread> threads;
  for (std::uint32_t producer = 0; producer < producers; ++producer) {
    threads.emplace_back([&, producer] {
      for (std::uint32_t i = 0; i < each;) {
        const std::uint32_t length = producer % 2 == 0 ? 1 : std::min<std::uint32_t>(i % 7 + 1, each - i);
        envelope* const oldest = fresh(i++ * producers + producer);
        envelope* newest = oldest;
        for (std::uint32_t k = 1; k < length; ++k) {
          envelope* const next = fresh(i++ * producers + producer);
          next->next = newest;
          newest = next;
        }
        static_cast<void>(box.push(*newest, *oldest, false));
      }
    });
  }
  std::array<std::uint32_t, producers> next{};
  std::uint32_t taken = 0;
  bool in_order = true;
  while (taken < producers * each) {
    envelope* first = box.take_all();
    if (first == nullptr) std::this_thread::yield();
    while (first != nullptr) {
      envelope* const following = first->next;
      in_order = in_order && first->bytes / producers == next[first->bytes % producers]++;
      zooid::detail::free_envelope(*first);
      first = following;
      ++taken;
    }
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(in_order);
  for (const std::uint32_t count : next) CHECK(count == each);
}

TEST_CASE("a chain wakes a sleeping mailbox once, and is refused by a closed one as a whole", "[message_chain]") {
  mailbox box;
  const auto chain_of = [](std::uint32_t first) {
    envelope* const oldest = zooid::detail::make_envelope(envelope::kind::message, 0, 1);
    envelope* const newest = zooid::detail::make_envelope(envelope::kind::message, 0, 1);
    oldest->bytes = first;
    newest->bytes = first + 1;
    newest->next = oldest;
    return std::pair(newest, oldest);
  };
  for (const std::uint32_t first : {0u, 2u}) {
    const auto [newest, oldest] = chain_of(first);
    CHECK(box.push(*newest, *oldest, false) == (first == 0 ? mailbox::pushed::wake : mailbox::pushed::quietly));
  }
  std::uint32_t expected = 0;
  for (envelope* each = box.close(); each != nullptr;) {
    CHECK(each->bytes == expected++);
    zooid::detail::free_envelope(*std::exchange(each, each->next));
  }
  CHECK(expected == 4);
  const auto [newest, oldest] = chain_of(4);
  CHECK(box.push(*newest, *oldest, true) == mailbox::pushed::closed);
  zooid::detail::free_envelope(*newest);
  zooid::detail::free_envelope(*oldest);
}

TEST_CASE("threads push chains and single messages into one actor, which is stopped in the middle", "[message_chain]") {
  for (int round = 0; round < 20; ++round) {
    zooid::actor_system system{{.workers = 2}};
    const auto log = system.spawn<LogActor>();
    cell& to = cell_of(log);
    const auto held = std::make_shared<int>();
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<bool> odd{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        message_chain chain;
        for (std::uint64_t i = 0; i < 2000; ++i) {
          std::uint64_t gathered = 0;
          const std::uint64_t length = t == 0 ? 1 : 3;
          while (gathered < length && gather(to, chain, {i, held}) == errc{}) ++gathered;
          const errc why = to.push(chain);
          if (chain.newest != nullptr || chain.weight != 0) odd = true;
          if (why == errc{}) accepted.fetch_add(gathered);
          if (why != errc{} && why != errc::no_such_actor) odd = true;
        }
      });
    }
    if (round % 2 == 0) {
      for (int i = 0; i < round * 5; ++i) std::this_thread::yield();
      system.stop(log);
    }
    for (std::thread& thread : threads) thread.join();
    const zooid::accounts sum = stopped_accounts(system);
    CHECK(sum.taken == accepted.load());
    CHECK_FALSE(odd.load());
    CHECK(held.use_count() == 1);
  }
}

TEST_CASE("who waits for half of the room is told when there is so much, and not before", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<SmallLog>();
  cell& to = cell_of(log);
  const auto none = zooid::make_intrusive<signal>();
  to.when_half_empty(none);
  CHECK(none->told());
  for (std::uint64_t i = 0; i < 4; ++i) REQUIRE(log.tell(Numbered{i}));
  const auto half = zooid::make_intrusive<signal>();
  to.when_half_empty(half);
  CHECK_FALSE(half->told());
  const auto room = zooid::make_intrusive<signal>();
  to.when_room(room);  // There is some, so all who wait are told: who finds too little asks again.
  CHECK(room->told());
  const auto again = zooid::make_intrusive<signal>();
  to.when_half_empty(again);
  CHECK_FALSE(again->told());
  one.steps->run_until_idle();
  CHECK(again->told());
}

TEST_CASE("who waits for half of the room is told when the actor ends", "[message_chain]") {
  simulated one;
  const auto log = one.system.spawn<SmallLog>();
  cell& to = cell_of(log);
  for (std::uint64_t i = 0; i < 8; ++i) REQUIRE(log.tell(Numbered{i}));
  const auto half = zooid::make_intrusive<signal>();
  to.when_half_empty(half);
  CHECK_FALSE(half->told());
  one.system.stop(log);
  one.steps->run_until_idle();
  CHECK(half->told());
  const auto late = zooid::make_intrusive<signal>();
  to.when_half_empty(late);
  CHECK(late->told());
}

TEST_CASE("nobody waits in vain for half of the room in a narrow mailbox", "[message_chain]") {
  constexpr std::uint64_t rounds = 100'000;
  zooid::actor_system system{{.workers = 2}};
  const auto log = system.spawn<NarrowLog>();
  cell& to = cell_of(log);
  std::uint64_t in_vain = 0;
  for (std::uint64_t i = 0; i < rounds && in_vain == 0; ++i) {
    if (!log.tell(Numbered{i}) || !to.is_half_full()) continue;
    const auto half = zooid::make_intrusive<signal>();
    to.when_half_empty(half);
    if (!eventually([&] { return half->told(); })) ++in_vain;
  }
  INFO("queued: " << to.queued());
  CHECK(in_vain == 0);
  stopped_accounts(system);
}
