// SPDX-License-Identifier: Apache-2.0
#include "trace.hpp"

#include "calculator.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

namespace {

using steady = std::chrono::steady_clock;
using Send = zooid::method_call<&Calculator::send>;  // the message as which a call of it travels

/// Keeps what its function got, when, and where.
class WatchedCalculator : public PocketCalculator {
 public:
  std::string send(const std::string& text) override {
    entered = steady::now();
    thread = std::this_thread::get_id();
    got = text;
    std::string answer = PocketCalculator::send(text);
    left = steady::now();
    return answer;
  }

  // Written in the call, read when it has been answered.
  steady::time_point entered;
  steady::time_point left;
  std::thread::id thread;
  std::string got;
};

struct traffic {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};

/// What a node has sent and received in all, once it has counted `received`: an answer may be faster than the counter.
traffic traffic_of(const zooid::node& node, std::uint64_t received) {
  const auto give_up = steady::now() + std::chrono::seconds(5);
  for (;;) {
    traffic sum;
    for (const zooid::session_accounts& each : node.sessions()) {
      sum.sent += each.sent;
      sum.received += each.received;
    }
    if (sum.received >= received || steady::now() > give_up) return sum;
    std::this_thread::yield();
  }
}

std::string hexadecimal(const zooid::byte_buffer& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", std::to_integer<unsigned>(bytes.data()[i]));
    if (i > 0) text += i % 16 == 0 ? "\n              " : " ";
    text += digits;
  }
  return text;
}

std::string microseconds(steady::duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(span).count()) + " us";
}

const zooid::message_codec& codec_of_send() {
  const auto messages = zooid::codec_of<Calculator::contract>().messages;
  return *std::find_if(messages.begin(), messages.end(), [](const auto& each) { return each.name == Send::wire_name; });
}

// The same functions encode here as on the way, but into a buffer of ours.
zooid::byte_buffer encoded(const Send& message) {
  zooid::byte_buffer bytes;
  zooid::output_archive archive(bytes);
  codec_of_send().encode(archive, &message);
  return bytes;
}
zooid::byte_buffer encoded(const Send::reply& reply) {
  zooid::byte_buffer bytes;
  zooid::output_archive archive(bytes);
  codec_of_send().reply->encode(archive, &reply);
  return bytes;
}

}  // namespace

void trace_call(zooid::node& server, std::ostream& to) {
  const auto watched = std::make_shared<WatchedCalculator>();
  server.serve<Calculator>("calculator", watched);
  zooid::node client;
  const auto calculator = client.find<Calculator>(server.endpoint() + "/calculator");
  calculator.call<&Calculator::add>(2, 3).get();  // Opens the session, which is no step of every call.
  const std::string text = "rpc 测试用例";
  const traffic client_before = traffic_of(client, 1);
  const traffic server_before = traffic_of(server, 1);

  const auto begin = steady::now();
  auto call = calculator.call<&Calculator::send>(text);
  const auto started = steady::now();
  const std::string answer = call.get();
  const auto end = steady::now();

  const traffic client_after = traffic_of(client, client_before.received + 1);
  const traffic server_after = traffic_of(server, server_before.received + 1);
  const zooid::schema schema = codec_of_send().describe();
  const zooid::byte_buffer request = encoded(Send{{text}});
  const zooid::byte_buffer reply = encoded(answer);
  char fingerprint[20];
  std::snprintf(fingerprint, sizeof fingerprint, "%016llx", static_cast<unsigned long long>(schema.fingerprint()));

  to << "call<&Calculator::send>(\"" << text << "\") of " << calculator.to_string() << "\n\n";
  to << "stub          client: the call is a message, " << schema.to_string() << '\n'
     << "              of the contract \"" << Calculator::contract::name << "\"; fingerprint " << fingerprint << '\n'
     << "              " << microseconds(started - begin) << " later, it is under way\n";
  to << "marshalling   client: " << request.size() << " bytes\n              " << hexadecimal(request) << '\n';
  to << "transport     client to " << server.endpoint() << ": sent " << client_after.sent - client_before.sent
     << ", the server received " << server_after.received - server_before.received << '\n';
  to << "dispatch      server: " << microseconds(watched->entered - begin) << " after the call began, "
     << (watched->thread == std::this_thread::get_id() ? "the calling thread" : "another thread") << " is in send\n"
     << "              it got \"" << watched->got << "\" and took " << microseconds(watched->left - watched->entered)
     << '\n';
  to << "reply         server: " << reply.size() << " bytes; sent " << server_after.sent - server_before.sent
     << ", the client received " << client_after.received - client_before.received << "\n              "
     << hexadecimal(reply) << '\n'
     << "              client: " << microseconds(end - watched->left) << " after send returned, the caller has \""
     << answer << "\"\n"
     << "in all        " << microseconds(end - begin) << '\n';
}
