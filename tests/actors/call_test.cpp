// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <memory>
#include <string>
#include <vector>

namespace {

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Own {
  using reply = std::unique_ptr<std::string>;
  std::unique_ptr<std::string> what;
};
struct Nothing {
  using reply = void;
};
struct Refused {
  using reply = int;
};
struct RefusedVoid {
  using reply = void;
};
struct Big {
  using reply = std::array<char, 5000>;
  std::array<char, 3000> bytes;
};
struct alignas(64) Aligned {
  std::uint64_t n;
};
struct Align {
  using reply = Aligned;
  Aligned what;
};
struct Greeter : zooid::local_contract<Greet, Own, Nothing, Refused, RefusedVoid, Big, Align> {};
struct GreetingActor {
  using contract = Greeter;
  std::string on(const Greet& greet) const { return "hello, " + greet.name; }
  std::unique_ptr<std::string> on(Own&& own) const { return std::move(own.what); }
  void on(Nothing) const {}
  zooid::result<int> on(Refused) const { return zooid::error{zooid::errc::denied, "not you", {}}; }
  zooid::result<void> on(RefusedVoid) const { return zooid::error{zooid::errc::denied, "not you", {}}; }
  std::array<char, 5000> on(const Big& big) const {
    std::array<char, 5000> reply{};
    reply[0] = big.bytes[0];
    return reply;
  }
  Aligned on(const Align& what) const { return {reinterpret_cast<std::uintptr_t>(&what) % 64 == 0 ? what.what.n : 0}; }
};

struct Ask {
  std::string name;
};
struct AskNobody {};
struct Answers {
  using reply = std::vector<std::string>;
};
struct Asker : zooid::local_contract<Ask, AskNobody, Answers> {};
struct AskingActor {
  using contract = Asker;
  zooid::ref<Greeter> whom;
  std::vector<std::string> answers;
  explicit AskingActor(zooid::ref<Greeter> greeter) : whom(std::move(greeter)) {}
  void on(const Ask& ask) {
    whom.call<Greet>(ask.name).then([this](zooid::result<std::string> said) {
      answers.push_back(said ? *said : std::string(zooid::to_string(said.error().code)));
    });
  }
  void on(AskNobody) {
    zooid::ref<Greeter>().call<Greet>("nobody").then([this](zooid::result<std::string> said) {
      answers.push_back(said ? *said : std::string(zooid::to_string(said.error().code)));
    });
  }
  std::vector<std::string> on(Answers) const { return answers; }
};

struct Block {
  using reply = std::string;
  bool by_result;
};
struct BlockTell {
  using reply = std::string;
};
struct Blocker : zooid::local_contract<Block, BlockTell, Sum> {};
struct BlockingActor {
  using contract = Blocker;
  static constexpr zooid::mailbox_limits mailbox{.messages = 4};
  zooid::ref<Greeter> whom;
  explicit BlockingActor(zooid::ref<Greeter> greeter) : whom(std::move(greeter)) {}
  std::string on(Block how) {
    try {
      if (how.by_result) {
        static_cast<void>(whom.call<Greet>("x").result());
      } else {
        static_cast<void>(whom.call<Greet>("x").get());
      }
    } catch (const zooid::call_error& refused) {
      return refused.what();
    }
    return "it blocked";
  }
  std::string on(BlockTell, zooid::context& in) {
    auto told = in.self(this).tell(Sum{});
    while (told) told = in.self(this).tell(Sum{});
    try {
      static_cast<void>(told.result());
    } catch (const zooid::call_error& refused) {
      return refused.what();
    }
    return "it blocked";
  }
  std::uint64_t on(Sum) const { return 7; }
};

struct Count : zooid::local_contract<Sum> {};

}  // namespace

TEST_CASE("a call is answered", "[call]") {
  zooid::actor_system system;
  const auto greeter = system.spawn<GreetingActor>();
  CHECK(greeter.call(Greet{"world"}).get() == "hello, world");
  CHECK(greeter.call(Greet{"world"}, 1s).get() == "hello, world");
  CHECK(greeter.call<Greet>("you").get() == "hello, you");
  CHECK(greeter.within(1s).call<Greet>("there").get() == "hello, there");
  const Greet named{"name"};
  CHECK(greeter.within(1s).call(named).get() == "hello, name");
  CHECK_NOTHROW(greeter.call(Nothing{}).get());
  CHECK(greeter.call(Nothing{}).result());
  stopped_accounts(system);
}

TEST_CASE("requests and replies may be large, aligned, or only movable", "[call]") {
  zooid::actor_system system;
  const auto greeter = system.spawn<GreetingActor>();
  const auto back = greeter.call(Own{std::make_unique<std::string>("mine")}).get();
  CHECK(*back == "mine");
  Big big{};
  big.bytes[0] = 'b';
  CHECK(greeter.call(big).get()[0] == 'b');
  CHECK(greeter.call(Align{{7}}).get().n == 7);
}

