// SPDX-License-Identifier: Apache-2.0
#include "zmq_router.hpp"

#include "wire_magic.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

namespace zooid {

namespace {

/// Frames waiting for one peer. A node's session stops far earlier; this bounds a foreign program that never reads.
constexpr int most_waiting = 100'000;
/// Bytes of answers that may wait for one foreign program. Who lets more wait is not heard until it has read some.
constexpr std::size_t most_unread = std::size_t{64} << 20;
/// ZMQ_MSG_PROPERTY_USER_ID, which the header shows only to who builds drafts.
constexpr const char* user_id = "User-Id";

}  // namespace

struct router_socket::backlog {
  std::atomic<std::size_t> bytes{0};
};

/// The last part of an answer to a foreign program. libzmq frees it once the connection has it.
struct router_socket::unread_part {
  static constexpr std::size_t overhead = 1024;  // about what a message takes in libzmq

  /// `before`: the bytes of the parts before it.
  static zmq::message_t make(byte_buffer bytes, std::size_t before, std::shared_ptr<backlog> in) {
    auto part = std::make_unique<unread_part>(std::move(bytes), before, std::move(in));
    zmq::message_t made(
        part->bytes.data(), part->bytes.size(), [](void*, void* owner) { delete static_cast<unread_part*>(owner); },
        part.get());
    static_cast<void>(part.release());
    return made;
  }

  unread_part(byte_buffer what, std::size_t before, std::shared_ptr<backlog> whose)
      : bytes(std::move(what)), size(bytes.size() + before + overhead), in(std::move(whose)) {
    in->bytes.fetch_add(size, std::memory_order_relaxed);
  }
  unread_part(unread_part&&) = delete;
  ~unread_part() { in->bytes.fetch_sub(size, std::memory_order_relaxed); }

  byte_buffer bytes;
  const std::size_t size;
  const std::shared_ptr<backlog> in;
};

void accepted_link::send(byte_buffer frame) {
  if (!audience_.ended()) router_->send(route_, std::move(frame));
}

void accepted_link::close() {
  audience_.end();
  router_->forget(*this);
}

std::string accepted_link::peer() const {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "peer ";
  for (const char c : route_) {
    const auto value = static_cast<unsigned char>(c);
    text.append({digits[value >> 4], digits[value & 15]});
  }
  return text + " of " + router_->endpoint();
}

router_socket::router_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                             std::shared_ptr<link_acceptor> acceptor)
    : zmq_socket(std::move(reactor), context, zmq::socket_type::router, options),
      has_keys_(options.keys != nullptr),
      acceptor_(std::move(acceptor)) {
  socket().set(zmq::sockopt::router_mandatory, true);
  socket().set(zmq::sockopt::sndhwm, most_waiting);
  if (options.keys != nullptr) options.keys->guard(socket());
}

std::string router_socket::bind(const std::string& endpoint) {
  socket().bind(endpoint);
  endpoint_ = socket().get(zmq::sockopt::last_endpoint);
  if (!watch()) close_socket();
  return endpoint_;
}

void router_socket::send(const std::string& route, byte_buffer frame) {
  std::array<zmq_part, 2> parts{zmq_part{zmq::message_t(route.data(), route.size()), true},
                                zmq_part{to_message(std::move(frame)), false}};
  post(parts);
}

void router_socket::forget(const accepted_link& link) {
  std::shared_ptr<accepted_link> dropped;  // freed after unlocking
  std::lock_guard lock(links_mutex_);
  const auto found = links_.find(link.route_);
  if (found == links_.end() || found->second.get() != &link) return;
  dropped = std::move(found->second);
  links_.erase(found);
}

void router_socket::serve() {
  const bool empty = receive(batch_);
  const std::vector<message> all = messages();
  for (std::size_t i = 0; i < all.size(); ++i) hear(std::span(all).subspan(i));
  batch_.clear();
  if (!empty) return;  // what a lost peer sent before is told first
  for (const std::string& route : take_lost()) lose(route);
}

std::vector<router_socket::message> router_socket::messages() const {
  std::vector<message> result;
  for (auto part = batch_.begin(); part != batch_.end(); ++part) {
    const auto last = std::find_if(part, batch_.end(), [](const zmq_part& p) { return !p.more; });
    result.push_back({&*part, std::span<const zmq_part>(part + 1, last + 1)});
    part = last;
  }
  return result;
}

bool router_socket::message::is_frame() const noexcept {
  return body.size() == 1 && has_wire_magic(body.front().view());
}

