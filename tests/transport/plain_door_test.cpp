// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <zooid/json.hpp>

#include <zmq.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Programs that are no nodes, with plain ZeroMQ sockets, ask services of a node.

namespace {

using parts = std::vector<std::string>;
using Catch::Matchers::Contains;

struct Add {
  std::int32_t amount = 0;
};
struct Total {
  using reply = std::int64_t;
};
struct Sell {
  using reply = std::vector<std::string>;
  std::string sku;
  std::uint32_t quantity = 0;
};
struct Forget {
  using reply = void;
};
struct Fail {
  using reply = int;
  std::string how;
};
struct Wait {
  using reply = int;
};
struct Repeat {
  using reply = std::string;
  std::string text;
  std::uint32_t times = 0;
};
struct Shop : zooid::contract<"shop", Add, Total, Sell, Forget, Fail, Wait, Repeat> {};

class Selling {
 public:
  using contract = Shop;
  explicit Selling(std::shared_ptr<gate> until = nullptr) : until_(std::move(until)) {}
  void on(const Add& add) { total_ += add.amount; }
  std::int64_t on(const Total&) { return total_; }
  std::vector<std::string> on(const Sell& sell) { return std::vector<std::string>(sell.quantity, sell.sku); }
  void on(const Forget&) { total_ = 0; }
  int on(const Fail& fail) {
    if (fail.how == "denied") throw zooid::call_error(zooid::errc::denied, "not \xff today");
    throw std::runtime_error("it broke");
  }
  int on(const Wait&) { return until_->wait() ? 1 : 0; }
  std::string on(const Repeat& repeat) {
    std::string all;
    for (std::uint32_t i = 0; i < repeat.times; ++i) all += repeat.text;
    return all;
  }

 private:
  std::int64_t total_ = 0;
  std::shared_ptr<gate> until_;
};

class Photo {
 public:
  template <class Archive>
  void serialize(Archive& archive) {
    archive(bytes_);
  }

 private:
  std::string bytes_;
};
struct Frame {
  Photo photo;
};
struct Frames : zooid::contract<"frames", Frame> {};
struct Framing {
  using contract = Frames;
  void on(const Frame&) {}
};

struct Ask {
  using reply = std::int64_t;
  zooid::ref<Shop> shop;
};
struct Clerk : zooid::contract<"clerk", Ask> {};
struct Asking {
  using contract = Clerk;
  zooid::task<std::int64_t> on(const Ask& ask) {
    const zooid::result<std::int64_t> total = co_await ask.shop.call<Total>();
    co_return total ? *total : -1;
  }
};

/// A program with one socket of its own.
class program {
 public:
  explicit program(const std::string& endpoint, zmq::socket_type kind = zmq::socket_type::req)
      : socket_(context_, kind) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvtimeo, 30'000);
    socket_.set(zmq::sockopt::sndtimeo, 30'000);
    if (kind == zmq::socket_type::req) socket_.set(zmq::sockopt::req_correlate, true);
    socket_.connect(endpoint);
  }
  void send(const parts& message) {
    for (std::size_t i = 0; i < message.size(); ++i) {
      const auto flags = i + 1 < message.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
      static_cast<void>(socket_.send(zmq::buffer(message[i]), flags));
    }
  }
  /// Empty when nothing came in time.
  parts receive() {
    parts message;
    zmq::message_t part;
    do {
      if (!socket_.recv(part)) return {};
      message.push_back(part.to_string());
    } while (part.more());
    return message;
  }
  parts ask(const parts& message) {
    send(message);
    return receive();
  }
  [[nodiscard]] zmq::socket_t& socket() { return socket_; }

 private:
  zmq::context_t context_{1};
  zmq::socket_t socket_;
};

zooid::node_options with_door() { return {.listen = "tcp://127.0.0.1:0", .door = zooid::json()}; }

struct shop_world {
  explicit shop_world(zooid::node_options options = with_door()) : node(std::move(options)) {
    node.spawn_as<Selling>("shop", until);
  }
  ~shop_world() { until->open(); }

