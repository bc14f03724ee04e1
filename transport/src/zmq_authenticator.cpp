// SPDX-License-Identifier: Apache-2.0
#include "zmq_authenticator.hpp"

#include "zmq_keys.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace zooid {
namespace {

/// Where libzmq asks, in each context.
constexpr const char* where_libzmq_asks = "inproc://zeromq.zap.01";
constexpr std::string_view version = "1.0";

/// The parts of a question, behind who asks.
enum question : std::size_t { delimiter = 1, version_at, request_at, domain_at, address_at, identity_at, mechanism_at };
constexpr std::size_t key_at = mechanism_at + 1;
constexpr std::size_t question_parts = key_at + 1;
constexpr std::size_t key_bytes = 32;

struct answer_text {
  std::string_view status;
  std::string_view words;
};

answer_text in_words(zmq_keys::verdict verdict) {
  switch (verdict) {
    case zmq_keys::verdict::allowed:
      return {"200", "allowed"};
    case zmq_keys::verdict::refused:
      return {"400", "not in the allow-list"};
    case zmq_keys::verdict::unable:
      break;
  }
  return {"500", "no allow-list"};
}

}  // namespace

zmq_authenticator::zmq_authenticator(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context,
                                     const zmq_options& options)
    : zmq_socket(std::move(reactor), context, zmq::socket_type::router, options), keys_(options.keys) {
  socket().bind(where_libzmq_asks);
}

void zmq_authenticator::begin() {
  if (!watch()) close_socket();
}

void zmq_authenticator::serve() {
  receive(batch_);
  for (auto part = batch_.begin(); part != batch_.end();) {
    const auto last = std::find_if(part, batch_.end(), [](const zmq_part& p) { return !p.more; });
    answer(std::span<const zmq_part>(part, last + 1));
    part = last + 1;
  }
  batch_.clear();
}

/// libzmq alone asks; what is no question of it, or of another mechanism, is refused all the same.
void zmq_authenticator::answer(std::span<const zmq_part> request) {
  const auto text = [&](std::size_t at) { return request[at].bytes.to_string_view(); };
  if (request.size() <= request_at) return;
  auto verdict = zmq_keys::verdict::refused;
  std::array<char, 41> key{};
  const bool is_whole = request.size() == question_parts && text(version_at) == version &&
                        text(mechanism_at) == "CURVE" && text(key_at).size() == key_bytes;
  if (is_whole) {
    zmq_z85_encode(key.data(), static_cast<const std::uint8_t*>(request[key_at].bytes.data()), key_bytes);
    verdict = keys_->judge(key.data(), text(address_at));
  }
  const auto [status, words] = in_words(verdict);
  const std::array<std::string_view, 8> parts{text(0), "", version, text(request_at), status, words, key.data(), ""};
  std::vector<zmq_part> reply;
  for (const std::string_view each : parts) reply.push_back({zmq::message_t(each.data(), each.size()), true});
  reply.back().more = false;
  post(reply);
}

}  // namespace zooid
