// SPDX-License-Identifier: Apache-2.0
// The blocks of docs/guide/events.md, nodes.md, messages.md and stopping.md.
#include <zooid/memory_network.hpp>

#include "shown.hpp"

#include <csignal>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// [guide-thermometer]
struct Temperature {
  std::string room;
  double celsius;
};

struct Display {
  int shown = 0;
  std::uint64_t missing = 0;
  bool exact = true;

  void operator()(const Temperature&) { ++shown; }
  void operator()(const zooid::gap<Temperature>& gap) {
    if (gap.missed) {
      missing += *gap.missed;
    } else {
      exact = false;  // the publisher was started anew: nobody knows how many
    }
  }
};
// [/guide-thermometer]

// [guide-lossless]
struct Booked {
  static constexpr bool lossless = true;
  int account;
  int cents;
};
// [/guide-lossless]

// [guide-introduce]
struct WhereIs {
  using reply = zooid::ref<Greeter>;
  std::string language;
};
struct Directory : zooid::contract<"directory", WhereIs> {};

class PhoneBook {
 public:
  using contract = Directory;
  explicit PhoneBook(std::map<std::string, zooid::ref<Greeter>> known) : known_(std::move(known)) {}
  zooid::ref<Greeter> on(const WhereIs& wanted) { return known_[wanted.language]; }

 private:
  std::map<std::string, zooid::ref<Greeter>> known_;
};
// [/guide-introduce]

// [guide-order]
enum class Unit : std::uint8_t { piece, kilogram };

struct Line {
  std::string sku;
  std::uint32_t quantity = 0;
  Unit unit = Unit::piece;
};

struct PlaceOrder {
  using reply = std::uint64_t;
  std::string customer;
  std::vector<Line> lines;
  std::optional<std::string> note;
  std::map<std::string, std::string> labels;
};
// [/guide-order]

// [guide-money]
class Money {
 public:
  Money() = default;
  explicit Money(std::int64_t cents) : cents_(cents) {}
  [[nodiscard]] std::int64_t cents() const { return cents_; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(cents_);
  }

 private:
  std::int64_t cents_ = 0;
};

struct Transfer {
  using reply = Money;  // what is left
  std::string to;
  Money amount;
};
// [/guide-money]

// [guide-wire-name]
struct PlaceOrderV2 {
  static constexpr std::string_view wire_name = "place_order_2";
  using reply = std::uint64_t;
  std::string customer;
};
// [/guide-wire-name]

struct Counter : zooid::contract<"counter", PlaceOrder, PlaceOrderV2, Transfer> {};
struct Clerk {
  using contract = Counter;
  std::uint64_t on(const PlaceOrder& order) { return order.lines.at(0).quantity + order.labels.size(); }
  std::uint64_t on(const PlaceOrderV2&) { return 2; }
  Money on(const Transfer& transfer) { return Money(100 - transfer.amount.cents()); }
};

// [guide-versions]
namespace old {
struct Reserve {
  using reply = int;
  std::string sku;
};
struct Inventory : zooid::contract<"inventory", Reserve> {};
}  // namespace old

namespace now {
struct Reserve {
  using reply = int;
  std::string sku;
  int quantity = 1;  // appended, with what it means when an old client does not send it
};
struct Inventory : zooid::contract<"inventory", Reserve> {};
}  // namespace now
// [/guide-versions]

struct OldStore {
  using contract = old::Inventory;
  int on(const old::Reserve& what) { return static_cast<int>(what.sku.size()); }
};
struct NewStore {
  using contract = now::Inventory;
  int on(const now::Reserve& what) { return what.quantity; }
};

struct Wait {};
struct Waiting : zooid::contract<"waiting", Wait> {};
struct Patient {
  using contract = Waiting;
  zooid::ref<Greeter> whom;
  zooid::task<> on(const Wait&) { (co_await whom.within(1h).call<Greet>("Godot")).value(); }
};

struct Stumble {};
struct Stumbling : zooid::contract<"stumbling", Stumble> {};
struct Clumsy {
  using contract = Stumbling;
  void on(const Stumble&) { throw std::runtime_error("ouch"); }
};

}  // namespace