  std::shared_ptr<gate> until = std::make_shared<gate>();
  zooid::node node;
};

/// A network whose only peer is the test: it says what foreign programs say.
class test_network final : public zooid::network {
 public:
  std::string listen(const std::string&, std::shared_ptr<zooid::link_acceptor> acceptor) override {
    acceptor_ = std::move(acceptor);
    return "mem://door";
  }
  std::shared_ptr<zooid::link> dial(const std::string&, std::shared_ptr<zooid::link_listener>) override {
    throw zooid::setup_error(zooid::errc::malformed_address, "nobody is there");
  }
  std::shared_ptr<zooid::event_outlet> open_outlet(const std::string&, zooid::event_flow,
                                                   std::shared_ptr<zooid::event_outlet_listener>) override {
    class silence final : public zooid::event_outlet {
      void send(std::span<zooid::byte_buffer>) override {}
      void send_each(std::span<zooid::byte_buffer>) override {}
      std::string endpoint() const override { return "mem://silence"; }
    };
    return std::make_shared<silence>();
  }
  std::shared_ptr<zooid::event_inlet> open_inlet(const std::string&, zooid::event_flow,
                                                 std::shared_ptr<zooid::event_inlet_listener>) override {
    throw zooid::setup_error(zooid::errc::malformed_address, "nobody is there");
  }
  void close() override { acceptor_ = nullptr; }

  /// Each answer is added to `answers`.
  void ask(const parts& message, std::vector<parts>& answers) {
    std::vector<std::span<const std::byte>> views;
    for (const std::string& each : message) views.push_back(std::as_bytes(std::span(each.data(), each.size())));
    acceptor_->on_foreign(views, [&answers](std::vector<zooid::byte_buffer> answer) {
      parts& texts = answers.emplace_back();
      for (const auto& each : answer) texts.emplace_back(reinterpret_cast<const char*>(each.data()), each.size());
    });
  }

 private:
  std::shared_ptr<zooid::link_acceptor> acceptor_;
};

/// The same shop, but in the test's own time and thread.
struct still_world {
  explicit still_world(zooid::node_options options = {}) {
    options.listen = "mem://door";
    options.door = zooid::json();
    options.scheduler = scheduler;
    options.network = network;
    node = std::make_unique<zooid::node>(std::move(options));
    shop = node->spawn_as<Selling>("shop");
    scheduler->run_until_idle();
  }

  std::shared_ptr<zooid::manual_clock> clock = std::make_shared<zooid::manual_clock>();
  std::shared_ptr<zooid::deterministic_scheduler> scheduler = zooid::make_deterministic_scheduler(clock);
  std::shared_ptr<test_network> network = std::make_shared<test_network>();
  std::unique_ptr<zooid::node> node;
  zooid::ref<Shop> shop;
  std::vector<parts> answers;
};

}  // namespace

TEST_CASE("a REQ calls and tells a service by JSON", "[plain_door]") {
  shop_world world;
  program who(world.node.endpoint());
  CHECK(who.ask({"shop", "Add", R"({"amount": 5})"}) == parts{"ok", "null"});
  CHECK(who.ask({"shop", "Add", R"({"amount": -7})"}) == parts{"ok", "null"});
  CHECK(who.ask({"shop", "Total", "{}"}) == parts{"ok", "-2"});
  CHECK(who.ask({"shop", "Sell", R"({"quantity": 2, "sku": "nägel"})"}) == parts{"ok", R"(["nägel","nägel"])"});
  CHECK(who.ask({"shop", "Forget", "{}"}) == parts{"ok", "null"});
  CHECK(who.ask({"shop", "Total", "{}"}) == parts{"ok", "0"});
  CHECK(who.ask({"zooid", "ping", "{}"}) == parts{"ok", "null"});
  CHECK(who.ask({"zooid", "ready", "{}"}) == parts{"ok", "true"});
}

