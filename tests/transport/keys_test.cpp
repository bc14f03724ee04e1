// SPDX-License-Identifier: Apache-2.0
// Nodes with keys: who gets in, who does not, and what each of them is told. keys_change_test.cpp has allow-lists that
// change; keys_hostile_test.cpp those who get in and mean ill, and bytes that are none of ours.
#include "keyed_bank.hpp"
#include "scratch_folder.hpp"

#include <zmq.hpp>

#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

TEST_CASE("nodes that allow each other's keys talk as others do", "[keys]") {
  const bool ipc = GENERATE(false, true);
  const scratch_folder folder;
  const std::string path = folder / "socket";
  bank_world world(ipc ? "ipc://" + path : "tcp://127.0.0.1:0", ipc ? path : "127.0.0.1");
  zooid::node customer(world.options_of("customer"));
  const auto bank = customer.find<Bank>(world.bank->endpoint() + "/bank");
  CHECK(bank.within(patience).call<Deposit>(5).get() == 5);
  CHECK(bank.within(patience).call<Deposit>(7).get() == 12);

  std::atomic<int> rung = 0;
  const auto bell = customer.spawn<Bells>(&rung);
  const Notify notify{bell};
  bank.within(patience).call(notify).get();
  CHECK(eventually([&] { return rung == 1; }));
  CHECK(world.refused.last().empty());
  customer.stop(1s);
  world.bank->stop(1s);
  check_stopped(customer);
  check_stopped(*world.bank);
}

TEST_CASE("events reach who is let in, at a port that the allow-list does not name", "[keys]") {
  bank_world world;
  // The line names the port where the bank listens, not those where its events leave.
  world.folder.allow("at_customer", {"bank " + world.bank->endpoint().substr(6)});
  zooid::node customer(world.options_of("customer"));
  std::atomic<int> cents = 0;
  std::atomic<int> parcels = 0;
  const auto paid =
      customer.subscribe<Payout>([&](const Payout& p) { cents += p.cents; }, zooid::from(world.bank->endpoint()));
  const auto shipped =
      customer.subscribe<Shipped>([&](const Shipped&) { ++parcels; }, zooid::from(world.bank->endpoint()));
  paid.confirmed(patience).get();
  shipped.confirmed(patience).get();
  for (int i = 1; i <= 100; ++i) {
    CHECK(world.bank->publish(Payout{i}));
    world.bank->publish(Shipped{i}).get();
  }
  CHECK(eventually([&] { return cents == 5050 && parcels == 100; }));
}

TEST_CASE("who dials is heard as a publisher, too", "[keys]") {
  bank_world world;
  zooid::node_options options = world.options_of("customer");
  options.listen = "tcp://127.0.0.1:0";
  zooid::node customer(std::move(options));
  std::atomic<int> heard = 0;
  world.folder.allow("at_bank", {"customer " + customer.endpoint().substr(6)});
  CHECK(customer.find<Bank>(world.bank->endpoint() + "/bank").within(patience).call<Deposit>(1).get() == 1);
  const auto paid = world.bank->subscribe<Payout>([&](const Payout&) { ++heard; }, zooid::from(customer.endpoint()));
  paid.confirmed(patience).get();
  CHECK(customer.publish(Payout{1}));
  CHECK(eventually([&] { return heard == 1; }));
}

TEST_CASE("a program in another language with a key calls through the door, and one without does not", "[keys]") {
  bank_world world;
  zmq::context_t context;
  const auto ask = [&](const std::string& name, bool with_key) {
    zmq::socket_t req(context, zmq::socket_type::req);
    req.set(zmq::sockopt::linger, 0);
    req.set(zmq::sockopt::rcvtimeo, with_key ? 30'000 : 300);
    if (with_key) {
      const auto& own = world.folder.key(name);
      req.set(zmq::sockopt::curve_serverkey, world.folder.key("bank").open);
      req.set(zmq::sockopt::curve_publickey, own.open);
      req.set(zmq::sockopt::curve_secretkey, own.secret);
    }
    req.connect(world.bank->endpoint());
    for (const char* part : {"bank", "Deposit", R"({"cents":3})"}) {
      req.send(zmq::buffer(std::string_view(part)), part[0] == '{' ? zmq::send_flags::none : zmq::send_flags::sndmore);
    }
    zmq::message_t status;
    zmq::message_t reply;
    if (!req.recv(status) || !req.recv(reply)) return std::string("silence");
    return status.to_string() + " " + reply.to_string();
  };
  CHECK(ask("customer", true) == "ok 3");
  CHECK(ask("", false) == "silence");
  CHECK(ask("customer", true) == "ok 6");
}

TEST_CASE("who has a key that the other side does not know is denied, and told so at once", "[keys]") {
  bank_world world;
  const zooid::error why = world.failure_of(world.options_of("thief"));
  CHECK(why.code == zooid::errc::denied);
  CHECK_THAT(why.detail, has(world.bank->endpoint() + " does not let this node in") &&
                             has("\"" + world.folder.key("thief").open + " NAME\"") && has("thief.key"));
  CHECK_THAT(world.refused.last(), has("refused a connection from 127.0.0.1: its key is not in ") && has("at_bank") &&
                                       has(world.folder.key("thief").open + " NAME"));
}

TEST_CASE("a node without keys is denied by one with keys, and the other way round", "[keys]") {
  bank_world world;
  const zooid::error why = world.failure_of({});
  CHECK(why.code == zooid::errc::denied);
  CHECK_THAT(why.detail,
             has(world.bank->endpoint()) && has("wants keys, and this node has none") && has("node_options::keys"));

  zooid::node open{{.listen = "tcp://127.0.0.1:0"}};
  open.spawn_as<SmallBank>("bank");
  zooid::node customer(world.options_of("customer"));
  const auto answer = customer.find<Bank>(open.endpoint() + "/bank").within(patience).call<Deposit>(1).result();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == zooid::errc::denied);
  CHECK_THAT(answer.error().detail, has(open.endpoint()) && (has("speaks without keys") || has("another key")));
  CHECK(sum_of(open).received == 0);
}