/// Tells of the first of those at hand.
void router_socket::hear(std::span<const message> at_hand) {
  const message& first = at_hand.front();
  if (!first.is_frame()) return hear_foreign(first);
  auto link = find(first.route());
  // Who connects chooses this name, and may take that of one who has left and is not missed yet.
  if (link != nullptr && has_keys_ && link->key_ != key_of(first)) {
    lose(std::string(first.route()));
    link = nullptr;
  }
  if (link == nullptr) link = accept(first);
  const auto listener = link == nullptr ? nullptr : link->audience_.listener();
  if (listener == nullptr) return;
  const bool more = std::ranges::any_of(
      at_hand.subspan(1), [&](const message& other) { return other.is_frame() && other.route() == first.route(); });
  listener->on_frame(first.body.front().view(), more);
}

void router_socket::hear_foreign(const message& request) {
  std::shared_ptr<link_acceptor> acceptor;
  {
    std::lock_guard lock(links_mutex_);
    acceptor = acceptor_;
  }
  if (acceptor == nullptr) return;
  const std::shared_ptr<backlog> unread = backlog_of(request.route());
  if (unread->bytes.load(std::memory_order_relaxed) > most_unread) return;
  std::vector<std::span<const std::byte>> parts;
  for (const zmq_part& part : request.body) parts.push_back(part.view());
  const auto self = std::static_pointer_cast<router_socket>(shared_from_this());
  acceptor->on_foreign(parts, [self, unread, route = std::string(request.route())](std::vector<byte_buffer> answer) {
    self->answer_foreign(route, unread, std::move(answer));
  });
}

void router_socket::answer_foreign(const std::string& route, const std::shared_ptr<backlog>& in,
                                   std::vector<byte_buffer> answer) {
  if (answer.empty()) return;
  std::vector<zmq_part> reply;
  reply.push_back({zmq::message_t(route), true});
  byte_buffer last = std::move(answer.back());
  answer.pop_back();
  std::size_t before = 0;
  for (byte_buffer& part : answer) {
    before += part.size();
    reply.push_back({to_message(std::move(part)), true});
  }
  reply.push_back({unread_part::make(std::move(last), before, in), false});
  post(reply);
}

std::shared_ptr<router_socket::backlog> router_socket::backlog_of(std::string_view route) {
  if (const auto found = backlogs_.find(route); found != backlogs_.end()) {
    if (auto known = found->second.lock()) return known;
    backlogs_.erase(found);
  }
  if (backlogs_.size() >= backlogs_bound_) {
    std::erase_if(backlogs_, [](const auto& each) { return each.second.expired(); });
    backlogs_bound_ = 2 * backlogs_.size() + 64;
  }
  auto fresh = std::make_shared<backlog>();
  backlogs_.emplace(std::string(route), fresh);
  return fresh;
}

std::shared_ptr<accepted_link> router_socket::find(std::string_view route) {
  std::lock_guard lock(links_mutex_);
  const auto found = links_.find(route);
  return found == links_.end() ? nullptr : found->second;
}

/// What the authenticator called the sender; empty without one. Lives as long as the message.
std::string_view router_socket::key_of(const message& first) const {
  if (!has_keys_) return {};
  const char* const key = zmq_msg_gets(first.body.front().bytes.handle(), user_id);
  return key == nullptr ? std::string_view() : key;
}

/// A link for a new peer, if anybody wants to hear it.
std::shared_ptr<accepted_link> router_socket::accept(const message& first) {
  std::shared_ptr<link_acceptor> acceptor;
  const auto self = std::static_pointer_cast<router_socket>(shared_from_this());
  const auto link = std::make_shared<accepted_link>(self, std::string(first.route()), std::string(key_of(first)));
  {
    std::lock_guard lock(links_mutex_);
    if (acceptor_ == nullptr) return nullptr;
    acceptor = acceptor_;
    links_.emplace(link->route_, link);
  }
  auto listener = acceptor->on_accept(link);
  if (listener == nullptr) {
    link->close();
    return nullptr;
  }
  link->audience_.begin(listener);
  if (!link->audience_.ended()) listener->on_up();
  return link;
}

void router_socket::lose(const std::string& route) {
  const auto link = find(route);
  if (link == nullptr) return;
  const auto listener = link->audience_.end();
  forget(*link);
  if (listener != nullptr) listener->on_down(link->peer() + " has left");
}

void router_socket::shut() {
  decltype(links_) links;
  {
    std::lock_guard lock(links_mutex_);
    acceptor_ = nullptr;
    links.swap(links_);
  }
  for (const auto& [route, link] : links) link->audience_.end();
  close_socket();
}

}  // namespace zooid