TEST_CASE("what stands before an empty part is sent back", "[plain_door]") {
  shop_world world;
  program who(world.node.endpoint(), zmq::socket_type::dealer);
  const parts answer{"ok", "0"};
  CHECK(who.ask({"shop", "Total", "{}"}) == answer);
  CHECK(who.ask({"", "shop", "Total", "{}"}) == parts{"", "ok", "0"});
  CHECK(who.ask({"1", "2", "", "shop", "Total", "{}"}) == parts{"1", "2", "", "ok", "0"});
  CHECK(who.ask({"", "", "shop", "Total", "{}"}) == parts{"", "", "ok", "0"});
}

TEST_CASE("what is no request is malformed", "[plain_door]") {
  shop_world world;
  program who(world.node.endpoint(), zmq::socket_type::dealer);
  const auto status_at = [&](const parts& message, std::size_t index) {
    const parts answer = who.ask(message);
    return index < answer.size() ? answer[index] : "no such part";
  };
  CHECK(status_at({""}, 0) == "malformed");
  CHECK(status_at({"x"}, 0) == "malformed");
  CHECK(status_at({"", "x"}, 1) == "malformed");
  CHECK(status_at({"shop", "Total"}, 0) == "malformed");
  CHECK(status_at({"id", "", "Total", "{}"}, 2) == "malformed");
  CHECK(status_at({"id", "shop", "Total", "{}"}, 1) == "malformed");
  CHECK(status_at({"id", "more", "shop", "Total", "{}"}, 2) == "malformed");
  CHECK(status_at(parts(32, "x"), 29) == "malformed");
  who.send(parts(100, "x"));                                         // of too many parts: not answered
  who.send({std::string(100'000, 'x'), "", "shop", "Total", "{}"});  // an envelope of nobody's
  CHECK(who.ask({"shop", "Total", "{}"}) == parts{"ok", "0"});
}

TEST_CASE("what cannot be handled is answered by its code and in words", "[plain_door]") {
  shop_world world;
  program who(world.node.endpoint());
  const auto refusal = [&](const parts& message) {
    const parts answer = who.ask(message);
    return answer.size() == 2 ? answer[0] + " " + answer[1] : "no answer";
  };
  CHECK_THAT(refusal({"nobody", "Total", "{}"}),
             Contains(R"(no_such_service {"error":"no_such_service","detail":"no service \"nobody\" runs on tcp://)"));
  CHECK_THAT(refusal({"shop", "Steal", "{}"}), Contains("no_such_message {") && Contains("it knows Add, Total, Sell"));
  CHECK_THAT(refusal({"shop", "Sell", R"({"sku": "a", "quantity": -1})"}),
             Contains("malformed {") && Contains("Sell.quantity: -1 is out of the range of uint32"));
  CHECK_THAT(refusal({"shop", "Sell", "{"}), Contains("malformed {"));
  CHECK_THAT(refusal({"shop", "Sell", ""}), Contains("malformed {"));
  CHECK_THAT(refusal({"shop", "Sell", std::string(1'000'000, '[')}), Contains("nested more than 256 deep"));
  CHECK_THAT(refusal({"shop", "Sell", std::string(5 << 20, ' ')}), Contains("too_large {"));
  CHECK_THAT(refusal({std::string(1000, 'x'), "Sell", "{}"}), Contains("malformed {"));
  CHECK_THAT(refusal({"\xff", "Sell", "{}"}), Contains("no_such_service {") && Contains(R"(\"?\")"));
  CHECK_THAT(refusal({"shop", "Fail", R"({"how": "denied"})"}),
             Contains(R"(denied {"error":"denied","detail":"not ? today)"));
  CHECK_THAT(refusal({"shop", "Repeat", R"({"text": "0123456789abcdef", "times": 1048577})"}), Contains("too_large {"));
  CHECK_THAT(refusal({"shop", "Repeat", R"({"text": "\u0000", "times": 3})"}), Contains(R"("\u0000\u0000\u0000")"));
  CHECK_THAT(refusal({"shop", "Total", "{}"}), Contains("ok 0"));
}

TEST_CASE("an actor that dies answers failed, and is not found afterwards", "[plain_door]") {
  shop_world world;
  program who(world.node.endpoint());
  CHECK(who.ask({"shop", "Fail", R"({"how": "badly"})"}).at(0) == "failed");
  parts answer;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  do {
    answer = who.ask({"shop", "Total", "{}"});
  } while (!answer.empty() && answer[0] == "no_such_actor" && std::chrono::steady_clock::now() < deadline);
  CHECK(answer.at(0) == "no_such_service");
}

TEST_CASE("a message that only nodes can send is incompatible", "[plain_door]") {
  zooid::node node(with_door());
  node.spawn_as<Framing>("frames");
  program who(node.endpoint());
  const parts answer = who.ask({"frames", "Frame", R"({"photo":{}})"});
  REQUIRE(answer.size() == 2);
  CHECK(answer[0] == "incompatible");
  CHECK_THAT(answer[1], Contains("only nodes can send it: Frame.photo: Photo serialises itself"));
}

TEST_CASE("a node without a door refuses programs that are no nodes", "[plain_door]") {
  zooid::node node{{.listen = "tcp://127.0.0.1:0"}};
  program who(node.endpoint());
  const parts answer = who.ask({"zooid", "ping", "{}"});
  REQUIRE(answer.size() == 2);
  CHECK(answer[0] == "incompatible");
  CHECK_THAT(answer[1], Contains("node_options::door"));
}

TEST_CASE("eight REQs of a thousand requests each get their own answers", "[plain_door]") {
  shop_world world;
  std::vector<std::thread> threads;
  std::array<int, 8> right{};
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&, i] {
      program who(world.node.endpoint());
      for (int n = 0; n < 1000; ++n) {
        const std::string text = std::to_string(i) + "-" + std::to_string(n);
        const parts answer = who.ask({"shop", "Repeat", R"({"times":1,"text":")" + text + "\"}"});
        if (answer == parts{"ok", "\"" + text + "\""}) ++right[i];
      }
    });
  }
  for (std::thread& each : threads) each.join();
  CHECK(right == std::array<int, 8>{1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000});
}

