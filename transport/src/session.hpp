// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/call.hpp>
#include <zooid/codec.hpp>
#include <zooid/link.hpp>
#include <zooid/node.hpp>
#include <zooid/scheduler.hpp>

#include "call_table.hpp"
#include "cell.hpp"
#include "light_mutex.hpp"
#include "turn.hpp"
#include "wire.hpp"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace zooid {

class engine;
class remote_target;
class route;
struct known_contract;
struct queued_message;

/// The ordered, acknowledged, credited conversation with one other node over one link. It ends with the link and is
/// never resumed. Any thread sends; the link's events come one at a time. docs/protocol.md says what is exchanged.
///
/// Two locks: `mutex_` guards what is sent, `in_mutex_` what is received; the latter is taken first.
class session final : public detail::turn_listener, public runnable {
 public:
  /// `origin`: the route that dialled; null when the other side did.
  session(engine& home, route* origin);
  ~session() override;

  /// What the link is to talk to. It holds the session.
  [[nodiscard]] std::shared_ptr<link_listener> listener();
  void attach(std::shared_ptr<link> over);
  /// Dials; throws setup_error as `network::dial` does.
  void attach_dialled(network& by, const std::string& endpoint);

  // Sending. errc::disconnected: the session is over, nothing was taken.
  errc send(const detail::request& what, remote_target& to);
  errc send_queued(queued_message& what);
  void when_room(intrusive_ptr<detail::room_waiter> waiter, const remote_target& in);
  errc abandon(detail::call& given_up) noexcept;
  void forget(remote_target& gone) noexcept;
  void flush() noexcept;
  /// A whole record of events, which has no number. False: the session is not open.
  bool say_record(std::span<const std::byte> record);

  // The handshake: engine decides, under its lock.
  void say(wire::frame kind);
  void say_hello(bool force);
  void refuse(const error& why);
  /// Established: numbers begin.
  void open();