TEST_CASE("a handler may answer with an error and goes on", "[call]") {
  zooid::actor_system system;
  const auto greeter = system.spawn<GreetingActor>();
  const auto refused = greeter.call(Refused{}).result();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == zooid::errc::denied);
  CHECK(refused.error().detail == "not you");
  CHECK(code_of(greeter.call(RefusedVoid{}).result()) == zooid::errc::denied);
  CHECK_THROWS_AS(greeter.call(Refused{}).get(), zooid::call_error);
  CHECK(greeter.call<Greet>("again").get() == "hello, again");
}

TEST_CASE("a call of nobody ends with an error", "[call]") {
  const auto refused = zooid::ref<Greeter>().call<Greet>("x").result();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == zooid::errc::no_such_actor);
  CHECK(refused.error().detail.find("Greet") != std::string::npos);
}

TEST_CASE("a message that is a callable one may be told as well", "[call]") {
  zooid::actor_system system;
  const auto greeter = system.spawn<GreetingActor>();
  CHECK(greeter.tell(Greet{"nobody hears it"}));
  CHECK(greeter.call(Nothing{}).result());
  CHECK(stopped_accounts(system).handled == 2);
}

TEST_CASE("many calls may be under way, and are answered in any order of waiting", "[call]") {
  zooid::actor_system system;
  const auto greeter = system.spawn<GreetingActor>();
  std::vector<zooid::pending<std::string>> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(greeter.call<Greet>(std::to_string(i)));
  bool right = true;
  for (int i = 99; i >= 0; --i) {
    right = right && calls[static_cast<std::size_t>(i)].get() == "hello, " + std::to_string(i);
  }
  CHECK(right);
  stopped_accounts(system);
}

TEST_CASE("a continuation runs as a turn of the calling actor", "[call]") {
  simulated one;
  const auto greeter = one.system.spawn<GreetingActor>();
  const auto asker = one.system.spawn<AskingActor>(greeter);
  for (const char* name : {"a", "b", "c"}) CHECK(asker.tell(Ask{name}));
  one.steps->run_until_idle();
  CHECK(asker.call(Answers{}).get() == std::vector<std::string>{"hello, a", "hello, b", "hello, c"});
}

TEST_CASE("a continuation hears of a call that was refused at once", "[call]") {
  simulated one;
  const auto asker = one.system.spawn<AskingActor>(zooid::ref<Greeter>());
  asker.tell(AskNobody{});
  one.steps->run_until_idle();
  CHECK(asker.call(Answers{}).get() == std::vector<std::string>{"no_such_actor"});
}

TEST_CASE("a continuation needs an actor", "[call]") {
  simulated one;
  const auto greeter = one.system.spawn<GreetingActor>();
  try {
    greeter.call<Greet>("x").then([](const zooid::result<std::string>&) {});
    FAIL("it should throw");
  } catch (const zooid::call_error& refused) {
    CHECK(refused.code() == zooid::errc::denied);
  }
  one.steps->run_until_idle();
}

TEST_CASE("waiting inside a handler is refused at once, and the actor goes on", "[call]") {
  zooid::actor_system system{{.workers = 1}};
  const auto greeter = system.spawn<GreetingActor>();
  const auto blocker = system.spawn<BlockingActor>(greeter);
  CHECK(blocker.call(Block{false}).get().substr(0, 7) == "denied:");
  CHECK(blocker.call(Block{true}).get().substr(0, 7) == "denied:");
  CHECK(blocker.call(BlockTell{}).get().substr(0, 7) == "denied:");
  CHECK(eventually([&] { return system.accounts().queued == 0; }));
  CHECK(blocker.call(Sum{}).get() == 7);
  stopped_accounts(system);
}

TEST_CASE("more calls than may be under way are refused as overloaded", "[call]") {
  simulated one({.pending_calls = 3});
  const auto counter = one.system.spawn<CountingActor>();
  std::vector<zooid::pending<std::uint64_t>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(counter.call(Sum{}));
  CHECK(code_of(counter.call(Sum{}).result()) == zooid::errc::overloaded);
  calls.pop_back();
  calls.push_back(counter.call(Sum{}));
  for (auto& call : calls) CHECK(call.result());
  CHECK(counter.call(Sum{}).result());
  CHECK(count(one.system.accounts().refused, zooid::errc::overloaded) == 1);
}

TEST_CASE("a message for another contract's actor is incompatible", "[call]") {
  simulated one;
  one.system.spawn_as<CountingActor>("counter");
  const auto wrong = one.system.find<Count>("counter");
  CHECK(code_of(wrong.call(Sum{}).result()) == zooid::errc::incompatible);
  CHECK(wrong.tell(Sum{}).error().code == zooid::errc::incompatible);
}

TEST_CASE("a pending call can be assigned over, which cancels the old one", "[call]") {
  simulated one;
  const auto counter = one.system.spawn<CountingActor>();
  auto call = counter.call(Sum{});
  call = counter.call(Sum{});
  CHECK(call.result());
  const auto sum = one.system.accounts();
  CHECK(sum.handled == 1);
  CHECK(count(sum.dead_letters, zooid::errc::cancelled) == 1);
}