TEST_CASE("an address that the allow-list does not have is not dialled", "[keys]") {
  bank_world world;
  world.folder.allow("at_customer", {"bank 10.0.0.2"});
  const zooid::error why = world.failure_of(world.options_of("customer"));
  CHECK(why.code == zooid::errc::denied);
  CHECK_THAT(why.detail, has("refusing to dial " + world.bank->endpoint()) && has("at_customer") &&
                             has("\"KEY NAME " + world.bank->endpoint().substr(6) + "\""));
}

TEST_CASE("who has another key than the allow-list says is not talked to", "[keys]") {
  bank_world world;
  world.folder.allow("at_customer", {"impostor 127.0.0.1"});
  const zooid::error why = world.failure_of(world.options_of("customer"));
  CHECK(why.code == zooid::errc::denied);
  CHECK_THAT(why.detail, has(world.bank->endpoint()) && has("another key") && has("at_customer"));
}

TEST_CASE("a node with keys may go beyond loopback, one without may not", "[keys]") {
  bank_world world("tcp://0.0.0.0:0");
  CHECK(world.bank->endpoint().starts_with("tcp://0.0.0.0:"));
  zooid::node customer(world.options_of("customer"));
  static_cast<void>(customer.find<Bank>("tcp://192.0.2.1:7000/bank"));  // Nobody is asked yet.
  const std::string at = "tcp://127.0.0.1" + world.bank->endpoint().substr(world.bank->endpoint().rfind(':'));
  CHECK(customer.find<Bank>(at + "/bank").within(patience).call<Deposit>(1).get() == 1);
  CHECK_THROWS_WITH((zooid::node{{.listen = "tcp://0.0.0.0:0"}}), has("denied") && has("node_options::keys"));
}

TEST_CASE("the pages' node with keys starts from files beside it", "[keys]") {
  class in_folder {
   public:
    explicit in_folder(const std::string& folder) : before_(std::filesystem::current_path()) {
      std::filesystem::current_path(folder);
    }
    in_folder(in_folder&&) = delete;
    ~in_folder() { std::filesystem::current_path(before_); }

   private:
    const std::filesystem::path before_;
  };
  bank_world world;
  world.folder.key("payments");
  world.folder.allow("allowed_keys", {"bank 127.0.0.1"});
  const in_folder there(world.folder.path("."));
  // [keys]
  zooid::node payments{{.listen = "tcp://0.0.0.0:0", .keys = {.own = "payments.key", .allowed = "allowed_keys"}}};
  // [/keys]
  CHECK(code_of(payments.find<Bank>(world.bank->endpoint() + "/bank").within(patience).call<Deposit>(1).result()) ==
        zooid::errc::denied);
  zooid::node_options options;
  // [keys-refused]
  options.keys.on_refused = [](const std::string& why) { std::cerr << why << '\n'; };
  // [/keys-refused]
  CHECK(options.keys.on_refused);
}

TEST_CASE("what is wrong with a node's keys is said when it is made", "[keys]") {
  key_folder folder;
  folder.allow("allowed", {"friend"});
  const zooid::security fine = folder.of("own", "allowed");
  const auto made = [](zooid::security keys, std::shared_ptr<zooid::network> over = nullptr) {
    zooid::node_options options{.keys = std::move(keys)};
    options.network = std::move(over);
    zooid::node node(std::move(options));
  };
  CHECK_NOTHROW(made(fine));
  CHECK_THROWS_WITH(made({.own = fine.own}), has("denied") && has("`allowed` is empty"));
  CHECK_THROWS_WITH(made({.allowed = fine.allowed}), has("denied") && has("`own` is empty"));
  CHECK_THROWS_WITH(made({.own = folder.path("none.key"), .allowed = fine.allowed}),
                    has("denied") && has("none.key") && has("zooid keys new"));
  CHECK_THROWS_WITH(made({.own = fine.own, .allowed = folder.path("none")}),
                    has("denied") && has("none") && has("zooid keys allow"));
  const auto pool = zooid::make_thread_pool({.workers = 1});
  zooid::memory_hub memory;
  CHECK_THROWS_WITH(made(fine, memory.attach(*pool)), has("denied") && has("node_options::network"));
  pool->stop(1s);

  folder.write("allowed", "nonsense\n", 0644);
  CHECK_THROWS_WITH(made(fine), has("malformed") && has("allowed:1: "));
  folder.allow("allowed", {"friend"});
  folder.write("own.key",
               "public = \"" + folder.key("own").open + "\"\nsecret = \"" + folder.key("friend").secret + "\"\n", 0600);
  CHECK_THROWS_WITH(made(fine), has("malformed") && has("do not belong together"));
  std::filesystem::permissions(fine.own, static_cast<std::filesystem::perms>(0644));
  CHECK_THROWS_WITH(made(fine), has("denied") && has("chmod 600 " + fine.own));
}