  /// Ends the conversation: what is unanswered fails with `why`. Idempotent. Not with a lock of this library held.
  void end(const error& why);
  /// Gives up a session that another one makes unnecessary, before it was established.
  void leave();
  /// Says goodbye; the other side ends it.
  void bye();

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] std::uint64_t peer_node() const noexcept { return peer_node_.load(std::memory_order_acquire); }
  [[nodiscard]] const std::string& peer_endpoint() const noexcept { return peer_endpoint_; }
  [[nodiscard]] route* origin() const noexcept { return origin_.get(); }
  /// Proven by the link; empty without keys.
  [[nodiscard]] std::string peer_key() const;
  [[nodiscard]] bool over() const;
  [[nodiscard]] bool is_open() const;
  /// Have all messages been taken or refused there? Answers may be under way: a goodbye comes behind them.
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] session_accounts accounts() const;
  /// Events of the peer have arrived, beside the session. Any thread.
  void count_events(std::uint64_t more) noexcept { events_.fetch_add(more, std::memory_order_relaxed); }
  [[nodiscard]] std::string describe() const;

  void on_turn_end() noexcept override { flush(); }
  void run() override;

  /// By whoever heard that a held message's receiver has room.
  void room_for(std::uint32_t target) noexcept;
  void tick();
  void reply(intrusive_ptr<detail::call> answered) noexcept;

 private:
  enum class state : std::uint8_t { connecting, greeting, open, over };

  class port;
  class link_events;

  /// A sent record that is not acknowledged.
  struct sent_record {
    std::uint32_t bytes;   // Of credit; 0 for what needs none.
    std::uint32_t target;  // Whose share of the credit it uses.
    std::uint32_t index;   // Of a message, in the target's contract.
  };
  /// What this side calls by a number.
  struct out_target {
    std::uint64_t share = 0;  // Of the receiver's credit, in use.
    bool gone = false;        // No ref leads there any more.
    const contract_codec* codec = nullptr;
    std::string name{};
  };
  struct held_message {
    std::uint64_t sequence;
    std::uint64_t index;
    actor_id sender;
    byte_buffer body;
  };
  struct in_message {
    std::string name;
    std::uint64_t fingerprint;
    schema shape;
    std::string difference{};  // From how the actor that was the receiver last knows it.
  };
  struct sequence_run {
    std::uint64_t first;
    std::uint64_t end;
  };
  /// A contract as the sender knows it.
  struct in_contract {
    std::string name{};
    std::vector<in_message> messages{};
    const detail::contract_type* resolved_for = nullptr;  // What `here` and `indices` are for.
    const known_contract* here = nullptr;
    std::vector<int> indices{};  // Into `here`; negative: an errc.
  };
  /// What the other side calls by a number.
  struct in_target {
    wire::location kind{};
    std::uint64_t number{};
    std::string name{};
    in_contract* contract{};
    intrusive_ptr<detail::slot> slot{};  // Of a named one, once there is such a name.
    std::deque<held_message> held{};
    std::deque<sequence_run> late{};  // In the mailbox, but not acknowledged before it has more room.
    bool waits_for_room = false;
    std::uint64_t room_ticket = 0;  // As long as something is held.
    std::size_t bytes = 0;          // What it takes here, for bounding all of them.
  };
  struct call_head {
    std::uint64_t correlation = 0;
    std::uint64_t microseconds_left = 0;
    std::vector<detail::call_id> ancestry{};
  };
  struct verdict {
    errc why{};
    std::optional<std::string> detail{};  // A string would be moved around for each message that is taken.
  };

  // With mutex_ held:
  void begin_batch();
  [[nodiscard]] errc announce(remote_target& to);
  [[nodiscard]] errc announce(const contract_codec& contract, std::uint32_t& number);
  errc add_message(wire::record kind, remote_target& to, std::size_t index, const actor_id& sender,
                   detail::call* answer, const detail::request* what, const byte_buffer* body);
  void added(std::size_t start, const sent_record& what);
  void add_forget(std::uint32_t target);
  void decide_flush(bool awaited);
  void flush_late();
  void on_late();
  void decide_answer_flush();
  void schedule_flush();
  [[nodiscard]] std::vector<intrusive_ptr<detail::room_waiter>> roomy_waiters();
  void flush_locked();
  void add_acknowledgement();
  [[nodiscard]] std::uint64_t share_of(const sent_record& what) const noexcept;
  [[nodiscard]] bool out_of_credit(std::uint64_t share) const noexcept;
  void add_failure(std::uint64_t correlation, const error& why);

  void transmit(byte_buffer frame);

  // The link's events.
  void on_up();
  void on_frame(std::span<const std::byte> frame, bool more);
  void on_greeting(wire::frame kind, wire::reader& from);
  void on_data(std::uint64_t first, wire::reader& from, time_point now);
  void on_other_record(wire::record kind, wire::reader& from);
  void on_contract(wire::reader& from);
  void on_target(wire::reader& from);
  void forget_target(std::uint32_t number);
  void on_message(wire::record kind, wire::reader& from);
  [[nodiscard]] static call_head take_call_head(wire::reader& from);
  [[nodiscard]] intrusive_ptr<detail::call> make_incoming(const message_codec& codec, call_head& head);
  void on_answer(wire::record kind, wire::reader& from);
  void on_cancel(wire::reader& from);
  void on_event_record(wire::record kind, wire::reader& from);
  void on_acknowledge(wire::reader& from);

  // With in_mutex_ held:
  [[nodiscard]] verdict deliver(in_target& to, std::uint64_t index, const actor_id& sender,
                                std::span<const std::byte> body, detail::call* answer, const message_codec& codec,
                                detail::cell& receiver, detail::message_chain* gathered);
  void push_gathered();
  void wait_for_room(std::uint32_t number, in_target& at, detail::cell& receiver);
  [[nodiscard]] verdict find_receiver(in_target& to, intrusive_ptr<detail::cell>& receiver);
  void resolve(in_contract& asked, const detail::contract_type* contract);
  [[nodiscard]] verdict find_message(const in_target& to, std::uint64_t index, const message_codec*& found) const;
  void hold(std::uint32_t number, in_target& at, held_message what, detail::cell& receiver);
  void retry_held(std::uint32_t number);
  void dealt_with(std::uint64_t sequence, errc why);
  void held(std::uint64_t sequence, std::uint32_t target);
  void report_held();
  void settled(std::uint64_t sequence, errc why);
  void publish(bool soon);

  const intrusive_ptr<engine> home_;
  const intrusive_ptr<route> origin_;
  const std::uint64_t number_;
  intrusive_ptr<detail::target> port_;

  // Written during the handshake only:
  std::atomic<std::uint64_t> peer_node_{0};
  bool welcome_said_ = false;  // Used by who hears the other side.
  std::string peer_endpoint_;
  std::uint64_t peer_frame_limit_ = 0;

  mutable detail::light_mutex mutex_;
  // Guarded by mutex_:
  state state_ = state::connecting;
  std::shared_ptr<link> link_;  // Set once.
  byte_buffer batch_;
  std::size_t last_batch_ = 0;        // How long the batch before was.
  std::uint64_t next_ = 0;            // The number of the next numbered record.
  std::uint64_t acknowledged_ = 0;    // All below are taken, refused or held.
  std::uint64_t prompt_ = 0;          // Behind the last message: what the other side acknowledges soon.
  std::uint64_t prompt_flushed_ = 0;  // Behind the last one given to the link.
  std::deque<sent_record> unacknowledged_;
  std::map<std::uint64_t, sent_record> held_there_;
  std::uint64_t outstanding_ = 0;  // Bytes of credit in use.
  std::unordered_map<const contract_codec*, std::uint32_t> announced_contracts_;
  std::vector<out_target> announced_;
  std::vector<std::uint32_t> free_targets_;
  call_table pending_;   // Made here, by correlation.
  call_table incoming_;  // Made there.
  std::vector<std::pair<std::uint32_t, intrusive_ptr<detail::room_waiter>>> waiters_;
  std::uint64_t received_ = 0;  // What is acknowledged next: dealt_with_, as published.
  std::vector<std::pair<std::uint64_t, std::uint8_t>> exceptions_;
  std::uint64_t acknowledged_there_ = 0;  // What was last said of received_.
  bool owes_soon_ = false;
  bool scheduled_ = false;
  bool late_ = false;            // An alarm is set for what has gathered.
  bool said_something_ = false;  // Since the last tick.
  bool bye_said_ = false;
  session_accounts accounts_;
  time_point heard_{};
  std::vector<std::uint32_t> roomy_;

  detail::light_mutex in_mutex_;
  // Guarded by in_mutex_:
  std::uint64_t expected_ = 0;
  std::uint64_t dealt_with_ = 0;  // All below were taken, refused, or reported as held.
  std::uint64_t held_end_ = 0;    // From there up to here all are held for held_target_, which is not reported yet.
  std::uint32_t held_target_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint8_t>> new_exceptions_;  // Not published yet.
  // The target of the message before, within a frame, and who receives for it; null: look it up.
  std::uint32_t last_target_ = 0;
  in_target* last_in_ = nullptr;
  intrusive_ptr<detail::cell> last_receiver_{};
  detail::message_chain gathered_;  // For last_receiver_: the messages of these numbers.
  sequence_run gathered_run_{};
  time_point frame_time_{};
  std::unordered_map<std::uint32_t, in_contract> contracts_;
  std::size_t contracts_bytes_ = 0;
  std::unordered_map<std::uint32_t, in_target> targets_;
  std::size_t targets_bytes_ = 0;
  std::size_t held_bytes_ = 0;

  std::atomic<std::uint64_t> events_{0};  // Counted by the event subscriber.
};

/// A node id for people.
[[nodiscard]] std::string to_hex(std::uint64_t id);

}  // namespace zooid
