// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/envelope.hpp>
#include <zooid/ref.hpp>
#include <zooid/task.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace zooid {

/// Bounds of a mailbox: what comes on top is refused as `overloaded`. An actor class may choose its own:
/// `static constexpr zooid::mailbox_limits mailbox{.messages = 16};`
struct mailbox_limits {
  std::uint32_t messages = 4096;
  std::uint32_t bytes = 4 << 20;  ///< Of the messages' own size, or of their size on the wire.
};

/// Befriend it to keep handlers private: `friend zooid::access;`
class access {
 public:
  template <class A, class M>
  static constexpr bool handles_plain = requires(A& actor, M&& message) { actor.on(std::forward<M>(message)); };
  template <class A, class M>
  static constexpr bool handles_with_context =
      requires(A& actor, M&& message, context& in) { actor.on(std::forward<M>(message), in); };
  template <class A>
  static constexpr bool has_start = requires(A& actor, context& in) { actor.start(in); };

  template <class A, class M>
  static decltype(auto) on(A& actor, M& message, context& in) {
    if constexpr (handles_with_context<A, M>) {
      return actor.on(std::move(message), in);
    } else {
      return actor.on(std::move(message));
    }
  }
  template <class A>
  static void start(A& actor, context& in) {
    actor.start(in);
  }
};

namespace detail {

template <class T>
inline constexpr bool is_task = false;
template <class R>
inline constexpr bool is_task<task<R>> = true;
template <class T>
inline constexpr bool is_result = false;
template <class R>
inline constexpr bool is_result<result<R>> = true;

struct unlisted_probe {};

template <class T>
struct unwrap_task {
  using type = T;
};
template <class R>
struct unwrap_task<task<R>> {
  using type = R;
};

template <class Given, class Reply>
inline constexpr bool gives = std::is_void_v<Reply> ? std::is_void_v<Given> || std::same_as<Given, result<void>>
                                                    : std::is_convertible_v<Given, Reply>;
template <class Given, class Reply>
inline constexpr bool gives<result<Given>, Reply> = gives<Given, Reply>;

/// Does `Actor` handle `Message` as its contract promises? The names stand in the line that reports this.
template <class Actor, class Message>
struct check_handler {
  static constexpr bool found = access::handles_plain<Actor, Message> || access::handles_with_context<Actor, Message>;
  static_assert(found,
                "the actor has no handler `on(const Message&)` for this message, or it is private without "
                "`friend zooid::access;`");
  static_assert(!access::handles_plain<Actor, unlisted_probe> && !access::handles_with_context<Actor, unlisted_probe>,
                "a handler `on(auto)` would swallow anything: give each message a handler of its own");
  static_assert(std::is_object_v<Message>);
};

/// Is what the handler returns what the message's `reply` promises?
template <class Message, class Returned>
struct check_reply {
  using reply = typename reply_or_void<Message>::type;
  using given = typename unwrap_task<Returned>::type;
  static_assert(!has_reply<Message> || gives<given, reply>,
                "the handler's result type is not the message's `reply`: return it, result<reply> or task<reply>");
  static_assert(has_reply<Message> || std::is_void_v<given>,
                "the message has no `reply` type, so its handler must return void or task<void>");
  static constexpr bool ok = true;
};

/// Puts what a handler returned where the caller finds it.
template <class Reply, class Given>
void put_reply(call* answer, Given&& given) {
  if (answer == nullptr) return;
  if constexpr (is_result<std::remove_cvref_t<Given>>) {
    if (!given) {
      answer->fail(given.error());
      return;
    }
    if constexpr (std::is_void_v<Reply>) {
      answer->set_replied();
    } else {
      put_reply<Reply>(answer, *std::forward<Given>(given));
    }
  } else {
    std::construct_at(static_cast<Reply*>(answer->reply_storage()), std::forward<Given>(given));
    answer->set_replied();
  }
}

template <class Reply, class R>
void finish_task(std::coroutine_handle<> ended, call* answer) {
  const auto typed = std::coroutine_handle<promise<R>>::from_address(ended.address());
  struct destroyer {
    std::coroutine_handle<> coroutine;
    ~destroyer() { coroutine.destroy(); }
  } const at_end{ended};
  if constexpr (std::is_void_v<R>) {
    typed.promise().take();
    if (answer != nullptr) answer->set_replied();
  } else {
    put_reply<Reply>(answer, typed.promise().take());
  }
}

template <class Actor, class Message>
running handle_as(void* actor, context& in, void* message, call* answer) {
  if constexpr (check_handler<Actor, Message>::found) {
    using returned = decltype(access::on(std::declval<Actor&>(), std::declval<Message&>(), in));
    static_assert(check_reply<Message, returned>::ok);
    using reply = typename reply_or_void<Message>::type;
    Actor& self = *static_cast<Actor*>(actor);
    Message& what = *static_cast<Message*>(message);
    if constexpr (std::is_void_v<returned>) {
      access::on(self, what, in);
      if (answer != nullptr) answer->set_replied();
    } else if constexpr (is_task<returned>) {
      return {access::on(self, what, in).release(), &finish_task<reply, typename returned::value_type>};
    } else {
      put_reply<reply>(answer, access::on(self, what, in));
    }
  }
  return {};
}

template <class Actor>
running start_as(void* actor, context& in, void*, call*) {
  access::start(*static_cast<Actor*>(actor), in);
  return {};
}

/// What the untyped core knows of an actor class.
struct actor_type {
  std::string_view name;
  const contract_type* contract;
  std::uint32_t size;
  std::uint32_t align;
  void (*destroy)(void* actor) noexcept;
  const handler* handlers;
  handler start;                  ///< Null when there is no `start(context&)`.
  const mailbox_limits* mailbox;  ///< Null for the system's own.
};

template <class Actor, class List>
struct handler_table;
template <class Actor, class... Messages>
struct handler_table<Actor, message_list<Messages...>> {
  static constexpr handler entries[sizeof...(Messages) + 1] = {&handle_as<Actor, Messages>..., nullptr};
};

template <class Actor>
constexpr const mailbox_limits* mailbox_of() {
  if constexpr (requires { static_cast<const mailbox_limits&>(Actor::mailbox); }) {
    return &Actor::mailbox;
  } else {
    return nullptr;
  }
}

template <class Actor>
constexpr handler start_of() {
  if constexpr (access::has_start<Actor>) {
    return &start_as<Actor>;
  } else {
    return nullptr;
  }
}

template <class Actor>
inline constexpr actor_type actor_type_of{
    type_name<Actor>(), &contract_type_of<typename Actor::contract>,
    sizeof(Actor),      alignof(Actor),
    &destroy_as<Actor>, handler_table<Actor, typename Actor::contract::messages>::entries,
    start_of<Actor>(),  mailbox_of<Actor>()};

/// How to make an actor, without its types.
struct actor_maker {
  const actor_type* type;
  void (*construct)(void* at, void* arguments);
  void* arguments;
};

/// Calls `use(actor_maker)` with a maker of `Actor(args...)`.
template <class Actor, class Use, class... Args>
auto with_maker(const Use& use, Args&&... args) {
  static_assert(requires { typename Actor::contract; }, "an actor names its contract: `using contract = ...;`");
  static_assert(alignof(Actor) <= 64, "actors are aligned to at most 64 bytes");
  auto construct = [&](void* at) { ::new (at) Actor(std::forward<Args>(args)...); };
  return use(actor_maker{&actor_type_of<Actor>,
                         [](void* at, void* arguments) { (*static_cast<decltype(construct)*>(arguments))(at); },
                         &construct});
}

}  // namespace detail
}  // namespace zooid
