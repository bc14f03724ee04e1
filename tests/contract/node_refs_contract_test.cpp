// SPDX-License-Identifier: Apache-2.0
#include "node_world.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

// Refs that travel inside messages, and what they lead to afterwards.

namespace {

struct Room;
struct Say {
  std::string words;
};
struct Heard {
  using reply = std::vector<std::string>;
};
struct Same {
  using reply = bool;
  zooid::ref<Room> to;
};
struct SelfRef {
  using reply = zooid::ref<Room>;
};
struct Echo {
  using reply = zooid::ref<Room>;
  zooid::ref<Room> to;
};
struct TellOn {
  using reply = int;
  zooid::ref<Room> to;
  std::string words;
};
struct Open {
  using reply = zooid::ref<Room>;
};
struct Room : zooid::contract<"room", Say, Heard, Same, SelfRef, Echo, TellOn, Open> {};

struct QuietRoom {
  using contract = Room;
  std::vector<std::string> heard;

  void on(const Say& say) { heard.push_back(say.words); }
  std::vector<std::string> on(Heard) { return heard; }
  bool on(const Same& same, zooid::context& in) { return same.to == in.self(this); }
  zooid::ref<Room> on(SelfRef, zooid::context& in) { return in.self(this); }
  zooid::ref<Room> on(const Echo& echo) { return echo.to; }
  /// 1: taken; otherwise minus the reason.
  int on(const TellOn& what) {
    const auto told = what.to.tell(Say{what.words});
    return told ? 1 : -static_cast<int>(told.error().code);
  }
  zooid::ref<Room> on(Open, zooid::context& in) { return in.spawn<QuietRoom>(); }
};

using heard_words = std::vector<std::string>;

template <class World>
struct rooms {
  World world;
  std::unique_ptr<zooid::node> server = world.add();
  std::unique_ptr<zooid::node> caller = world.add();
  zooid::ref<Room> named_there = server->template spawn_as<QuietRoom>("room");
  zooid::ref<Room> room = caller->template find<Room>(server->endpoint() + "/room");

