// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Calls through an interface to an object on another node: over ZeroMQ and in memory, with threads and simulated.

namespace {

struct Calculator {
  virtual ~Calculator() = default;
  virtual int add(int, int) = 0;
  virtual std::string send(const std::string&) = 0;
  virtual int divide(int, int) const = 0;
  virtual int negate(int) const noexcept = 0;
  virtual double negate(double) const noexcept = 0;
  virtual void remember(std::vector<int> numbers) = 0;
  virtual const std::vector<int>& remembered() const = 0;
  using contract = zooid::interface<"calculator", &Calculator::add, &Calculator::send, &Calculator::divide,
                                    static_cast<int (Calculator::*)(int) const noexcept>(&Calculator::negate),
                                    &Calculator::remember, &Calculator::remembered>;
};

template <class Interface>
class pocket_calculator : public Interface {
 public:
  int add(int a, int b) override { return a + b; }
  std::string send(const std::string& text) override { return "send message " + text; }
  int divide(int a, int b) const override {
    if (b == 0) throw std::domain_error("division by zero");
    if (a < 0) throw zooid::call_error(zooid::errc::denied, "not below zero");
    if (b < 0) throw b;
    return a / b;
  }
  int negate(int number) const noexcept override { return -number; }
  double negate(double number) const noexcept override { return -number; }
  void remember(std::vector<int> numbers) override { numbers_ = std::move(numbers); }
  const std::vector<int>& remembered() const override { return numbers_; }

 private:
  std::vector<int> numbers_;
};
using PocketCalculator = pocket_calculator<Calculator>;

struct ScientificCalculator : Calculator {
  virtual int square(int) = 0;
  using contract = zooid::interface<"scientific calculator", &ScientificCalculator::add, &ScientificCalculator::square>;
};
class DeskCalculator : public pocket_calculator<ScientificCalculator> {
 public:
  int square(int number) override { return number * number; }
};

// What other programs may take for the same.
namespace newer {
struct Calculator {
  virtual ~Calculator() = default;
  virtual int subtract(int, int) = 0;
  virtual long add(long, long) = 0;
  virtual std::string send(const std::string&) = 0;
  using contract = zooid::interface<"calculator", &Calculator::subtract, &Calculator::add, &Calculator::send>;
};
}  // namespace newer
struct Abacus {
  virtual ~Abacus() = default;
  virtual int add(int, int) = 0;
  using contract = zooid::interface<"abacus", &Abacus::add>;
};

template <class World>
struct server_and_client {
  explicit server_and_client(zooid::node_options of_server = {}) : server(world.add(std::move(of_server))) {}
  ~server_and_client() {
    client->stop(1s);
    server->stop(1s);
    check_stopped(*client);
    check_stopped(*server);
  }
  template <class Interface>
  [[nodiscard]] auto find(const std::string& name) {
    return client->template find<Interface>(server->endpoint() + "/" + name);
  }

