// SPDX-License-Identifier: Apache-2.0
#include "zmq_socket.hpp"

#include "batch_room.hpp"
#include "zmq_reactor.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace zooid {

namespace {

constexpr std::size_t handed_over_from = 4096;             // bytes; below, copying is cheaper than another allocation
constexpr std::size_t batch_messages = 64;                 // received under one lock …
constexpr std::size_t batch_bytes = std::size_t{1} << 20;  // … until there are so many bytes
constexpr std::size_t most_parts = 33;                     // an identity and 32 more

/// The one place that knows that a signal may interrupt libzmq. Any other error, ETERM too, is the caller's.
template <class F>
int uninterrupted(F&& call) {
  int result = call();
  while (result == -1 && zmq_errno() == EINTR) result = call();
  return result;
}

}  // namespace

zmq::message_t to_message(byte_buffer bytes) {
  if (bytes.size() < handed_over_from) return zmq::message_t(bytes.data(), bytes.size());
  const std::size_t size = bytes.size();
  const bool is_batch = bytes.capacity() == room_of_batch;
  const auto free_batch = [](void* data, void*) { give_batch_room(data); };
  const auto free_other = [](void* data, void*) { std::free(data); };
  return zmq::message_t(bytes.release(), size, is_batch ? static_cast<zmq::free_fn*>(free_batch) : free_other);
}

zmq_socket::zmq_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, zmq::socket_type type,
                       const zmq_options& options)
    : reactor_(std::move(reactor)),
      parts_are_messages_(type == zmq::socket_type::xpub),
      socket_(context, type),
      descriptor_(socket_.get(zmq::sockopt::fd)) {
  const auto count = [](std::chrono::milliseconds span) { return static_cast<int>(span.count()); };
  socket_.set(zmq::sockopt::linger, 0);
  if (type == zmq::socket_type::pair) return;
  socket_.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(options.frame_limit));
  // An engine whose reader is slow reads no heartbeats either, and the connection of a slow subscriber would be
  // dropped. Worse, libzmq 4.3 aborts when what waits is read after it has connected again (its issue 3937). So events
  // go without heartbeats: the session, which a subscriber has in any case, has its own.
  if (type != zmq::socket_type::xpub && type != zmq::socket_type::sub) {
    socket_.set(zmq::sockopt::heartbeat_ivl, count(options.heartbeat_interval));
    socket_.set(zmq::sockopt::heartbeat_timeout, count(options.heartbeat_timeout));
    socket_.set(zmq::sockopt::heartbeat_ttl, count(options.heartbeat_ttl));
  }
  socket_.set(zmq::sockopt::handshake_ivl, count(options.handshake_interval));
  // No mark: libzmq 4.3 stops reading where a pipe is full, and aborts the process if the peer leaves then and there is
  // a ping to send or to answer (its issue 4364); anybody can bring that about with some kilobytes. What nodes send is
  // bounded by their sessions' credit, but a foreign program that sends faster than it is read takes memory. A SUB,
  // which chose its peer, has a mark of its own.
  socket_.set(zmq::sockopt::rcvhwm, 0);
}

bool zmq_socket::watch() { return reactor_->watch(shared_from_this(), descriptor_); }

void zmq_socket::post(std::span<zmq_part> parts) {
  {
    std::lock_guard lock(queue_mutex_);
    for (zmq_part& part : parts) queue_.push_back(std::move(part));
  }
  left_.exchange(1, std::memory_order_acq_rel);
  settle();
}

/// Sends what is left, unless somebody else has the lock, who then does. `left_` is only touched by read-modify-writes:
/// of a sender's in `post` and the holder's after unlocking one is first, and then the other thread finds the lock free
/// or the parts.
void zmq_socket::settle() {
  while (left_.fetch_add(0, std::memory_order_acq_rel) != 0 && !receiver_waits_.load(std::memory_order_acquire)) {
    std::unique_lock held(mutex_, std::try_to_lock);
    if (!held) return;
    drain();
    look();
  }
}

