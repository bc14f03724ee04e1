// SPDX-License-Identifier: Apache-2.0
// The blocks of docs/guide/actors.md, refs.md, testing.md, from_zeromq.md and from_grpc.md.
#include <zooid/memory_network.hpp>

#include "shown.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace {

// [guide-room]
struct Room;  // declared ahead: guests are invited to rooms, rooms have guests

struct Invite {
  zooid::ref<Room> room;
};
struct Said {
  std::string text;
};
struct Guest : zooid::contract<"guest", Invite, Said> {};

struct Join {
  zooid::ref<Guest> guest;
};
struct Say {
  std::string text;
};
struct Room : zooid::contract<"room", Join, Say> {};
// [/guide-room]

// [guide-chat]
class ChatRoom {
 public:
  using contract = Room;

 private:
  friend zooid::access;  // lets the library call handlers that are private
  void on(Join join) { guests_.push_back(std::move(join.guest)); }
  void on(const Say& say) {
    for (const zooid::ref<Guest>& guest : guests_) guest.tell(Said{say.text});
  }

  std::vector<zooid::ref<Guest>> guests_;
};

class Visitor {
 public:
  using contract = Guest;
  void on(const Invite& invite, zooid::context& in) { invite.room.tell(Join{in.self(this)}); }
  void on(const Said& said) { std::cout << said.text << '\n'; }
};
// [/guide-chat]

// [guide-divide]
struct Divide {
  using reply = int;
  int dividend;
  int divisor;
};
struct Arithmetic : zooid::contract<"arithmetic", Divide> {};

struct Divider {
  using contract = Arithmetic;
  zooid::result<int> on(const Divide& divide) {
    if (divide.divisor == 0) return zooid::error{zooid::errc::failed, "division by zero"};
    return divide.dividend / divide.divisor;
  }
};
// [/guide-divide]

// [guide-visit]
struct Touch {};
struct Presence : zooid::contract<"presence", Touch> {};

class Visit {  // ends half a minute after the last touch
 public:
  using contract = Presence;
  void start(zooid::context& in) { wait(in); }
  void on(const Touch&, zooid::context& in) {
    silence_.cancel();
    wait(in);
  }

 private:
  friend zooid::access;
  struct Silence {};
  void wait(zooid::context& in) { silence_ = in.after(30s, this, Silence{}); }
  void on(const Silence&, zooid::context& in) { in.stop(); }

  zooid::timer silence_;
};
// [/guide-visit]

// [guide-local]
struct Frame {
  std::unique_ptr<std::vector<std::byte>> pixels;
};
struct Screen : zooid::local_contract<Frame> {};

class Projector {
 public:
  using contract = Screen;
  void on(Frame&& frame) { shown_ = std::move(frame.pixels); }  // moved all the way, never copied

 private:
  std::unique_ptr<std::vector<std::byte>> shown_;
};
// [/guide-local]

// [guide-hello]
struct Hello {
  virtual ~Hello() = default;
  virtual std::string say(const std::string& name) = 0;
  using contract = zooid::interface<"hello", &Hello::say>;
};

class PoliteHello : public Hello {
 public:
  std::string say(const std::string& name) override { return "hello, " + name; }
};
// [/guide-hello]

}  // namespace

TEST_CASE("guests hear what is said in a room", "[guide]") {
  const printed out;
  const auto steps = zooid::make_deterministic_scheduler(std::make_shared<zooid::manual_clock>());
  zooid::actor_system system{{.scheduler = steps}};
  const auto room = system.spawn<ChatRoom>();
  for (int i = 0; i < 2; ++i) system.spawn<Visitor>().tell(Invite{room});
  steps->run_until_idle();
  room.tell(Say{"good evening"});
  steps->run_until_idle();
  CHECK(out.text() == "good evening\ngood evening\n");
}

TEST_CASE("a frame is moved to the screen", "[guide]") {
  zooid::actor_system system;
  const auto screen = system.spawn<Projector>();
  CHECK(screen.tell(Frame{std::make_unique<std::vector<std::byte>>(100)}));
}

TEST_CASE("calls may be under way at the same time", "[guide]") {
  const printed out;
  zooid::node node;
  const auto greeter = node.spawn<PoliteGreeter>();
  // [guide-two-calls]
  auto first = greeter.call(Greet{"Ada"});
  auto second = greeter.call(Greet{"Grace"});  // both are under way
  std::cout << first.get() << ", " << second.get() << '\n';
  // [/guide-two-calls]
  CHECK(out.text() == "hello, Ada, hello, Grace\n");
}