TEST_CASE("a DEALER may ask before it was answered", "[plain_door]") {
  shop_world world;
  program who(world.node.endpoint(), zmq::socket_type::dealer);
  constexpr int many = 2000;
  for (int i = 0; i < many; ++i) {
    who.send({std::to_string(i), "", "shop", "Repeat", R"({"text":"x","times":1})"});
  }
  std::vector<bool> seen(many);
  int ok = 0;
  for (int i = 0; i < many; ++i) {
    const parts answer = who.receive();
    REQUIRE(answer.size() == 4);
    seen[static_cast<std::size_t>(std::stoi(answer[0]))] = true;
    if (answer[2] == "ok") ++ok;
  }
  CHECK(std::count(seen.begin(), seen.end(), true) == many);
  CHECK(ok == many);
}

TEST_CASE("a program that never reads its answers is not heard any more, and others are", "[plain_door]") {
  shop_world world;
  program deaf(world.node.endpoint(), zmq::socket_type::dealer);
  deaf.socket().set(zmq::sockopt::sndtimeo, 100);
  // A gigabyte of answers, if it were heard.
  for (int i = 0; i < 256; ++i) deaf.send({"shop", "Repeat", R"({"text":"0123456789abcdef","times":262144})"});
  program who(world.node.endpoint());
  for (int i = 0; i < 20; ++i) CHECK(who.ask({"shop", "Add", R"({"amount":1})"}).at(0) != "");
  CHECK(who.ask({"zooid", "ping", "{}"}) == parts{"ok", "null"});
}

TEST_CASE("an actor that does not answer costs its caller the call timeout", "[plain_door]") {
  zooid::node_options options = with_door();
  options.call_timeout = 50ms;
  options.workers = 2;
  shop_world world(std::move(options));
  program who(world.node.endpoint());
  CHECK(who.ask({"shop", "Wait", "{}"}) ==
        parts{"timeout", R"({"error":"timeout","detail":"Wait was not answered in time"})"});
  world.until->open();
  parts answer;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  do {
    answer = who.ask({"shop", "Total", "{}"});
  } while (!answer.empty() && answer[0] == "timeout" && std::chrono::steady_clock::now() < deadline);
  CHECK(answer == parts{"ok", "0"});
}