  ~rooms() {
    caller->stop(1s);
    server->stop(1s);
    check_stopped(*caller);
    check_stopped(*server);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a ref to a caller's own actor is reached through the session, named or pinned", "[node][refs]",
                   zmq_world, memory_world, simulated_world) {
  rooms<TestType> nodes;
  const auto pinned = nodes.caller->template spawn<QuietRoom>();
  const auto named = nodes.caller->template spawn_as<QuietRoom>("mine");
  CHECK(nodes.room.template call<TellOn>(pinned, "to the pinned").get() == 1);
  CHECK(nodes.room.template call<TellOn>(named, "to the named").get() == 1);
  CHECK(nodes.world.eventually([&] { return pinned.template call<Heard>().get() == heard_words{"to the pinned"}; }));
  CHECK(nodes.world.eventually([&] { return named.template call<Heard>().get() == heard_words{"to the named"}; }));
}

TEMPLATE_TEST_CASE("a node that does not listen is reached over the session that it opened", "[node][refs]", zmq_world,
                   memory_world, simulated_world) {
  rooms<TestType> nodes;
  const auto silent = nodes.world.add_silent();
  const auto pinned = silent->template spawn<QuietRoom>();
  const auto from_silent = silent->template find<Room>(nodes.server->endpoint() + "/room");
  CHECK(from_silent.template call<TellOn>(pinned, "hello").get() == 1);
  CHECK(nodes.world.eventually([&] { return pinned.template call<Heard>().get() == heard_words{"hello"}; }));
  // A third node has no way there, and says so.
  const auto third = nodes.world.add();
  third->template spawn_as<QuietRoom>("room");
  const auto from_silent_to_third = silent->template find<Room>(third->endpoint() + "/room");
  const auto kept = nodes.room.template call<Echo>(pinned).get();
  CHECK(kept == pinned);
  silent->stop(1s);
  check_stopped(*silent);
  CHECK(from_silent_to_third);
  third->stop(1s);
}

TEMPLATE_TEST_CASE("refs stay equal through a round trip, and become local again at home", "[node][refs]", zmq_world,
                   memory_world, simulated_world) {
  rooms<TestType> nodes;
  const std::hash<zooid::ref<Room>> hash;
  const auto mine = nodes.caller->template spawn<QuietRoom>();
  const auto back = nodes.room.template call<Echo>(mine).get();
  CHECK(back == mine);
  CHECK(hash(back) == hash(mine));
  CHECK(back.to_string() == mine.to_string());

  const auto my_named = nodes.caller->template spawn_as<QuietRoom>("mine");
  CHECK(nodes.room.template call<Echo>(my_named).get() == my_named);

  CHECK_FALSE(nodes.room.template call<Echo>(zooid::ref<Room>()).get());
  CHECK(nodes.room.template call<Echo>(nodes.room).get() == nodes.room);

  // The receiver's own actor is local there.
  const auto pinned = nodes.room.template call<SelfRef>().get();
  CHECK(nodes.room.template call<Same>(pinned).get());
  CHECK(pinned == nodes.room.template call<SelfRef>().get());
  CHECK(hash(pinned) == hash(nodes.room.template call<SelfRef>().get()));
  CHECK_FALSE(pinned == nodes.room.template call<Open>().get());
}

TEMPLATE_TEST_CASE("a third node's ref works for whom it is passed on to", "[node][refs]", zmq_world, memory_world,
                   simulated_world) {
  rooms<TestType> nodes;
  const auto third = nodes.world.add();
  const auto there = third->template spawn<QuietRoom>();
  third->template spawn_as<QuietRoom>("third");
  const auto named = nodes.caller->template find<Room>(third->endpoint() + "/third");
  const auto pinned = named.template call<Open>().get();
  CHECK(nodes.room.template call<TellOn>(pinned, "pinned").get() == 1);
  CHECK(nodes.room.template call<TellOn>(named, "named").get() == 1);
  CHECK(nodes.world.eventually([&] { return pinned.template call<Heard>().get() == heard_words{"pinned"}; }));
  CHECK(nodes.world.eventually([&] { return named.template call<Heard>().get() == heard_words{"named"}; }));
  CHECK(nodes.room.template call<Echo>(pinned).get() == pinned);
  third->stop(1s);
  check_stopped(*third);
}

TEMPLATE_TEST_CASE("a named ref survives its service's restart, a pinned one does not", "[node][refs]", zmq_world,
                   memory_world, simulated_world) {
  rooms<TestType> nodes;
  const auto pinned = nodes.room.template call<SelfRef>().get();
  CHECK(pinned.template call<Heard>().result());
  nodes.server->stop(nodes.named_there);
  REQUIRE(nodes.world.eventually(
      [&] { return code_of(nodes.room.template call<Heard>().result()) == zooid::errc::no_such_service; }));
  nodes.server->template spawn_as<QuietRoom>("room");
  CHECK(nodes.room.template call<Heard>().result());
  CHECK(code_of(pinned.template call<Heard>().result()) == zooid::errc::no_such_actor);
  // Its own node knows it as dead, too.
  CHECK(nodes.room.template call<TellOn>(pinned, "late").get() == -static_cast<int>(zooid::errc::no_such_actor));
}

TEMPLATE_TEST_CASE("a pinned ref never reaches an actor of the node's next incarnation", "[node][refs]", zmq_world,
                   memory_world, simulated_world) {
  rooms<TestType> nodes;
  std::vector<zooid::ref<Room>> old;
  for (int i = 0; i < 20; ++i) old.push_back(nodes.room.template call<Open>().get());
  const std::string endpoint = nodes.server->endpoint();
  nodes.server->stop(1s);
  check_stopped(*nodes.server);
  nodes.server.reset();
  nodes.server = nodes.world.add({.listen = endpoint});
  nodes.named_there = nodes.server->template spawn_as<QuietRoom>("room");
  REQUIRE(nodes.world.eventually([&] { return nodes.room.template call<Heard>().result().has_value(); }));
  std::vector<zooid::ref<Room>> fresh;
  for (int i = 0; i < 20; ++i) fresh.push_back(nodes.room.template call<Open>().get());
  for (const auto& each : old) {
    CHECK(code_of(each.template call<Heard>().result()) == zooid::errc::no_such_actor);
    for (const auto& other : fresh) CHECK_FALSE(each == other);
  }
  for (const auto& each : fresh) CHECK(each.template call<Heard>().result());
}

TEMPLATE_TEST_CASE("refs that are let go while their messages are under way cost nothing for long", "[node][refs]",
                   zmq_world, memory_world) {
  rooms<TestType> nodes;
  // Each is told once and forgotten at once; their numbers are used again.
  for (int i = 0; i < 2'000; ++i) {
    const auto fresh = nodes.room.template call<Open>().get();
    CHECK(fresh.within(patience).tell(Say{"once"}).result());
  }
  CHECK(nodes.room.template call<Heard>().result());
}
