// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/codec.hpp>
#include <zooid/events.hpp>
#include <zooid/security.hpp>
#include <zooid/system.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zooid {

class engine;
class network;
class text_codec;

/// How a node is made. Each member has a default.
struct node_options {
  /// Where other nodes and foreign programs reach this one: "tcp://127.0.0.1:10000", port 0 for any free one, or
  /// "ipc:///path". Empty: only those reach it whom it calls first.
  std::string listen{};
  /// Where its events leave: an endpoint as for `listen`. Default: a free port beside `listen`, once somebody
  /// subscribes or, at a node with a door, asks the service "zooid" to describe it. Lossless events leave at a port of
  /// their own.
  std::string events{};
  /// What others should dial, when `listen` is a wildcard or behind a translation.
  std::string advertise{};
  /// Which key it has and whose it accepts: then nobody else gets in, everything is encrypted, and addresses beyond
  /// loopback and ipc are allowed.
  security keys{};
  /// Allows addresses beyond loopback and ipc without keys, where anybody may read, forge and flood.
  bool insecure{};
  unsigned workers{};                              ///< Threads; 0: one per core.
  mailbox_limits mailbox{};                        ///< Of actors that choose none.
  duration call_timeout{std::chrono::seconds(5)};  ///< Of calls that choose none.
  std::uint32_t pending_calls{65536};              ///< Calls under way at a time.
  duration drain{std::chrono::seconds(1)};         ///< What the destructor gives to `stop`.

  /// Bytes; a message longer than that, less 64 KiB for what travels with it, is refused as `too_large`.
  std::size_t frame_limit{std::size_t{16} << 20};
  std::size_t session_credit{std::size_t{4} << 20};  ///< Bytes under way to one other node, not yet taken there.
  /// The part of it that one receiver can use up, a message at least a 2,048th of it; also the bytes of lossless events
  /// that a filter has under way.
  std::size_t receiver_credit{std::size_t{1} << 20};
  std::size_t queue_bytes{std::size_t{1} << 20};  ///< Bytes that wait for a node that is not reached yet.
  duration heartbeat_interval{std::chrono::seconds(1)};
  duration heartbeat_timeout{std::chrono::seconds(5)};  ///< Without a sign of life for so long, a session is over.

  std::function<void(const dead_letter&)> on_dead_letter{};  ///< Any thread; brief.
  /// Lets programs that are not nodes call services by JSON: zooid::json(), of zooid::door. Default: they are refused.
  std::shared_ptr<const text_codec> door{};
  /// Runs the reserved service "zooid" (node_service.hpp), by which others ask whether the node is there and what it
  /// offers.
  bool service{true};

  // The seams, for tests and simulations:
  std::shared_ptr<zooid::scheduler> scheduler{};  ///< Default: a thread pool of its own.
  std::shared_ptr<clock> time{};                  ///< Of that thread pool. Default: steady_clock().
  std::shared_ptr<zooid::network> network{};      ///< Default: ZeroMQ.
  std::shared_ptr<random_source> random{};        ///< Default: system_random().
};

/// What happened to what one session sent: `sent = taken + refused + cut_off + in_flight`. Counted are messages,
/// calls, replies and errors.
struct ZOOID_API session_accounts {
  std::string peer{};  ///< Where it was dialled; of one that has dialled, "node" and the id that it gave.
  std::uint64_t sent{};
  std::uint64_t taken{};
  std::array<std::uint64_t, errc_count> refused{};
  std::uint64_t cut_off{};    ///< Lost with the session, or nobody knows.
  std::uint64_t in_flight{};  ///< Not yet acknowledged, or held there until there is room.
  std::uint64_t received{};
  std::uint64_t events{};  ///< That it published and that arrived for a subscription, each once; not in `received`.
  std::uint64_t credit_used{};  ///< Bytes, of node_options::session_credit.
  bool over{};

  [[nodiscard]] std::uint64_t refused_in_all() const noexcept;
  [[nodiscard]] bool close() const noexcept { return sent == taken + refused_in_all() + cut_off + in_flight; }
};

/// One actor system with its endpoints; usually one per process. Any thread.
class ZOOID_API node {
 public:
  node() : node(node_options{}) {}
  /// Throws setup_error: address_in_use, malformed_address, denied; malformed, of a file of `keys`.
  explicit node(node_options options);
  node(node&&) = delete;
  ~node();

