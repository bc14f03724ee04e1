// SPDX-License-Identifier: Apache-2.0
#include "fixtures.hpp"

#include <string>
#include <vector>

namespace {

/// Asks the first of the route with the rest of it; nobody: answers with what was gathered.
struct Ask;
struct Poke;
struct Count;
struct Asking : zooid::local_contract<Ask, Poke, Count> {};
struct Ask {
  using reply = std::string;
  std::vector<zooid::ref<Asking>> route;
};
struct Poke {};
struct Count {
  using reply = int;
};
struct AskingActor {
  using contract = Asking;
  int pokes = 0;
  zooid::ref<Asking> tells;
  zooid::ref<Asking> calls_later;

  zooid::task<zooid::result<std::string>> on(Ask ask, zooid::context& in) {
    if (tells) tells.tell(Poke{});
    if (calls_later) in.after(0s, this, Poke{});
    if (ask.route.empty()) co_return std::string("end");
    const auto next = ask.route.front();
    ask.route.erase(ask.route.begin());
    const Ask rest{ask.route};
    const auto said = co_await next.call(rest);
    if (!said) co_return said.error();
    co_return "via " + *said;
  }
  void on(Poke) {
    ++pokes;
    if (calls_later) {
      const Ask nothing{};
      calls_later.call(nothing).then([this](const zooid::result<std::string>& said) { pokes += said ? 100 : 0; });
    }
  }
  int on(Count) const { return pokes; }
};

struct Hinted : AskingActor {
  explicit Hinted(zooid::ref<Asking>* tells_whom, zooid::ref<Asking>* calls_whom) : t(tells_whom), c(calls_whom) {}
  using AskingActor::on;
  zooid::task<zooid::result<std::string>> on(Ask ask, zooid::context& in) {
    if (t != nullptr) tells = *t;
    if (c != nullptr) calls_later = *c;
    return AskingActor::on(std::move(ask), in);
  }
  zooid::ref<Asking>* t;
  zooid::ref<Asking>* c;
};

}  // namespace

TEST_CASE("a callee that asks its waiting caller gets call_cycle at once", "[cycle]") {
  simulated one;
  const auto start = one.time->now();
  const auto a = one.system.spawn<AskingActor>();
  const auto b = one.system.spawn<AskingActor>();
  const Ask route{{b, a}};
  const auto said = a.call(route).result();
  REQUIRE_FALSE(said);
  CHECK(said.error().code == zooid::errc::call_cycle);
  CHECK(one.time->now() == start);
  CHECK(a.call(Ask{}).get() == "end");
  CHECK(b.call(Ask{}).get() == "end");
}

TEST_CASE("a cycle through a third actor is found, on threads too", "[cycle]") {
  zooid::actor_system system{{.workers = 2, .call_timeout = patience}};
  for (int i = 0; i < 50; ++i) {
    const auto a = system.spawn<AskingActor>();
    const auto b = system.spawn<AskingActor>();
    const auto c = system.spawn<AskingActor>();
    const Ask route{{b, c, a}};
    CHECK(code_of(a.call(route).result()) == zooid::errc::call_cycle);
    const Ask into_the_middle{{b, c, b}};
    CHECK(code_of(a.call(into_the_middle).result()) == zooid::errc::call_cycle);
    CHECK(a.call(Ask{}).get() == "end");
  }
  stopped_accounts(system);
}

TEST_CASE("an actor that waits for itself gets call_cycle at once", "[cycle]") {
  simulated one;
  const auto start = one.time->now();
  const auto a = one.system.spawn<AskingActor>();
  const Ask route{{a}};
  CHECK(code_of(a.call(route).result()) == zooid::errc::call_cycle);
  a.tell(route);
  CHECK(a.call(Ask{}).get() == "end");
  CHECK(one.time->now() == start);
}

TEST_CASE("a cycle that began with a tell is found", "[cycle]") {
  simulated one;
  const auto start = one.time->now();
  const auto a = one.system.spawn<AskingActor>();
  const auto b = one.system.spawn<AskingActor>();
  const Ask route{{b, a}};
  a.tell(route);
  CHECK(a.call(Ask{}).get() == "end");
  CHECK(one.time->now() == start);
  CHECK(count(one.system.accounts().dead_letters, zooid::errc::call_cycle) == 1);
}

TEST_CASE("a callee that tells its waiting caller is no cycle", "[cycle]") {
  simulated one;
  zooid::ref<Asking> a;
  a = one.system.spawn<AskingActor>();
  const auto b = one.system.spawn<Hinted>(&a, nullptr);
  const Ask route{{b}};
  CHECK(a.call(route).get() == "via end");
  CHECK(a.call(Count{}).get() == 1);
}

TEST_CASE("a callee that calls back after it has answered is no cycle", "[cycle]") {
  simulated one;
  zooid::ref<Asking> a;
  a = one.system.spawn<AskingActor>();
  const auto b = one.system.spawn<Hinted>(nullptr, &a);
  const Ask route{{b}};
  CHECK(a.call(route).get() == "via end");
  one.steps->run_for(1s);
  CHECK(b.call(Count{}).get() == 101);
}

TEST_CASE("somebody else's call of a waiting actor is no cycle", "[cycle]") {
  simulated one;
  const auto a = one.system.spawn<AskingActor>();
  const auto b = one.system.spawn<AskingActor>();
  const auto c = one.system.spawn<AskingActor>();
  const Ask a_asks_b{{b}};
  const Ask c_asks_a{{a}};
  auto first = a.call(a_asks_b);
  auto second = c.call(c_asks_a);
  CHECK(first.get() == "via end");
  CHECK(second.get() == "via end");
}
