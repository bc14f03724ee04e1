// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "zmq_link.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace zooid {

class router_socket;

/// One peer of the ROUTER. It is up from its first frame.
class accepted_link final : public link {
 public:
  accepted_link(std::shared_ptr<router_socket> router, std::string route, std::string key)
      : router_(std::move(router)), route_(std::move(route)), key_(std::move(key)) {}

  void send(byte_buffer frame) override;
  void close() override;
  [[nodiscard]] std::string peer() const override;
  [[nodiscard]] std::string key() const override { return key_; }

 private:
  friend class router_socket;

  const std::shared_ptr<router_socket> router_;
  const std::string route_;  // how the ROUTER calls the peer
  const std::string key_;
  link_audience audience_;
};

/// The ROUTER of a node: takes the frames of nodes and the messages of foreign programs, and tells them apart.
///
/// A ROUTER is told nothing of a peer that leaves: a link ends when it cannot be sent to, or when its session closes
/// it. Whoever goes on sending after its link was closed here is taken for somebody new.
class router_socket final : public zmq_socket {
 public:
  router_socket(std::shared_ptr<zmq_reactor> reactor, zmq::context_t& context, const zmq_options& options,
                std::shared_ptr<link_acceptor> acceptor);

  /// Returns the endpoint really bound. Throws zmq::error_t.
  [[nodiscard]] std::string bind(const std::string& endpoint);
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

  void send(const std::string& route, byte_buffer frame);
  void forget(const accepted_link& link);

  void serve() override;
  void shut() override;

 private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  /// One message of the batch: its identity and the parts behind it.
  struct message {
    const zmq_part* identity;
    std::span<const zmq_part> body;
    [[nodiscard]] bool is_frame() const noexcept;
    [[nodiscard]] std::string_view route() const noexcept { return identity->bytes.to_string_view(); }
  };

  /// What waits to be read by one foreign program, in bytes.
  struct backlog;
  struct unread_part;

  [[nodiscard]] std::vector<message> messages() const;
  void hear(std::span<const message> at_hand);
  void hear_foreign(const message& request);
  void answer_foreign(const std::string& route, const std::shared_ptr<backlog>& in, std::vector<byte_buffer> answer);
  [[nodiscard]] std::shared_ptr<backlog> backlog_of(std::string_view route);
  [[nodiscard]] std::string_view key_of(const message& first) const;
  [[nodiscard]] std::shared_ptr<accepted_link> find(std::string_view route);
  [[nodiscard]] std::shared_ptr<accepted_link> accept(const message& first);
  void lose(const std::string& route);

  const bool has_keys_;
  std::string endpoint_;  // set before other threads know the socket
  // The receiving thread's:
  std::vector<zmq_part> batch_;
  std::unordered_map<std::string, std::weak_ptr<backlog>, text_hash, std::equal_to<>> backlogs_;
  std::size_t backlogs_bound_ = 64;  // of backlogs_, before those that are over are taken out

  std::mutex links_mutex_;
  // Guarded by links_mutex_:
  std::shared_ptr<link_acceptor> acceptor_;
  std::unordered_map<std::string, std::shared_ptr<accepted_link>, text_hash, std::equal_to<>> links_;
};

}  // namespace zooid
