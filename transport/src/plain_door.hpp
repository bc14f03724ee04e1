// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/call.hpp>
#include <zooid/link.hpp>
#include <zooid/text_codec.hpp>

#include "engine.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

/// Lets programs that are not nodes call the services of this one: understands what they send, has it handled as a
/// message of nobody's, and answers each once. docs/protocol.md says how. Any thread.
class plain_door final : public detail::target {
 public:
  /// Without a `codec` everybody is refused.
  plain_door(engine& home, std::shared_ptr<const text_codec> codec);
  ~plain_door() override;

  /// A foreign program's message, which is valid during the call.
  void on_request(std::span<const std::span<const std::byte>> parts, foreign_answer answer) noexcept;
  /// Answers what is not answered yet, as `shutdown`, and from now on everything. Idempotent.
  void close() noexcept;

  /// One of the calls made here was answered.
  void completed(intrusive_ptr<detail::call> answered) noexcept override;

  // Nothing is sent to it.
  errc accept(const detail::request&) override { return errc::no_such_actor; }
  void when_room(intrusive_ptr<detail::room_waiter> waiter) override { waiter->on_room(); }
  errc abandon(detail::call&) noexcept override { return errc::timeout; }
  [[nodiscard]] detail::core* home() const noexcept override { return nullptr; }
  [[nodiscard]] bool stores_messages() const noexcept override { return false; }
  [[nodiscard]] actor_id id() const noexcept override { return {}; }
  [[nodiscard]] std::string describe() const override { return "a program that is no node"; }

 private:
  /// Who asked, and what his answer begins with.
  struct requester {
    std::vector<byte_buffer> envelope;
    foreign_answer answer;
  };
  /// A call that is under way.
  struct visit {
    requester who;
    intrusive_ptr<detail::call> made;
    const schema* shape = nullptr;
  };
  struct text_request {
    std::string_view service;
    std::string_view message;
    std::string_view text;
  };

  void handle(requester& who, const text_request& what);
  void call(requester& who, const schema& shape, const message_codec& codec, detail::cell& to, detail::request& what);
  [[nodiscard]] error deliver(detail::cell& to, const detail::request& what);
  [[nodiscard]] visit take(std::uint64_t number) noexcept;
  /// Ends the calls that were not answered in time.
  void expire() noexcept;
  void give(requester& to, std::string_view status, std::string_view text) const;
  void refuse(requester& to, const error& why) const noexcept;
  [[nodiscard]] std::string write_reply(const detail::call& of, const schema& shape, void* reply) const;

  const intrusive_ptr<engine> home_;
  const std::shared_ptr<const text_codec> codec_;

  std::mutex mutex_;
  // Guarded by mutex_:
  std::map<std::uint64_t, visit> visits_;  // By their numbers, hence in the order of their deadlines.
  std::uint64_t next_ = 0;
  bool armed_ = false;  // An alarm is set, for the first that was under way then.
  bool closed_ = false;
};

}  // namespace zooid
