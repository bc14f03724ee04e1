// SPDX-License-Identifier: Apache-2.0
#include "zmq_link.hpp"

#include "wire_magic.hpp"

#include <cstddef>
#include <utility>

namespace zooid {

void link_audience::begin(std::shared_ptr<link_listener> listener) {
  std::lock_guard lock(mutex_);
  if (!ended()) listener_ = std::move(listener);
}

std::shared_ptr<link_listener> link_audience::listener() const {
  std::lock_guard lock(mutex_);
  return listener_;
}

std::shared_ptr<link_listener> link_audience::end() {
  std::lock_guard lock(mutex_);
  ended_.store(true, std::memory_order_release);
  return std::exchange(listener_, nullptr);
}

dialled_link::dialled_link(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                           std::string endpoint, std::string server_key, std::shared_ptr<link_listener> listener)
    : zmq_socket(std::move(reactor), context, zmq::socket_type::dealer, options),
      endpoint_(std::move(endpoint)),
      server_key_(std::move(server_key)),
      keys_(options.keys) {
  audience_.begin(std::move(listener));
  socket().set(zmq::sockopt::sndhwm, 0);  // the sessions' credit, above, is the bound
  socket().set(zmq::sockopt::immediate, true);
  socket().set(zmq::sockopt::reconnect_ivl, static_cast<int>(options.reconnect_interval.count()));
  socket().set(zmq::sockopt::reconnect_ivl_max, static_cast<int>(options.reconnect_interval_max.count()));
  if (keys_ != nullptr) keys_->introduce(socket(), server_key_);
}

void dialled_link::connect(zmq::context_t& context, const zmq_options& options, const std::string& monitor_name) {
  const auto self = std::static_pointer_cast<dialled_link>(shared_from_this());
  monitor_ = std::make_shared<zmq_monitor>(reactor(), context, options, self, socket(), monitor_name);
  socket().connect(endpoint_);
  if (!watch() || !monitor_->begin()) close();
}

void dialled_link::send(byte_buffer frame) {
  if (!up_.load(std::memory_order_acquire) || audience_.ended()) return;
  zmq_part part{to_message(std::move(frame)), false};
  post({&part, 1});
}

void dialled_link::close() {
  audience_.end();
  close_sockets();
}

void dialled_link::close_sockets() {
  close_socket();  // which ends the monitoring
  if (monitor_ != nullptr) monitor_->close();
}

void dialled_link::serve() { deliver(); }

/// Hands one batch on. True when there may be another. What is no frame is dropped.
bool dialled_link::deliver() {
  const bool empty = receive(batch_);
  const auto is_frame = [this](std::size_t i) {
    return i < batch_.size() && !batch_[i].more && (i == 0 || !batch_[i - 1].more) && has_wire_magic(batch_[i].view());
  };
  const auto listener = up_.load(std::memory_order_relaxed) ? audience_.listener() : nullptr;
  for (std::size_t i = 0; listener != nullptr && i < batch_.size() && !audience_.ended(); ++i) {
    if (is_frame(i)) listener->on_frame(batch_[i].view(), is_frame(i + 1));
  }
  batch_.clear();
  return !empty && !audience_.ended();
}

void dialled_link::came_up() {
  const auto listener = audience_.listener();
  if (listener == nullptr || up_.load()) return;
  refresh();
  up_.store(true, std::memory_order_release);
  listener->on_up();
}

void dialled_link::went_down() {
  if (!up_.load(std::memory_order_relaxed)) return;  // an attempt that failed: libzmq goes on trying
  // What came before the end is told before it. The other side's credit bounds that; if it kept to none, not all is.
  constexpr int most_rounds = 16'384;
  for (int rounds = 0; rounds < most_rounds && deliver(); ++rounds) continue;
  const auto listener = audience_.end();
  close_sockets();
  if (listener != nullptr) listener->on_down("the connection to " + endpoint_ + " was lost");
}

void dialled_link::was_refused(zmq_refusal how) {
  const auto listener = audience_.end();
  close_sockets();
  if (listener == nullptr) return;
  const error why = explain(how, endpoint_, keys_.get());
  listener->on_refused(why.code, why.detail);
}

}  // namespace zooid