TEST_CASE("a subscriber learns what it missed", "[guide]") {
  zooid::memory_hub hub;
  const auto steps = zooid::make_deterministic_scheduler(std::make_shared<zooid::manual_clock>());
  zooid::node node{{.scheduler = steps, .network = hub.attach(*steps)}};
  Display display;
  node.subscribe<Temperature>(std::ref(display));
  for (int i = 0; i < 5'000; ++i) node.publish(Temperature{"kitchen", 20.5});  // Nobody reads: a mailbox takes 4,096.
  steps->run_until_idle();
  CHECK(display.exact);
  CHECK(display.missing > 0);
  CHECK(static_cast<std::uint64_t>(display.shown) + display.missing == 5'000);
}

TEST_CASE("a publisher waits for who hears a lossless event", "[guide]") {
  zooid::node bank{{.listen = "tcp://127.0.0.1:0"}};
  zooid::node office;
  int heard = 0;
  std::promise<void> all;
  auto bookings = office.subscribe<Booked>(
      [&](const Booked&) {
        if (++heard == 10'000) all.set_value();
      },
      zooid::from(bank.endpoint()));
  bookings.confirmed(60s).get();
  // [guide-publish-lossless]
  for (int i = 1; i <= 10'000; ++i) bank.publish(Booked{i, 100}).get();  // in a coroutine: co_await in.publish(…)
  // [/guide-publish-lossless]
  CHECK(all.get_future().wait_for(60s) == std::future_status::ready);
}

TEST_CASE("a ref survives that its server is started again", "[guide]") {
  const printed out;
  // [guide-restart]
  auto server = std::make_unique<zooid::node>(zooid::node_options{.listen = "tcp://127.0.0.1:0"});
  const std::string endpoint = server->endpoint();
  server->spawn_as<PoliteGreeter>("greeter");

  zooid::node client;
  const auto greeter = client.find<Greeter>(endpoint + "/greeter");
  std::cout << greeter.call<Greet>("Ada").get() << '\n';

  server.reset();  // stopped, and started again at the same place
  server = std::make_unique<zooid::node>(zooid::node_options{.listen = endpoint});
  server->spawn_as<PoliteGreeter>("greeter");
  auto greeting = greeter.within(30s).call<Greet>("Grace").result();
  for (int tries = 0; !greeting && tries < 10; ++tries) greeting = greeter.within(30s).call<Greet>("Grace").result();
  std::cout << greeting.value() << '\n';
  // [/guide-restart]
  CHECK(out.text() == "hello, Ada\nhello, Grace\n");
}

TEST_CASE("a node introduces others, and answers for itself", "[guide]") {
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};
  const auto english = server.spawn_as<PoliteGreeter>("greeter");
  server.spawn_as<PhoneBook>("directory", std::map<std::string, zooid::ref<Greeter>>{{"en", english}});
  zooid::node client;
  const auto directory = client.find<Directory>(server.endpoint() + "/directory");
  CHECK(directory.call<WhereIs>("en").get().call<Greet>("Ada").get() == "hello, Ada");
  CHECK_FALSE(directory.call<WhereIs>("fr").get());
  // [guide-ping]
  const auto itself = client.find<zooid::node_service>(server.endpoint() + "/zooid");
  itself.call<zooid::service::ping>().get();                                  // it handles messages
  const bool accepts_work = itself.call<zooid::service::ready>().get();       // false while it stops
  const auto about = itself.call<zooid::service::describe>("greeter").get();  // its messages and their fields
  // [/guide-ping]
  CHECK(accepts_work);
  CHECK(about.services.size() == 1);
}

TEST_CASE("plain structs and classes travel", "[guide]") {
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};
  server.spawn_as<Clerk>("counter");
  zooid::node client;
  const auto counter = client.find<Counter>(server.endpoint() + "/counter");
  CHECK(counter.call(PlaceOrder{"Ada", {{"tea", 41, Unit::piece}}, "quickly", {{"gift", "yes"}}}).get() == 42);
  CHECK(counter.call<PlaceOrderV2>("Ada").get() == 2);
  CHECK(counter.call(Transfer{"Grace", Money(58)}).get().cents() == 42);
  CHECK(zooid::wire_name<PlaceOrderV2>() == "place_order_2");
}

TEST_CASE("two versions of a contract understand each other", "[guide]") {
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};
  server.spawn_as<OldStore>("old");
  server.spawn_as<NewStore>("new");
  zooid::node client;
  CHECK(client.find<old::Inventory>(server.endpoint() + "/new").call<old::Reserve>("tea").get() == 1);
  zooid::node newer;
  CHECK(newer.find<now::Inventory>(server.endpoint() + "/old").call<now::Reserve>("tea", 5).get() == 3);
}

TEST_CASE("a stop names who was cut off", "[guide]") {
  const printed out;
  zooid::node node;
  const auto absent = node.find<Greeter>("ipc:///nowhere/at/all/greeter");
  // [guide-cut-off]
  const auto patient = node.spawn_as<Patient>("patient", absent);  // whose handler awaits somebody who never comes
  patient.tell(Wait{});

  const zooid::shutdown_report report = node.stop(100ms);
  for (const std::string& line : report.cut_off) std::cout << line << '\n';
  // patient: 1 message(s) not handled to the end
  // [/guide-cut-off]
  CHECK(out.text() == "patient: 1 message(s) not handled to the end\n");
}

TEST_CASE("a service waits for a signal", "[guide]") {
  sigset_t before;
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &terminate, &before);
  REQUIRE(std::raise(SIGTERM) == 0);  // Waits for whoever waits for it below.
  // [guide-signals]
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  zooid::node node{{.listen = "tcp://127.0.0.1:0"}};
  int caught = 0;
  sigwait(&signals, &caught);
  const zooid::shutdown_report report = node.stop(5s);
  // [/guide-signals]
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(caught == SIGTERM);
  CHECK(report.clean());
}

TEST_CASE("dead letters are reported, and the sums add up", "[guide]") {
  const printed out(std::clog);
  // [guide-dead-letter]
  zooid::node node{{.on_dead_letter = [](const zooid::dead_letter& letter) {
    std::clog << letter.message << " to " << letter.receiver << ": " << zooid::to_string(letter.why) << '\n';
  }}};
  // [/guide-dead-letter]
  node.spawn_as<Clumsy>("clumsy").tell(Stumble{});
  node.stop(30s);
  CHECK(out.text() == "Stumble to clumsy: failed\n");
  // [guide-accounts]
  const zooid::accounts all = node.accounts();
  bool adds_up = all.taken == all.handled + all.dead() + all.queued;
  for (const zooid::session_accounts& peer : node.sessions()) {
    adds_up = adds_up && peer.sent == peer.taken + peer.refused_in_all() + peer.cut_off + peer.in_flight;
  }
  // [/guide-accounts]
  CHECK(adds_up);
}
