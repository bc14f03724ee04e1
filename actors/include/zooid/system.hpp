// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/context.hpp>
#include <zooid/interface.hpp>
#include <zooid/random.hpp>
#include <zooid/scheduler.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

/// A message that could not be delivered after it was taken; also one that another node refused.
struct dead_letter {
  std::string_view message;
  std::string receiver;
  errc why;
};

/// Where a node's messages went. Taken is handled, dead, or still queued: `taken = handled + dead() + queued`.
struct ZOOID_API accounts {
  std::uint64_t taken{};
  std::uint64_t handled{};
  std::uint64_t queued{};                                ///< In mailboxes, or being handled.
  std::array<std::uint64_t, errc_count> refused{};       ///< Not taken, by errc.
  std::array<std::uint64_t, errc_count> dead_letters{};  ///< Taken, but not handled, by errc.

  [[nodiscard]] std::uint64_t dead() const noexcept;
  [[nodiscard]] std::uint64_t refused_in_all() const noexcept;
  [[nodiscard]] bool close() const noexcept { return taken == handled + dead() + queued; }
};

/// What a stop cut off, a line each: who, and what was lost with it. Empty: everything had ended by itself.
struct shutdown_report {
  std::vector<std::string> cut_off{};
  [[nodiscard]] bool clean() const noexcept { return cut_off.empty(); }
};

/// How an actor_system is made. Each member has a default.
struct system_options {
  unsigned workers{};                              ///< Threads; 0: one per core. Not used when `scheduler` is given.
  mailbox_limits mailbox{};                        ///< Of actors that choose none.
  duration call_timeout{std::chrono::seconds(5)};  ///< Of calls that choose none.
  std::uint32_t pending_calls{65536};              ///< Calls under way at a time; one more is refused as `overloaded`.
  duration drain{std::chrono::seconds(1)};         ///< What the destructor gives to `stop`.
  std::function<void(const dead_letter&)> on_dead_letter{};  ///< Any thread; brief.

  // The seams, for tests and simulations:
  std::shared_ptr<zooid::scheduler> scheduler{};  ///< Default: a thread pool of its own, with the next two.
  std::shared_ptr<clock> time{};                  ///< Default: steady_clock().
  std::shared_ptr<reactor> io{};                  ///< Where its idle threads sleep; default: one that only sleeps.
  std::shared_ptr<random_source> random{};        ///< Default: system_random().
};

/// The inside of one node: its actors, their names, and what drives them. Any thread.
class ZOOID_API actor_system {
 public:
  actor_system() : actor_system(system_options{}) {}
  explicit actor_system(system_options options);
  actor_system(actor_system&&) = delete;
  ~actor_system();

  /// Starts an actor `A(args...)`. The ref is pinned to it. When `A` has `start(zooid::context&)`, that runs first.
  template <class A, class... Args>
  ref<typename A::contract> spawn(Args&&... args) {
    return detail::ref_access::make<typename A::contract>(detail::with_maker<A>(
        [this](const detail::actor_maker& maker) { return spawn_target(maker, {}); }, std::forward<Args>(args)...));
  }
  /// The same under a name; the ref is to the name. Throws setup_error `name_taken`.
  template <class A, class... Args>
  ref<typename A::contract> spawn_as(std::string_view name, Args&&... args) {
    return detail::ref_access::make<typename A::contract>(detail::with_maker<A>(
        [&](const detail::actor_maker& maker) { return spawn_target(maker, name); }, std::forward<Args>(args)...));
  }
  /// Lets an object answer the calls of an interface, which names its `contract` (see interface.hpp): as a service,
  /// until it is stopped. Both a std::unique_ptr and a std::shared_ptr to a class derived from `Interface` will do; the
  /// service keeps the object alive. Throws setup_error `name_taken`, and std::invalid_argument for no object.
  template <class Interface>
  ref<contract_of<Interface>> serve(std::string_view name, std::shared_ptr<Interface> implementation,
                                    serve_options options = {}) {
    return detail::ref_access::make<contract_of<Interface>>(detail::with_maker<detail::servant<Interface>>(
        [&](const detail::actor_maker& maker) { return serve_target(maker, name, options.concurrency); },
        std::as_const(implementation)));
  }
  /// A ref to whichever actor has the name when it is used. `C` is a contract, or an interface.
  template <class C>
  [[nodiscard]] ref<contract_of<C>> find(std::string_view name) {
    return detail::ref_access::make<contract_of<C>>(find_target(name));
  }

  /// Ends one actor, after the message it handles; what waits in its mailbox becomes dead letters.
  template <class C>
  void stop(const ref<C>& actor) {
    stop_target(detail::ref_access::target_of(actor));
  }

  /// Refuses what comes from outside, lets the actors finish within `drain`, and ends within `drain` plus one second
  /// whatever they do. A handler that never returns is named and abandoned with its thread. Idempotent; not inside a
  /// handler.
  shutdown_report stop(duration drain);

  [[nodiscard]] zooid::accounts accounts() const;
  [[nodiscard]] std::uint64_t id() const noexcept;

  /// For the transport.
  [[nodiscard]] detail::core& core() noexcept { return *core_; }

 private:
  intrusive_ptr<detail::target> spawn_target(const detail::actor_maker& maker, std::string_view name);
  intrusive_ptr<detail::target> serve_target(const detail::actor_maker& maker, std::string_view name,
                                             unsigned concurrency);
  intrusive_ptr<detail::target> find_target(std::string_view name);
  void stop_target(detail::target* actor);

  intrusive_ptr<detail::core> core_;
};

}  // namespace zooid