bool zmq_socket::receive(std::vector<zmq_part>& batch) {
  receiver_waits_.store(true, std::memory_order_release);
  std::unique_lock held(mutex_);
  receiver_waits_.store(false, std::memory_order_release);
  drain();
  bool empty = false;
  std::size_t size = 0;
  for (std::size_t n = 0; n < batch_messages && size < batch_bytes && !empty; ++n) empty = !take(batch, size);
  // A receive that failed looked into the socket as reading EVENTS does, and nothing was done since.
  if (!empty || !lost_.empty()) reactor_->note(*this);
  held.unlock();
  settle();
  return empty;
}

void zmq_socket::refresh() {
  {
    std::lock_guard held(mutex_);
    look();
  }
  settle();
}

void zmq_socket::set_option(int option, std::string_view value) {
  {
    std::lock_guard held(mutex_);
    if (!socket_) return;
    uninterrupted([&] { return zmq_setsockopt(socket_.handle(), option, value.data(), value.size()); });
    look();
  }
  settle();
}

std::vector<std::string> zmq_socket::take_lost() {
  std::vector<std::string> lost;
  {
    std::lock_guard held(mutex_);
    lost.swap(lost_);
  }
  settle();  // A sender that found the lock taken has left its parts to its holder.
  return lost;
}

void zmq_socket::close_socket() {
  std::lock_guard held(mutex_);
  if (!socket_) return;
  reactor_->unwatch(*this, descriptor_);
  zmq_socket_monitor(socket_.handle(), nullptr, 0);  // fails when there is none
  socket_.close();
}

void zmq_socket::drain() {
  if (left_.exchange(0, std::memory_order_acq_rel) == 0) return;
  {
    std::lock_guard lock(queue_mutex_);
    sending_.swap(queue_);
  }
  bool skipping = !socket_;
  for (zmq_part& part : sending_) {
    if (!skipping) skipping = !put(part);
    if (!part.more && socket_) skipping = false;
  }
  sending_.clear();
}

/// False when the message cannot be sent; then the rest of it must not be.
bool zmq_socket::put(zmq_part& part) {
  const int flags = ZMQ_DONTWAIT | (part.more ? ZMQ_SNDMORE : 0);
  const auto send = [&] { return zmq_msg_send(part.bytes.handle(), socket_.handle(), flags); };
  if (uninterrupted(send) != -1) return true;
  if (zmq_errno() == EAGAIN) {  // a new connection may not have been noticed yet
    events();
    if (uninterrupted(send) != -1) return true;
  }
  if (zmq_errno() == EAGAIN || zmq_errno() == EHOSTUNREACH) {
    std::string route(static_cast<const char*>(part.bytes.data()), part.bytes.size());
    if (part.more && (lost_.empty() || lost_.back() != route)) lost_.push_back(std::move(route));
  }
  return false;
}

void zmq_socket::look() {
  if (!lost_.empty() || (events() & ZMQ_POLLIN) != 0) reactor_->note(*this);
}

int zmq_socket::events() {
  int result = 0;
  std::size_t size = sizeof result;
  if (!socket_) return 0;
  const int rc = uninterrupted([&] { return zmq_getsockopt(socket_.handle(), ZMQ_EVENTS, &result, &size); });
  return rc == 0 ? result : 0;
}

/// One message, or false when there is none. One of too many parts is freed while it is read.
bool zmq_socket::take(std::vector<zmq_part>& batch, std::size_t& size) {
  const std::size_t start = batch.size();
  bool more = true;
  bool received = static_cast<bool>(socket_);
  while (more && received) {
    zmq::message_t bytes;
    received = uninterrupted([&] { return zmq_msg_recv(bytes.handle(), socket_.handle(), ZMQ_DONTWAIT); }) != -1;
    more = bytes.more() && !parts_are_messages_;
    size += bytes.size();
    if (received && batch.size() - start <= most_parts) batch.push_back({std::move(bytes), more});
  }
  const bool whole = received && batch.size() - start <= most_parts;
  if (!whole) batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(start), batch.end());
  return received;
}

}  // namespace zooid
