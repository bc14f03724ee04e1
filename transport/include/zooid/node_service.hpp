// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/contract.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace zooid {

/// The service that every node runs under the reserved name "zooid", unless node_options::service is false:
/// `node.find<zooid::node_service>("tcp://host:port/zooid").call<zooid::service::ping>()`.
namespace service {

/// Answered at once, as long as the node handles messages.
struct ping {
  using reply = void;
};
/// Does the node accept work? While it stops, who asks hears false or is refused with `shutdown`.
struct ready {
  using reply = bool;
};

/// A field of a message or of a struct.
struct field_description {
  std::string name{};
  std::string type{};  ///< "int32", "list<Line>": structs by their names.
};
/// A struct inside a message.
struct struct_description {
  std::string name{};
  std::vector<field_description> fields{};
};
/// A message and its reply.
struct message_description {
  std::string name{};
  std::vector<field_description> fields{};
  std::string reply{};                        ///< Its type, or "void"; empty when it can only be told.
  std::vector<struct_description> structs{};  ///< That its fields and its reply name.
};
/// A service and what it may be asked.
struct service_description {
  std::string name{};
  std::string contract{};
  std::vector<message_description> messages{};
};
/// A type of event.
struct event_description {
  message_description event{};
  bool lossless{};
};
/// The answer to `describe`.
struct node_description {
  std::string node{};      ///< Its id, in hex.
  std::string endpoint{};  ///< Where it listens.
  std::string events{};    ///< Where programs that are not nodes subscribe.
  std::vector<service_description> services{};
  std::vector<event_description> types_of_events{};  ///< That it has published, or somebody there has subscribed to.
};
/// What the node offers: one service, or all when no name is given.
struct describe {
  using reply = node_description;
  std::string service{};
};

/// What a service did so far.
struct service_stats {
  std::string name{};
  std::uint64_t queued{};  ///< In the mailbox, or being handled.
  std::uint64_t handled{};
  std::map<std::string, std::uint64_t> refused{};  ///< By the error's name.
  std::int64_t handler_nanoseconds{};              ///< Spent in handlers: after 1,024 turns, from every 16th.
};
/// What was exchanged with one other node so far; as session_accounts.
struct peer_stats {
  std::string peer{};
  std::uint64_t sent{};
  std::uint64_t taken{};
  std::map<std::string, std::uint64_t> refused{};
  std::uint64_t cut_off{};
  std::uint64_t in_flight{};
  std::uint64_t received{};
  std::uint64_t credit_used{};  ///< Bytes.
  std::uint64_t credit{};       ///< Bytes; 0 for sessions that are over, which are added up in one entry.
  std::uint64_t events{};
};
/// The answer to `stats`.
struct node_stats {
  std::uint64_t taken{};
  std::uint64_t handled{};
  std::uint64_t queued{};
  std::map<std::string, std::uint64_t> refused{};
  std::map<std::string, std::uint64_t> dead_letters{};
  std::vector<service_stats> services{};
  std::vector<peer_stats> peers{};
};
/// What became of the node's messages so far?
struct stats {
  using reply = node_stats;
};

/// Publishes an event that is written as JSON, for programs that are not nodes; the node must have a door. Refused with
/// `no_such_message` when no event of that name was ever published or subscribed to there.
struct publish {
  using reply = void;
  std::string event{};
  std::string key{};
  std::string json{};
};

}  // namespace service

/// The contract of the service "zooid".
struct ZOOID_API node_service
    : contract<"zooid", service::ping, service::ready, service::describe, service::stats, service::publish> {};

}  // namespace zooid