TEST_CASE("a stop ends in time with a call of the door under way", "[plain_door]") {
  auto world = std::make_unique<shop_world>();
  program who(world->node.endpoint());
  program asking(world->node.endpoint());
  asking.send({"shop", "Wait", "{}"});
  CHECK(who.ask({"zooid", "ping", "{}"}) == parts{"ok", "null"});
  const auto begin = std::chrono::steady_clock::now();
  world->node.stop(100ms);
  CHECK(std::chrono::steady_clock::now() - begin < patience);
  world->until->open();
}

TEST_CASE("what the door asks is done in turns, and answered once", "[plain_door]") {
  still_world world;
  world.network->ask({"", "shop", "Total", "{}"}, world.answers);
  CHECK(world.answers.empty());
  world.scheduler->run_until_idle();
  CHECK(world.answers == std::vector<parts>{{"", "ok", "0"}});
  world.scheduler->run_for(10s);
  CHECK(world.answers.size() == 1);
}

TEST_CASE("a call whose time has passed is answered as a timeout, and its late answer is dropped", "[plain_door]") {
  still_world world;
  world.network->ask({"shop", "Total", "{}"}, world.answers);
  world.clock->advance(5s);  // Before the shop has its turn.
  world.scheduler->run_for(1s);
  REQUIRE(world.answers.size() == 1);
  const std::string& status = world.answers[0].at(0);
  CHECK(status == "timeout");
  world.network->ask({"shop", "Total", "{}"}, world.answers);
  world.scheduler->run_until_idle();
  CHECK(world.answers.back() == parts{"ok", "0"});
}

TEST_CASE("a ref is given by its address, or for this node by its name", "[plain_door]") {
  still_world world;
  const auto clerk = world.node->spawn_as<Asking>("clerk");
  for (const std::string ref : {R"("shop")", R"("mem://door/shop")", "null"}) {
    world.network->ask({"clerk", "Ask", "{\"shop\":" + ref + "}"}, world.answers);
    world.scheduler->run_until_idle();
  }
  CHECK(world.answers == std::vector<parts>{{"ok", "0"}, {"ok", "0"}, {"ok", "-1"}});
  world.network->ask({"clerk", "Ask", R"({"shop":"tcp://10.0.0.1:7/shop"})"}, world.answers);
  REQUIRE(world.answers.size() == 4);
  CHECK(world.answers[3].at(0) == "malformed");
  CHECK_THAT(world.answers[3].at(1), Contains("beyond loopback"));
}

TEST_CASE("full mailboxes and too many calls are overloaded", "[plain_door]") {
  still_world world({.mailbox = {.messages = 3}, .pending_calls = 5});
  for (int i = 0; i < 4; ++i) world.network->ask({"shop", "Add", R"({"amount":1})"}, world.answers);
  REQUIRE(world.answers.size() == 4);
  CHECK(world.answers[2].at(0) == "ok");
  CHECK(world.answers[3].at(0) == "overloaded");
  CHECK_THAT(world.answers[3].at(1), Contains("mailbox"));
  world.scheduler->run_until_idle();
  world.answers.clear();
  // Of five calls three are for programs outside; each service has a mailbox of its own.
  for (int i = 0; i < 2; ++i) world.network->ask({"shop", "Total", "{}"}, world.answers);
  for (int i = 0; i < 2; ++i) world.network->ask({"zooid", "ping", "{}"}, world.answers);
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].at(0) == "overloaded");
  CHECK_THAT(world.answers[0].at(1), Contains("too many calls"));
  world.scheduler->run_until_idle();
  CHECK(world.answers.size() == 4);
  const zooid::accounts all = world.node->accounts();
  CHECK(all.close());
  CHECK(count(all.refused, zooid::errc::overloaded) == 2);
}

TEST_CASE("a stopped node answers shutdown, or nothing", "[plain_door]") {
  still_world world;
  world.network->ask({"shop", "Total", "{}"}, world.answers);
  world.node->stop(0s);
  REQUIRE(world.answers.size() == 1);
  CHECK((world.answers[0].at(0) == "shutdown" || world.answers[0].at(0) == "ok"));
}
