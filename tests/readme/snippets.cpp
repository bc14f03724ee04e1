// SPDX-License-Identifier: Apache-2.0
// The blocks of README.md and docs/*.md that are no programs of their own, as they stand there, and what they print.
#include <zooid/zooid.hpp>

#include "catch.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>
#include <streambuf>
#include <string>

using namespace std::chrono_literals;

namespace {

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};

struct PoliteGreeter {
  using contract = Greeter;
  std::string on(const Greet& greet) { return "hello, " + greet.name; }
};

/// What is written to std::cout while it lives.
class printed {
 public:
  printed() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  printed(printed&&) = delete;
  ~printed() { std::cout.rdbuf(before_); }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

// [account]
struct Add {
  int amount;
};
struct Total {
  using reply = int;
};
struct Account : zooid::contract<"account", Add, Total> {};

class SavingsAccount {
 public:
  using contract = Account;
  void on(const Add& add) { total_ += add.amount; }
  int on(const Total&) { return total_; }

 private:
  int total_ = 0;  // needs no lock: an actor handles one message at a time
};
// [/account]

// [doorman]
struct Arrive {
  using reply = std::string;
  std::string name;
};
struct Door : zooid::contract<"door", Arrive> {};

class Doorman {
 public:
  using contract = Door;
  explicit Doorman(zooid::ref<Greeter> greeter) : greeter_(greeter) {}

  zooid::task<std::string> on(const Arrive& guest) {
    zooid::result<std::string> greeting = co_await greeter_.call<Greet>(guest.name);
    if (!greeting) co_return "come in";
    co_return *greeting + ", come in";
  }

 private:
  zooid::ref<Greeter> greeter_;
};
// [/doorman]

// [payer]
struct Pay {
  int times;
};
struct Payments : zooid::contract<"payments", Pay> {};

struct Payer {
  using contract = Payments;
  zooid::ref<Account> account;

  zooid::task<> on(const Pay& pay) {
    const Add one{1};
    for (int i = 0; i < pay.times; ++i) {
      zooid::result<void> taken = co_await account.tell(one);
      if (!taken) co_return;
    }
  }
};
// [/payer]

// [clock]
struct Tick {};
struct Seconds {
  using reply = int;
};
struct Stopwatch : zooid::contract<"stopwatch", Seconds> {};

class TickingStopwatch {
 public:
  using contract = Stopwatch;
  void start(zooid::context& in) { in.after(1s, this, Tick{}); }
  void on(const Tick&, zooid::context& in) {
    ++seconds_;
    in.after(1s, this, Tick{});
  }
  int on(const Seconds&) { return seconds_; }

 private:
  int seconds_ = 0;
};
// [/clock]

}  // namespace

TEST_CASE("a ref of the same node is called like any other", "[readme]") {
  const printed out;
  // [local]
  zooid::node node;
  auto greeter = node.spawn<PoliteGreeter>();
  std::cout << greeter.call(Greet{.name = "neighbour"}, 1s).get() << '\n';  // hello, neighbour
  // [/local]
  CHECK(out.text() == "hello, neighbour\n");
}

TEST_CASE("tells reach an actor in their order and change its state", "[readme]") {
  const printed out;
  zooid::node node;
  // [tell]
  auto account = node.spawn<SavingsAccount>();
  account.tell(Add{20});
  account.tell(Add{22});
  std::cout << account.call(Total{}).get() << '\n';  // 42
  // [/tell]
  CHECK(out.text() == "42\n");
}

TEST_CASE("an error is a value, or thrown by get", "[readme]") {
  const printed out;
  zooid::node node;
  // [error]
  auto nobody = node.find<Greeter>("nobody");
  auto answer = nobody.call(Greet{.name = "world"}).result();
  if (!answer) std::cout << answer.error().to_string() << '\n';

  try {
    std::cout << nobody.call(Greet{.name = "world"}).get() << '\n';
  } catch (const zooid::call_error& why) {
    if (why.code() == zooid::errc::no_such_service) std::cout << "not started yet\n";
  }
  // [/error]
  CHECK(out.text() ==
        "no_such_service: Greet to nobody was refused: no service has that name\n"
        "not started yet\n");
}

TEST_CASE("a coroutine handler awaits a call", "[readme]") {
  const printed out;
  zooid::node node;
  auto greeter = node.spawn<PoliteGreeter>();
  // [doorman-use]
  auto door = node.spawn<Doorman>(greeter);
  std::cout << door.call<Arrive>("Ada").get() << '\n';  // hello, Ada, come in
  // [/doorman-use]
  CHECK(out.text() == "hello, Ada, come in\n");
}

TEST_CASE("a plain thread waits for room in a mailbox", "[readme]") {
  const printed out;
  zooid::node node;
  auto account = node.spawn<SavingsAccount>();
  // [room]
  for (int i = 0; i < 100'000; ++i) account.within(5s).tell(Add{1}).get();
  std::cout << account.call(Total{}).get() << '\n';  // 100000
  // [/room]
  CHECK(out.text() == "100000\n");
}

TEST_CASE("a coroutine handler waits for room in a mailbox", "[readme]") {
  zooid::node node;
  auto account = node.spawn<SavingsAccount>();
  auto payer = node.spawn<Payer>(account);
  REQUIRE(payer.tell(Pay{20'000}));
  int total = 0;
  for (int looks = 0; looks < 1'000'000 && total < 20'000; ++looks) total = account.call(Total{}).get();
  CHECK(total == 20'000);
}

TEST_CASE("an actor sends itself a message later", "[readme]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto scheduler = zooid::make_deterministic_scheduler(time);
  zooid::actor_system system{{.scheduler = scheduler}};
  auto stopwatch = system.spawn<TickingStopwatch>();
  scheduler->run_for(3500ms);
  CHECK(stopwatch.call(Seconds{}).get() == 3);
}

TEST_CASE("an actor is a plain object", "[readme]") {
  // [unit-test]
  CHECK(PoliteGreeter{}.on(Greet{"world"}) == "hello, world");
  // [/unit-test]
}

TEST_CASE("stopping a node says what it cut off", "[readme]") {
  const printed out;
  zooid::node node;
  // [stop]
  zooid::shutdown_report report = node.stop(2s);
  for (const std::string& lost : report.cut_off) std::cout << lost << '\n';
  // [/stop]
  CHECK(report.clean());
  CHECK(out.text().empty());
}