  /// Starts an actor `A(args...)`. The ref is pinned to it. When `A` has `start(zooid::context&)`, that runs first.
  template <class A, class... Args>
  ref<typename A::contract> spawn(Args&&... args) {
    learn<typename A::contract>();
    return system().template spawn<A>(std::forward<Args>(args)...);
  }
  /// Starts a service, which others find by its name; the ref is to the name. Throws setup_error `name_taken`.
  template <class A, class... Args>
  ref<typename A::contract> spawn_as(std::string_view name, Args&&... args) {
    learn<typename A::contract>();
    return system().template spawn_as<A>(name, std::forward<Args>(args)...);
  }
  /// Lets an object answer the calls of an interface, which names its `contract` (see interface.hpp): as a service,
  /// until it is stopped. Both a std::unique_ptr and a std::shared_ptr to a class derived from `Interface` will do; the
  /// service keeps the object alive. Throws setup_error `name_taken`, and std::invalid_argument for no object.
  template <class Interface>
  ref<contract_of<Interface>> serve(std::string_view name, std::shared_ptr<Interface> implementation,
                                    serve_options options = {}) {
    learn<contract_of<Interface>>();
    return system().template serve<Interface>(name, std::move(implementation), options);
  }
  /// A ref to a service, whose contract or interface is `C`: of another node by "tcp://host:port/name" or
  /// "ipc:///path/name", of this one by "name". It need not run yet. Throws setup_error `malformed_address` or
  /// `denied`.
  template <class C>
  [[nodiscard]] ref<contract_of<C>> find(std::string_view address) {
    static_assert(!contract_of<C>::is_local, "a local_contract cannot be found from other nodes");
    return detail::ref_access::make<contract_of<C>>(find_target(address, codec_of<contract_of<C>>()));
  }

  /// Sends an event to whoever subscribed to its type, on this node and on others, by a key if one is given. It is
  /// encoded once, and not at all if nobody wants it elsewhere. Its copy constructor and its `serialize` must not use
  /// the node. True: it is on its way to all of them. A lossy event
  /// that a subscriber has no room for is missing there, and a gap stands in its place; an event type with `static
  /// constexpr bool lossless = true` is refused as `overloaded` instead, and can wait for the slowest: `co_await`,
  /// `.get()`. Other codes: `malformed`, `too_large`, `shutdown`, and `incompatible` when another type has its name.
  template <class T>
  auto publish(T&& event, std::string_view key = {}) {
    return detail::publish_event(system().core(), std::forward<T>(event), key);
  }
  /// From now on calls `f(const E&)`, and if it can be called so, `f(const gap<E>&)`: for events of the type E of this
  /// node, or those that `which` chooses: `from("tcp://host:port")`, `key("…")`, `key_prefix("…")`. A subscription
  /// survives that the connection to the publisher is lost. `f` is run by the workers, one event at a time. Throws
  /// setup_error: `malformed_address`, `denied`, `incompatible`, `shutdown`.
  template <class E, class F, class... Which>
  subscription subscribe(F f, const Which&... which) {
    using actor = detail::event_function<E, F>;
    const auto ref = system().template spawn<actor>(std::move(f));
    return detail::subscribe(system().core(), intrusive_ptr<detail::target>(detail::ref_access::target_of(ref)),
                             detail::event_handlers_of<actor, E>, detail::choose(which...), true);
  }
  /// Where its events leave, for programs that subscribe without being nodes; empty while nobody has asked for it,
  /// unless node_options::events is given.
  [[nodiscard]] std::string events_endpoint() const;

  /// Ends one actor of this node, after the message it handles.
  template <class C>
  void stop(const ref<C>& actor) {
    system().stop(actor);
  }
  /// Lets the actors finish within `drain`, waits until what was sent is received, and ends within `drain` plus one
  /// second whatever the others do. Idempotent; not inside a handler.
  shutdown_report stop(duration drain);

  /// Where it listens, or what it advertises: "tcp://127.0.0.1:41235". Empty without `listen`.
  [[nodiscard]] const std::string& endpoint() const noexcept;
  [[nodiscard]] std::uint64_t id() const noexcept;
  [[nodiscard]] zooid::accounts accounts();
  /// Present and past sessions, the past ones added up in one entry.
  [[nodiscard]] std::vector<session_accounts> sessions() const;

 private:
  template <class C>
  void learn() {
    if constexpr (!C::is_local) learn_contract(codec_of<C>());
  }
  [[nodiscard]] actor_system& system() noexcept;
  void learn_contract(const contract_codec& contract);
  [[nodiscard]] intrusive_ptr<detail::target> find_target(std::string_view address, const contract_codec& contract);

  intrusive_ptr<engine> engine_;
};

}  // namespace zooid
