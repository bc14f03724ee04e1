// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nats/nats.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

// What NATS's C client gives, owned, and its errors as exceptions.

namespace bench {

inline void check(natsStatus status) {
  if (status != NATS_OK) throw std::runtime_error(std::string("nats: ") + ::natsStatus_GetText(status));
}

template <auto Destroy>
struct destroyed_by {
  void operator()(auto* held) const noexcept { Destroy(held); }
};
using nats_connection = std::unique_ptr<natsConnection, destroyed_by<::natsConnection_Destroy>>;
using nats_subscription = std::unique_ptr<natsSubscription, destroyed_by<::natsSubscription_Destroy>>;
using nats_message = std::unique_ptr<natsMsg, destroyed_by<::natsMsg_Destroy>>;

/// Whether what is published waits up to a millisecond for more.
enum class nats_sends { buffered, at_once };

/// To the server in NATS_URL.
inline nats_connection connect(nats_sends when) {
  natsOptions* made = nullptr;
  check(::natsOptions_Create(&made));
  const std::unique_ptr<natsOptions, destroyed_by<::natsOptions_Destroy>> options(made);
  const char* url = std::getenv("NATS_URL");
  if (url == nullptr) throw std::runtime_error("NATS_URL is not set");
  check(::natsOptions_SetURL(made, url));
  check(::natsOptions_SetSendAsap(made, when == nats_sends::at_once));
  natsConnection* connection = nullptr;
  check(::natsConnection_Connect(&connection, made));
  return nats_connection(connection);
}

/// The server has it when this returns. `on_message` runs on a thread of the client's.
inline nats_subscription subscribe(const nats_connection& connection, const char* subject, natsMsgHandler on_message,
                                   void* closure) {
  natsSubscription* made = nullptr;
  check(::natsConnection_Subscribe(&made, connection.get(), subject, on_message, closure));
  nats_subscription subscription(made);
  check(::natsConnection_Flush(connection.get()));
  return subscription;
}

/// The same, for who asks for the next message.
inline nats_subscription subscribe(const nats_connection& connection, const char* subject) {
  natsSubscription* made = nullptr;
  check(::natsConnection_SubscribeSync(&made, connection.get(), subject));
  nats_subscription subscription(made);
  check(::natsConnection_Flush(connection.get()));
  return subscription;
}

/// None when the time has passed.
inline nats_message next_within(std::int64_t milliseconds, const nats_subscription& subscription) {
  natsMsg* received = nullptr;
  const natsStatus status = ::natsSubscription_NextMsg(&received, subscription.get(), milliseconds);
  if (status != NATS_TIMEOUT) check(status);
  return nats_message(received);
}

template <class Value>
void publish(natsConnection* connection, const char* subject, const Value& value) {
  check(::natsConnection_Publish(connection, subject, &value, sizeof value));
}

/// None when the time has passed.
template <class Value>
nats_message request_within(std::int64_t milliseconds, const nats_connection& connection, const char* subject,
                            const Value& value) {
  natsMsg* answer = nullptr;
  const natsStatus status =
      ::natsConnection_Request(&answer, connection.get(), subject, &value, sizeof value, milliseconds);
  if (status != NATS_TIMEOUT) check(status);
  return nats_message(answer);
}

template <class Value>
bool holds(natsMsg* message) {
  return static_cast<std::size_t>(::natsMsg_GetDataLength(message)) == sizeof(Value);
}

template <class Value>
Value value_of(natsMsg* message) {
  if (!holds<Value>(message)) throw std::runtime_error("a message of another size");
  Value value;
  std::memcpy(&value, ::natsMsg_GetData(message), sizeof value);
  return value;
}

}  // namespace bench
