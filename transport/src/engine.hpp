// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/node.hpp>
#include <zooid/link.hpp>

#include "allow_list.hpp"
#include "core.hpp"
#include "remote_target.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

class event_hub;
class plain_door;
class route;
class session;

/// A contract, and what other nodes are told of it.
struct known_contract {
  const contract_codec* codec;
  std::vector<schema> schemas;  ///< Of its messages.
  std::vector<std::uint64_t> fingerprints;
};

/// A node's inside: its actors, its routes to other nodes, its sessions, and who decides which session between two
/// nodes stays. Any thread.
class engine final : public ref_counted, public ref_codec {
 public:
  explicit engine(node_options options);
  ~engine() override;

  void start();
  shutdown_report stop(duration drain);

  [[nodiscard]] actor_system& system() noexcept { return system_; }
  [[nodiscard]] detail::core& core() noexcept { return system_.core(); }
  [[nodiscard]] const node_options& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  [[nodiscard]] time_point now() { return core().time().now(); }
  [[nodiscard]] event_hub& events() noexcept { return *events_; }
  [[nodiscard]] std::uint64_t next_number() noexcept { return number_.fetch_add(1, std::memory_order_relaxed) + 1; }

  const known_contract& learn(const contract_codec& contract);
  /// Null for a contract that was never learnt.
  [[nodiscard]] const known_contract* known(const detail::contract_type* contract) const;
  [[nodiscard]] intrusive_ptr<detail::target> find(std::string_view address, const contract_codec& contract);

  // ref_codec.
  void save(output_archive& to, const detail::target* from, const contract_codec& contract) override;
  intrusive_ptr<detail::target> load(input_archive& from, const contract_codec& contract) override;

  /// errc::malformed when it cannot be encoded, too_large when it is longer than a frame may be.
  [[nodiscard]] errc encode(const message_codec& how, const void* message, byte_buffer& to);

  // For events. Throw setup_error.
  [[nodiscard]] std::shared_ptr<event_outlet> open_outlet(event_flow flow,
                                                          std::shared_ptr<event_outlet_listener> listener);
  [[nodiscard]] std::shared_ptr<event_inlet> open_inlet(const std::string& endpoint, event_flow flow,
                                                        std::shared_ptr<event_inlet_listener> listener);
  /// What others are told of an endpoint that was bound here.
  [[nodiscard]] std::string advertised(const std::string& bound) const;
  /// Null for this node itself.
  [[nodiscard]] intrusive_ptr<route> route_for_events(const std::string& endpoint);

  /// Begins to dial. Its code is errc{}, unless that cannot even begin.
  [[nodiscard]] error dial(session& fresh);
  [[nodiscard]] std::shared_ptr<link_acceptor> acceptor();

  // What a session heard during its handshake; the engine answers through it.
  void on_hello(session& from, bool force);
  void on_welcome(session& from);
  void on_confirm(session& from);
  void on_redundant(session& from);
  void on_over(session& which, const error& why);
  void on_left(session& which);

  void dead(std::string_view message, const detail::target& receiver, errc why) {
    core().dead_on_the_way(message, receiver, why);
  }
  [[nodiscard]] std::vector<session_accounts> sessions() const;

 private:
  class link_acceptance;

  void establish(session& with);
  void use_instead(session& instead, session& of);
  [[nodiscard]] bool has_keys() const noexcept;
  [[nodiscard]] allow_list allowed_keys() const;
  [[nodiscard]] intrusive_ptr<route> route_to(const std::string& endpoint);
  [[nodiscard]] intrusive_ptr<route> route_to_node(std::uint64_t node, const std::string& endpoint);
  [[nodiscard]] std::vector<intrusive_ptr<session>> all_sessions() const;
  void say_goodbye(shutdown_report& report);
  void forget_all();
  [[nodiscard]] bool is_own(std::string_view endpoint) const noexcept;
  void check_allowed(const std::string& endpoint, std::string_view what) const;

  const node_options options_;
  std::shared_ptr<zooid::network> network_;
  actor_system system_;
  const intrusive_ptr<event_hub> events_;
  std::string endpoint_;            // Set by start.
  intrusive_ptr<plain_door> door_;  // Likewise; until the stop, since it holds the engine.
  std::atomic<std::uint64_t> number_{0};
  std::atomic<bool> closed_{false};

  std::mutex listening_mutex_;  // Held until endpoint_ is known.

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::map<std::string, intrusive_ptr<route>, std::less<>> routes_;
  std::map<std::uint64_t, intrusive_ptr<route>> routes_by_node_;
  std::map<std::uint64_t, intrusive_ptr<session>> established_;  // By the other node.
  std::map<std::uint64_t, intrusive_ptr<session>> welcomed_;     // Accepted, not confirmed; by the other node.
  std::map<std::uint64_t, intrusive_ptr<session>> sessions_;     // All that are not over, by number.
  /// Dialled and left, for the sake of the session that the other node dialled.
  std::map<std::uint64_t, std::vector<intrusive_ptr<session>>> waiting_;
  session_accounts past_;

  mutable std::mutex contracts_mutex_;
  // Guarded by contracts_mutex_; what stands in it never changes:
  std::map<const detail::contract_type*, known_contract> contracts_;
};

}  // namespace zooid