  World world;
  std::unique_ptr<zooid::node> server;
  std::unique_ptr<zooid::node> client = world.add();
};

struct Sum {
  using reply = int;
  int a = 0;
  int b = 0;
};
struct Accounting : zooid::contract<"accounting", Sum> {};
struct Accountant {
  using contract = Accounting;
  zooid::ref<Calculator::contract> calculator;
  zooid::task<zooid::result<int>> on(const Sum& sum) {
    co_return co_await calculator.call<&Calculator::add>(sum.a, sum.b);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("functions of an object on another node are called through its interface", "[interface]", zmq_world,
                   memory_world, simulated_world) {
  server_and_client<TestType> nodes;
  nodes.server->template serve<Calculator>("calculator", std::make_unique<PocketCalculator>());
  const auto calculator = nodes.template find<Calculator>("calculator");
  CHECK(calculator.template call<&Calculator::add>(2, 3).get() == 5);
  CHECK(calculator.within(5s).template call<&Calculator::send>("测试用例").get() == "send message 测试用例");
  CHECK(calculator.template call<&Calculator::divide>(7, 2).get() == 3);
  CHECK(calculator.template call<static_cast<int (Calculator::*)(int) const noexcept>(&Calculator::negate)>(4).get() ==
        -4);
  calculator.template call<&Calculator::remember>(std::vector{1, 2, 3}).get();
  CHECK(calculator.template call<&Calculator::remembered>().get() == std::vector{1, 2, 3});
  CHECK(calculator.template tell<&Calculator::remember>(std::vector{4}));
  CHECK(calculator.template call<&Calculator::remembered>().get() == std::vector{4});
}

TEMPLATE_TEST_CASE("an actor awaits a function of an object on another node", "[interface]", zmq_world, memory_world,
                   simulated_world) {
  server_and_client<TestType> nodes;
  nodes.server->template serve<Calculator>("calculator", std::make_shared<PocketCalculator>());
  const auto accountant = nodes.client->template spawn<Accountant>(nodes.template find<Calculator>("calculator"));
  CHECK(accountant.template call<Sum>(20, 22).get() == 42);
}

TEMPLATE_TEST_CASE("a derived interface lists functions of its base class", "[interface]", zmq_world, memory_world,
                   simulated_world) {
  server_and_client<TestType> nodes;
  nodes.server->template serve<ScientificCalculator>("calculator", std::make_shared<DeskCalculator>());
  const auto calculator = nodes.template find<ScientificCalculator>("calculator");
  CHECK(calculator.template call<&ScientificCalculator::add>(2, 3).get() == 5);
  CHECK(calculator.template call<&Calculator::add>(3, 4).get() == 7);
  CHECK(calculator.template call<&ScientificCalculator::square>(5).get() == 25);
}

TEMPLATE_TEST_CASE("who calls a function that is not there learns what exactly", "[interface]", zmq_world, memory_world,
                   simulated_world) {
  server_and_client<TestType> nodes;
  nodes.server->template serve<Calculator>("calculator", std::make_shared<PocketCalculator>());

  const auto nobody = nodes.template find<Calculator>("nobody").template call<&Calculator::add>(1, 2).result();
  REQUIRE(code_of(nobody) == zooid::errc::no_such_service);
  CHECK_THAT(nobody.error().detail, Catch::Matchers::Contains("\"nobody\""));

  const auto other = nodes.template find<newer::Calculator>("calculator");
  const auto unknown = other.template call<&newer::Calculator::subtract>(1, 2).result();
  REQUIRE(code_of(unknown) == zooid::errc::no_such_message);
  CHECK_THAT(unknown.error().detail, Catch::Matchers::Contains("subtract"));
  const auto changed = other.template call<&newer::Calculator::add>(1, 2).result();
  REQUIRE(code_of(changed) == zooid::errc::incompatible);
  CHECK_THAT(changed.error().detail, Catch::Matchers::Contains("add"));
  CHECK(other.template call<&newer::Calculator::send>("it").get() == "send message it");

  const auto abacus = nodes.template find<Abacus>("calculator").template call<&Abacus::add>(1, 2).result();
  REQUIRE(code_of(abacus) == zooid::errc::incompatible);
  CHECK_THAT(abacus.error().detail, Catch::Matchers::Contains("\"calculator\""));
  CHECK_THAT(abacus.error().detail, Catch::Matchers::Contains("\"abacus\""));
}

TEMPLATE_TEST_CASE("what a function throws is its caller's error, and the object goes on", "[interface]", zmq_world,
                   memory_world, simulated_world) {
  server_and_client<TestType> nodes;
  nodes.server->template serve<Calculator>("my_calculator", std::make_shared<PocketCalculator>());
  const auto calculator = nodes.template find<Calculator>("my_calculator");
  calculator.template call<&Calculator::remember>(std::vector{7}).get();

  const auto thrown = calculator.template call<&Calculator::divide>(1, 0).result();
  REQUIRE(code_of(thrown) == zooid::errc::failed);
  CHECK(thrown.error().to_string() == "failed: divide of my_calculator threw: division by zero");
  const auto number = calculator.template call<&Calculator::divide>(1, -1).result();
  REQUIRE(code_of(number) == zooid::errc::failed);
  CHECK(number.error().detail == "divide of my_calculator threw");
  const auto own = calculator.template call<&Calculator::divide>(-1, 1).result();
  REQUIRE(code_of(own) == zooid::errc::denied);
  CHECK(own.error().detail == "not below zero");

  CHECK(calculator.template call<&Calculator::remembered>().get() == std::vector{7});
}

// How many at a time.

namespace {

/// Its functions keep their worker until the test lets them go.
struct Meeting {
  virtual ~Meeting() = default;
  virtual int meet() = 0;
  virtual void count() = 0;
  virtual int twice(int) = 0;
  using contract = zooid::interface<"meeting", &Meeting::meet, &Meeting::count, &Meeting::twice>;
};
class MeetingRoom : public Meeting {
 public:
  explicit MeetingRoom(int expected) : expected_(expected) {}
  int meet() override {
    const int now = ++inside_;
    int most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
    if (now == expected_) all_are_here_.open();
    static_cast<void>(all_are_here_.wait());
    --inside_;
    return most_;
  }
  void count() override { ++counted_; }
  int twice(int number) override { return 2 * number; }
  [[nodiscard]] int inside() const { return inside_; }
  [[nodiscard]] int counted() const { return counted_; }

 private:
  const int expected_;
  gate all_are_here_;
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
  std::atomic<int> counted_{0};
};

}  // namespace

TEMPLATE_TEST_CASE("an object is served one call at a time, unless told otherwise", "[interface]", zmq_world,
                   memory_world) {
  server_and_client<TestType> nodes({.workers = 4});
  nodes.server->template serve<Meeting>("meeting", std::make_shared<MeetingRoom>(1));
  const auto meeting = nodes.template find<Meeting>("meeting");
  std::vector<zooid::pending<int>> calls;
  for (int i = 0; i < 200; ++i) calls.push_back(meeting.within(patience).template call<&Meeting::meet>());
  for (auto& each : calls) CHECK(each.get() == 1);
}

TEMPLATE_TEST_CASE("with a concurrency of four, four calls run at the same time", "[interface]", zmq_world,
                   memory_world) {
  server_and_client<TestType> nodes({.workers = 5});
  nodes.server->template serve<Meeting>("meeting", std::make_shared<MeetingRoom>(4), {.concurrency = 4});
  const auto meeting = nodes.template find<Meeting>("meeting");
  const auto near = nodes.server->template find<Meeting>("meeting");
  std::vector<zooid::pending<int>> calls;
  for (int i = 0; i < 4; ++i)
    calls.push_back((i % 2 == 0 ? meeting : near).within(patience).template call<&Meeting::meet>());
  for (auto& each : calls) CHECK(each.get() == 4);
  for (int i = 0; i < 200; ++i) calls.push_back(meeting.within(patience).template call<&Meeting::meet>());
  for (auto each = calls.begin() + 4; each != calls.end(); ++each) CHECK(each->get() == 4);
}

TEMPLATE_TEST_CASE("a slow call of an object that is served concurrently holds up no other", "[interface]", zmq_world,
                   memory_world) {
  server_and_client<TestType> nodes({.workers = 4});
  const auto room = std::make_shared<MeetingRoom>(2);
  nodes.server->template serve<Meeting>("meeting", room, {.concurrency = 2});
  const auto meeting = nodes.template find<Meeting>("meeting");
  auto slow = meeting.within(patience).template call<&Meeting::meet>();
  REQUIRE(nodes.world.eventually([&] { return room->inside() == 1; }));
  for (int i = 0; i < 50; ++i) CHECK(meeting.within(patience).template call<&Meeting::twice>(i).get() == 2 * i);
  CHECK(room->inside() == 1);
  CHECK(meeting.within(patience).template call<&Meeting::meet>().get() == 2);
  CHECK(slow.get() == 2);
}

TEMPLATE_TEST_CASE("an object that is served concurrently hears every tell, however small its mailboxes", "[interface]",
                   zmq_world, memory_world) {
  server_and_client<TestType> nodes({.mailbox = {.messages = 8}});
  const auto room = std::make_shared<MeetingRoom>(1);
  nodes.server->template serve<Meeting>("meeting", room, {.concurrency = 3});
  std::vector<std::thread> tellers;
  std::atomic<int> lost{0};
  for (const auto& meeting :
       {nodes.template find<Meeting>("meeting"), nodes.server->template find<Meeting>("meeting")}) {
    tellers.emplace_back([&lost, meeting] {
      for (int i = 0; i < 5'000; ++i) {
        if (!meeting.within(patience).template tell<&Meeting::count>().result()) ++lost;
      }
    });
  }
  for (std::thread& each : tellers) each.join();
  CHECK(lost == 0);
  CHECK(nodes.world.eventually([&] { return room->counted() == 10'000; }));
}

TEMPLATE_TEST_CASE("a service that is served concurrently stops as one, and can be served again", "[interface]",
                   zmq_world, memory_world, simulated_world) {
  server_and_client<TestType> nodes;
  const unsigned concurrency = GENERATE(1U, 2U, 7U);
  auto object = std::make_shared<PocketCalculator>();
  const std::weak_ptr<Calculator> first = object;
  const auto here = nodes.server->template serve<Calculator>("calculator", std::move(object), {concurrency});
  const auto calculator = nodes.template find<Calculator>("calculator");
  for (int i = 0; i < 50; ++i) CHECK(calculator.template call<&Calculator::add>(i, 1).get() == i + 1);

  nodes.server->stop(here);
  CHECK(nodes.world.eventually([&] { return first.expired(); }));
  CHECK(code_of(calculator.template call<&Calculator::add>(1, 2).result()) == zooid::errc::no_such_service);
  CHECK(code_of(here.template call<&Calculator::add>(1, 2).result()) == zooid::errc::no_such_service);

  nodes.server->template serve<Calculator>("calculator", std::make_shared<PocketCalculator>(), {.concurrency = 2});
  CHECK(calculator.template call<&Calculator::add>(2, 2).get() == 4);
  CHECK(here.template call<&Calculator::add>(2, 2).get() == 4);
}

TEMPLATE_TEST_CASE("services come and go under one name while they are called", "[interface]", zmq_world,
                   memory_world) {
  server_and_client<TestType> nodes({.workers = 3});
  const auto far = nodes.template find<Calculator>("calculator");
  const auto near = nodes.server->template find<Calculator>("calculator");
  std::atomic<bool> over{false};
  std::atomic<int> wrong{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> callers;
  for (const auto& calculator : {far, near}) {
    callers.emplace_back([&, calculator] {
      while (!over) {
        const auto sum = calculator.within(patience).template call<&Calculator::add>(2, 3).result();
        const zooid::errc why = code_of(sum);
        if (sum ? *sum != 5 : why != zooid::errc::no_such_service && why != zooid::errc::no_such_actor) ++wrong;
        if (sum) ++answered;
      }
    });
  }
  for (int round = 0; round < 100; ++round) {
    auto object = std::make_shared<PocketCalculator>();
    const std::weak_ptr<Calculator> watched = object;
    const auto now = nodes.server->template serve<Calculator>("calculator", std::move(object), {1U + round % 4});
    const int before = answered;
    CHECK(nodes.world.eventually([&] { return answered > before; }));
    nodes.server->stop(now);
    REQUIRE(nodes.world.eventually([&] { return watched.expired(); }));
  }
  over = true;
  for (std::thread& each : callers) each.join();
  CHECK(wrong == 0);
}
