// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/actor.hpp>
#include <zooid/api.hpp>

#include <string>
#include <string_view>

namespace zooid {

namespace detail {
class pending_timer;
}

/// A message that `context::after` will deliver. Letting go of it changes nothing. Any thread.
class ZOOID_API timer {
 public:
  timer() noexcept;
  explicit timer(intrusive_ptr<detail::pending_timer> what) noexcept;
  timer(const timer&) noexcept;
  timer(timer&&) noexcept;
  timer& operator=(timer) noexcept;
  ~timer();
  /// True: it will not be delivered. False: it was, or is being, or was cancelled before.
  bool cancel() noexcept;

 private:
  intrusive_ptr<detail::pending_timer> what_;
};

class subscription;

/// What a handler may ask for beside its message: `on(const M&, zooid::context&)`. It belongs to the message being
/// handled and is valid until the handler, or its coroutine, has ended. Only inside the actor's turns.
class ZOOID_API context {
 public:
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  /// A ref to the actor itself: `in.self(this)`.
  template <class A>
  [[nodiscard]] ref<typename A::contract> self(const A*) const {
    return detail::ref_access::make<typename A::contract>(self_target());
  }
  /// Who sent the message; all zero for a plain thread.
  [[nodiscard]] actor_id sender() const noexcept;
  /// The service's name, or "Class#number".
  [[nodiscard]] std::string name() const;

  /// Starts another actor on this node.
  template <class A, class... Args>
  ref<typename A::contract> spawn(Args&&... args) {
    return detail::ref_access::make<typename A::contract>(detail::with_maker<A>(
        [this](const detail::actor_maker& maker) { return spawn_target(maker, {}); }, std::forward<Args>(args)...));
  }
  /// The same under a name. Throws setup_error `name_taken`.
  template <class A, class... Args>
  ref<typename A::contract> spawn_as(std::string_view name, Args&&... args) {
    return detail::ref_access::make<typename A::contract>(detail::with_maker<A>(
        [&](const detail::actor_maker& maker) { return spawn_target(maker, name); }, std::forward<Args>(args)...));
  }

  /// The actor ends after this message; what waits in its mailbox becomes dead letters, and callers are told.
  void stop() noexcept;

  /// Delivers `message` to this actor's own `on(M)` after `delay`, though no contract lists it.
  template <class A, class M>
  timer after(duration delay, A* self, M message) {
    static_assert(requires { typename A::contract; }, "after(delay, this, message)");
    static_cast<void>(self);
    return after_untyped(delay, detail::message_type_of<M>, &detail::handle_as<A, M>, &detail::move_message<M>,
                         &message);
  }

  /// Sends an event to whoever subscribed to its type, on this node and on others; see zooid::node::publish. Defined in
  /// <zooid/events.hpp>, which knows how events travel.
  template <class T>
  auto publish(T&& event, std::string_view key = {});
  /// From now on this actor's `on(const E&)` hears events of the type E, though no contract lists it; see
  /// zooid::node::subscribe for `which`. Ends with the actor. Defined in <zooid/events.hpp>.
  template <class E, class A, class... Which>
  subscription subscribe(A* self, const Which&... which);

  /// Has the caller given up? Then nobody waits for the reply.
  [[nodiscard]] bool cancelled() const noexcept;
  /// Until when the caller waits; time_point::max() for a tell.
  [[nodiscard]] time_point deadline() const noexcept;
  /// The node's time, read once a turn.
  [[nodiscard]] time_point now() const noexcept;

 private:
  friend class detail::cell;  // Which is the only one: a context is what its handlers see of it.
  context() = default;
  ~context() = default;

  [[nodiscard]] detail::cell& cell() const noexcept;
  [[nodiscard]] intrusive_ptr<detail::target> self_target() const;
  [[nodiscard]] detail::core& home() const noexcept;
  intrusive_ptr<detail::target> spawn_target(const detail::actor_maker& maker, std::string_view name);
  timer after_untyped(duration delay, const detail::message_type& type, detail::handler run,
                      void (*construct)(void*, void*), void* message);
};

}  // namespace zooid
