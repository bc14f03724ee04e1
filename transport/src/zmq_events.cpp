// SPDX-License-Identifier: Apache-2.0
#include "zmq_events.hpp"

#include <cstddef>
#include <string_view>

namespace zooid {

namespace {

/// Events that may wait in one socket for one connection; 0 is unbounded.
int most_waiting(event_flow flow) { return flow == event_flow::lossless ? 0 : 1000; }

}  // namespace

outlet_socket::outlet_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                             event_flow flow, std::shared_ptr<event_outlet_listener> listener)
    : zmq_socket(std::move(reactor), context, zmq::socket_type::xpub, options), audience_(std::move(listener)) {
  socket().set(zmq::sockopt::sndhwm, most_waiting(flow));
  socket().set(zmq::sockopt::xpub_nodrop, flow == event_flow::lossless);
  if (options.keys != nullptr) options.keys->guard(socket());
}

void outlet_socket::bind(const std::string& endpoint) {
  socket().bind(endpoint);
  endpoint_ = socket().get(zmq::sockopt::last_endpoint);
  if (!watch()) close_socket();
}

void outlet_socket::send(std::span<byte_buffer> parts) { post_all(parts, true); }

void outlet_socket::send_each(std::span<byte_buffer> messages) { post_all(messages, false); }

void outlet_socket::post_all(std::span<byte_buffer> buffers, bool as_one) {
  if (buffers.empty() || audience_.ended()) return;
  if (buffers.size() == 1) {
    zmq_part only{to_message(std::move(buffers.front())), false};
    return post({&only, 1});
  }
  std::vector<zmq_part> all;
  all.reserve(buffers.size());
  for (byte_buffer& each : buffers) all.push_back({to_message(std::move(each)), as_one});
  all.back().more = false;
  post(all);
}

void outlet_socket::serve() {
  receive(batch_);
  for (const zmq_part& part : batch_) {
    const auto listener = audience_.listener();
    if (listener == nullptr) break;
    const std::string_view told = part.bytes.to_string_view();
    if (told.starts_with('\1')) listener->on_subscribed(told.substr(1));
    if (told.starts_with('\0')) listener->on_unsubscribed(told.substr(1));
  }
  batch_.clear();
}

void outlet_socket::shut() {
  audience_.end();
  close_socket();
}

inlet_socket::inlet_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                           event_flow flow, std::string endpoint, std::shared_ptr<event_inlet_listener> listener)
    : zmq_socket(std::move(reactor), context, zmq::socket_type::sub, options),
      endpoint_(std::move(endpoint)),
      keys_(options.keys),
      audience_(listener) {
  socket().set(zmq::sockopt::rcvhwm, most_waiting(flow));
  socket().set(zmq::sockopt::sndhwm, 0);  // or libzmq forgets the thousandth subscription that waits for a connection
  socket().set(zmq::sockopt::reconnect_ivl, static_cast<int>(options.reconnect_interval.count()));
  socket().set(zmq::sockopt::reconnect_ivl_max, static_cast<int>(options.reconnect_interval_max.count()));
  if (keys_ != nullptr) keys_->introduce(socket(), listener->publisher_key());
}

void inlet_socket::connect(zmq::context_t& context, const zmq_options& options, const std::string& monitor_name) {
  const auto self = std::static_pointer_cast<inlet_socket>(shared_from_this());
  if (keys_ != nullptr) {
    monitor_ = std::make_shared<zmq_monitor>(reactor(), context, options, self, socket(), monitor_name);
  }
  socket().connect(endpoint_);
  if (!watch() || (monitor_ != nullptr && !monitor_->begin())) close();
}

void inlet_socket::subscribe(std::string topic) { set_option(ZMQ_SUBSCRIBE, topic); }

void inlet_socket::unsubscribe(std::string topic) { set_option(ZMQ_UNSUBSCRIBE, topic); }

void inlet_socket::close() {
  audience_.end();
  close_socket();  // which ends the monitoring
  if (monitor_ != nullptr) monitor_->close();
}

void inlet_socket::was_refused(zmq_refusal how) {
  const auto listener = audience_.listener();
  close();
  if (listener == nullptr) return;
  const error why = explain(how, endpoint_, keys_.get());
  listener->on_refused(why.code, why.detail);
}

/// What has several parts is for foreign programs.
void inlet_socket::serve() {
  receive(batch_);
  const auto is_event = [this](std::size_t i) {
    return i < batch_.size() && !batch_[i].more && (i == 0 || !batch_[i - 1].more);
  };
  const auto listener = audience_.listener();
  for (std::size_t i = 0; listener != nullptr && i < batch_.size() && !audience_.ended(); ++i) {
    if (is_event(i)) listener->on_event(batch_[i].view(), is_event(i + 1));
  }
  batch_.clear();
}

}  // namespace zooid
