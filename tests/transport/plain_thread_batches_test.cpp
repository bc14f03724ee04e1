// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "batch_room.hpp"
#include "forwarding_network.hpp"
#include "pool.hpp"
#include "zmq_socket.hpp"

#include <zooid/memory_network.hpp>
#include <zooid/zooid.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

// What a plain thread tells gathers until the other side answers, and no longer than a millisecond.

namespace {

using namespace std::chrono_literals;

struct Add {
  int amount;
};
struct Total {
  using reply = int;
};
struct Account : zooid::contract<"account", Add, Total> {};

class Savings {
 public:
  using contract = Account;
  explicit Savings(int& seen) : seen_(seen) {}
  void on(const Add& add) { seen_ += add.amount; }
  int on(const Total&) { return seen_; }

 private:
  int& seen_;
};

/// What the dialled links of a node carried, and whether what comes back is heard.
struct wire_watch {
  int frames_sent = 0;
  bool deaf = false;
};

class watched_link final : public forwarding_link {
 public:
  watched_link(std::shared_ptr<zooid::link> to, wire_watch& watch) : forwarding_link(std::move(to)), watch_(watch) {}
  void send(zooid::byte_buffer frame) override {
    ++watch_.frames_sent;
    forwarding_link::send(std::move(frame));
  }

 private:
  wire_watch& watch_;
};

class watched_listener final : public forwarding_link_listener {
 public:
  watched_listener(std::shared_ptr<zooid::link_listener> to, wire_watch& watch)
      : forwarding_link_listener(std::move(to)), watch_(watch) {}
  void on_frame(std::span<const std::byte> frame, bool more) override {
    if (watch_.deaf) {
      kept_.emplace_back(frame.begin(), frame.end());
      return;
    }
    for (const auto& each : std::exchange(kept_, {})) forwarding_link_listener::on_frame(each, true);
    forwarding_link_listener::on_frame(frame, more);
  }

 private:
  wire_watch& watch_;
  std::vector<std::vector<std::byte>> kept_;
};

class watched_network final : public forwarding_network {
 public:
  watched_network(std::shared_ptr<zooid::network> to, wire_watch& watch)
      : forwarding_network(std::move(to)), watch_(watch) {}
  [[nodiscard]] std::shared_ptr<zooid::link> dial(const std::string& endpoint,
                                                  std::shared_ptr<zooid::link_listener> listener) override {
    auto hears = std::make_shared<watched_listener>(std::move(listener), watch_);
    return std::make_shared<watched_link>(forwarding_network::dial(endpoint, std::move(hears)), watch_);
  }

 private:
  wire_watch& watch_;
};

/// A client with a session to the account of a server, at rest.
struct two_nodes {
  const std::shared_ptr<zooid::manual_clock> time = std::make_shared<zooid::manual_clock>();
  const std::shared_ptr<zooid::deterministic_scheduler> scheduler = zooid::make_deterministic_scheduler(time);
  zooid::memory_hub hub;
  wire_watch watch;
  int seen = 0;
  zooid::node server{{.listen = "mem://server", .scheduler = scheduler, .network = hub.attach(*scheduler, "server")}};
  zooid::node client{
      {.scheduler = scheduler, .network = std::make_shared<watched_network>(hub.attach(*scheduler, "client"), watch)}};
  zooid::ref<Account> account;

  two_nodes() {
    server.spawn_as<Savings>("account", seen);
    account = client.find<Account>("mem://server/account");
    CHECK(account.call(Total{}).get() == 0);
    scheduler->run_for(100us);
    watch.frames_sent = 0;
  }
};

}  // namespace

TEST_CASE("the first message of a plain thread leaves at once, those behind it with the answer", "[batches]") {
  two_nodes world;
  CHECK(world.account.tell(Add{1}));
  CHECK(world.watch.frames_sent == 1);
  CHECK(world.account.tell(Add{10}));
  CHECK(world.account.tell(Add{100}));
  CHECK(world.watch.frames_sent == 1);
  const auto before = world.time->now();
  world.scheduler->run_until_idle();
  CHECK(world.seen == 111);
  CHECK(world.watch.frames_sent >= 2);
  CHECK(world.time->now() == before);
}

TEST_CASE("what a plain thread told leaves after a millisecond though nothing comes back", "[batches]") {
  two_nodes world;
  world.watch.deaf = true;
  CHECK(world.account.tell(Add{1}));
  CHECK(world.account.tell(Add{10}));
  CHECK(world.account.tell(Add{100}));
  world.scheduler->run_until_idle();
  CHECK(world.seen == 1);
  world.scheduler->run_for(999us);
  CHECK(world.seen == 1);
  world.scheduler->run_for(1us);
  CHECK(world.seen == 111);
  CHECK(world.watch.frames_sent == 2);
  CHECK(world.account.tell(Add{1000}));  // The next alarm is another one.
  world.scheduler->run_for(1ms);
  CHECK(world.seen == 1111);
  world.watch.deaf = false;
}

TEST_CASE("a call of a plain thread does not wait for the answer to what it told before", "[batches]") {
  two_nodes world;
  world.watch.deaf = true;
  CHECK(world.account.tell(Add{1}));
  auto total = world.account.call(Total{});
  world.scheduler->run_until_idle();
  CHECK(world.watch.frames_sent == 2);
  world.watch.deaf = false;
}

TEST_CASE("the room of a batch comes back when ZeroMQ is done with it", "[batches]") {
  if (!zooid::detail::pooled) return;  // AddressSanitizer watches each allocation instead.
  zooid::byte_buffer batch = zooid::take_batch_room();
  const std::byte* const at = batch.data();
  batch.extend(20'000);
  {
    const zmq::message_t sent = zooid::to_message(std::move(batch));
  }
  CHECK(zooid::take_batch_room().data() == at);
}
