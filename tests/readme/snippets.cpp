// SPDX-License-Identifier: Apache-2.0
// The blocks of README.md that are no programs of their own, as they stand there, and what they print.
#include <zooid/json.hpp>

#include "shown.hpp"

#include <future>
#include <memory>

namespace {

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

// [paid]
struct Paid {
  std::string order;
  int cents;
};
// [/paid]

// [bookkeeper]
struct Sum {
  using reply = int;
};
struct Books : zooid::contract<"books", Sum> {};

class Bookkeeper {
 public:
  using contract = Books;
  void start(zooid::context& in) { in.subscribe<Paid>(this); }  // add zooid::from(address) for another node's
  void on(const Paid& paid) { cents_ += paid.cents; }
  void on(const zooid::gap<Paid>&) { complete_ = false; }  // some were dropped: it was too slow, or cut off
  int on(const Sum&) { return complete_ ? cents_ : -1; }

 private:
  int cents_ = 0;
  bool complete_ = true;
};
// [/bookkeeper]

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

// [calculator]
struct Calculator {
  virtual ~Calculator() = default;
  virtual int add(int, int) = 0;
  virtual std::string send(const std::string&) = 0;
  using contract = zooid::interface<"calculator", &Calculator::add, &Calculator::send>;
};

class PocketCalculator : public Calculator {
 public:
  int add(int a, int b) override { return a + b; }
  std::string send(const std::string& text) override { return "send message " + text; }
};
// [/calculator]

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

TEST_CASE("events reach who subscribed", "[readme]") {
  const printed out;
  // [events]
  zooid::node shop{{.listen = "tcp://127.0.0.1:0"}};
  zooid::node office;

  std::promise<int> first;
  auto payments = office.subscribe<Paid>([&](const Paid& paid) { first.set_value(paid.cents); },
                                         zooid::from(shop.endpoint()), zooid::key("berlin"));
  payments.confirmed().get();               // from now on nothing is missed unnoticed
  shop.publish(Paid{"A17", 300}, "paris");  // the key decides who gets it
  shop.publish(Paid{"B4", 4200}, "berlin");
  std::cout << first.get_future().get() << '\n';  // 4200
  // [/events]
  CHECK(out.text() == "4200\n");
}

TEST_CASE("an actor subscribes itself", "[readme]") {
  zooid::node node;
  auto books = node.spawn<Bookkeeper>();
  CHECK(books.call(Sum{}).get() == 0);  // It has started.
  node.publish(Paid{"A17", 4200});
  CHECK(books.call(Sum{}).get() == 4200);
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
  for (int looks = 0; looks < 1'000'000 && total < 20'000; ++looks) {
    const auto answer = account.call(Total{}).result();
    if (answer) total = *answer;  // Else the mailbox is full just now.
  }
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

TEST_CASE("an object is called through its interface", "[readme]") {
  const printed out;
  zooid::node node;
  // [calculator-use]
  node.serve<Calculator>("calculator", std::make_unique<PocketCalculator>());

  auto calculator = node.find<Calculator>("calculator");               // from elsewhere "tcp://host:port/calculator"
  std::cout << calculator.call<&Calculator::add>(2, 3).get() << '\n';  // 5
  // [/calculator-use]
  CHECK(out.text() == "5\n");
}

TEST_CASE("an account on another node is reached like any other", "[guide]") {
  const printed out;
  // [guide-caf-after]
  zooid::node bank{{.listen = "tcp://127.0.0.1:0"}};
  bank.spawn_as<SavingsAccount>("account");

  zooid::node client;
  const auto account = client.find<Account>(bank.endpoint() + "/account");
  account.tell(Add{42});
  std::cout << account.within(5s).call<Total>().get() << '\n';  // 42
  // [/guide-caf-after]
  CHECK(out.text() == "42\n");
}

TEST_CASE("an actor is a plain object", "[readme]") {
  // [unit-test]
  CHECK(PoliteGreeter{}.on(Greet{"world"}) == "hello, world");
  // [/unit-test]
}

TEST_CASE("a node opens its door for other languages", "[readme]") {
  // [door]
  zooid::node server{{.listen = "tcp://127.0.0.1:0", .door = zooid::json()}};
  // [/door]
  CHECK_FALSE(server.endpoint().empty());
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