TEST_CASE("a ref has a timeout for all forms", "[guide]") {
  const printed out;
  zooid::node node;
  const auto greeter = node.spawn<PoliteGreeter>();
  // [guide-within]
  const auto patient = greeter.within(10s);
  std::cout << patient.call<Greet>("Ada").get() << '\n';
  // [/guide-within]
  CHECK(out.text() == "hello, Ada\n");
}

TEST_CASE("the code says whether it ran", "[guide]") {
  const printed out;
  zooid::node node;
  const auto arithmetic = node.spawn<Divider>();
  CHECK(arithmetic.call(Divide{6, 3}).get() == 2);
  // [guide-errors]
  const auto answer = arithmetic.call(Divide{1, 0}).result();
  if (!answer) {
    switch (answer.error().code) {
      case zooid::errc::timeout:
      case zooid::errc::disconnected:
        std::cout << "it may have run: repeat it only if that does no harm\n";
        break;
      case zooid::errc::unreachable:
      case zooid::errc::overloaded:
        std::cout << "it did not run: try again later\n";
        break;
      default:
        std::cout << answer.error().to_string() << '\n';
    }
  }
  // [/guide-errors]
  CHECK(out.text() == "failed: division by zero\n");
}

// [guide-virtual-time]
TEST_CASE("a visit ends after half a minute of silence") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto steps = zooid::make_deterministic_scheduler(time);
  zooid::actor_system system{{.scheduler = steps}};

  const auto visit = system.spawn<Visit>();
  steps->run_for(29s);
  CHECK(visit.tell(Touch{}));
  steps->run_for(29s);
  CHECK(visit.tell(Touch{}));  // after 58 s it is still there
  steps->run_for(31s);
  CHECK_FALSE(visit.tell(Touch{}));
}
// [/guide-virtual-time]

// [guide-virtual-network]
TEST_CASE("a client waits two seconds and no longer, and finds the server again") {
  const auto time = std::make_shared<zooid::manual_clock>();
  zooid::memory_hub hub(zooid::seeded_random(1));
  const auto steps = zooid::make_deterministic_scheduler(time, zooid::seeded_random(2));
  const auto ids = zooid::seeded_random(3);
  zooid::node server{
      {.listen = "tcp://127.0.0.1:10000", .scheduler = steps, .network = hub.attach(*steps, "server"), .random = ids}};
  zooid::node client{{.scheduler = steps, .network = hub.attach(*steps, "client"), .random = ids}};
  server.spawn_as<PoliteGreeter>("greeter");
  const auto greeter = client.find<Greeter>("tcp://127.0.0.1:10000/greeter");

  hub.delay(10ms, 20ms);
  CHECK(greeter.call<Greet>("Ada").get() == "hello, Ada");

  hub.partition("server", "client");
  const auto asked = time->now();
  const auto answer = greeter.within(2s).call<Greet>("Ada").result();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == zooid::errc::timeout);  // it was sent: it may have run
  CHECK(time->now() == asked + 2s);

  hub.heal("server", "client");
  steps->run_for(1min);
  CHECK(greeter.call<Greet>("Ada").get() == "hello, Ada");
}
// [/guide-virtual-network]

TEST_CASE("a request with a timeout, for who knows REQ and REP", "[guide]") {
  const printed out;
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};
  server.spawn_as<PoliteGreeter>("greeter");
  // [guide-zmq-after]
  zooid::node client;
  const auto greeter = client.find<Greeter>(server.endpoint() + "/greeter");
  const auto reply = greeter.within(5s).call<Greet>("Ada").result();
  if (reply) {
    std::cout << *reply << '\n';
  } else {
    std::cout << reply.error().to_string() << '\n';  // says why; the next call may succeed
  }
  // [/guide-zmq-after]
  CHECK(out.text() == "hello, Ada\n");
}

TEST_CASE("a function of a service, for who knows stubs", "[guide]") {
  const printed out;
  // [guide-grpc-after]
  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};
  server.serve<Hello>("hello", std::make_unique<PoliteHello>());

  zooid::node client;
  const auto hello = client.find<Hello>(server.endpoint() + "/hello");
  const auto greeting = hello.within(5s).call<&Hello::say>("Ada").result();
  if (greeting) {
    std::cout << *greeting << '\n';
  } else {
    std::cout << greeting.error().to_string() << '\n';
  }
  // [/guide-grpc-after]
  CHECK(out.text() == "hello, Ada\n");
}
