// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include "pool.hpp"
#include "turn.hpp"

#include <algorithm>
#include <new>
#include <utility>

// Longer than other files, because producers, the turn, calls under way and the end share one state.

namespace zooid::detail {
namespace {

constexpr unsigned messages_a_turn = 64;
constexpr std::uint64_t one_message = 1;

/// What the first message of an actor with a `start` is called in reports.
struct start_of_actor {
  static constexpr std::string_view wire_name = "start";
};

constexpr std::uint64_t unit = 64;

/// A message's part in `pushed_` and `popped_`: itself, and its size in units.
std::uint64_t weight(std::uint32_t bytes) noexcept { return one_message + ((bytes + unit - 1) / unit << 32); }

/// Wakes a cell to look for calls whose deadline has passed.
class deadline_alarm final : public alarm {
 public:
  explicit deadline_alarm(intrusive_ptr<cell> of) : cell_(std::move(of)) {}
  void ring() override {
    envelope* const what = make_envelope(envelope::kind::deadline, 0, 1);
    cell_->post(*what, true);
  }

 private:
  intrusive_ptr<cell> cell_;
};

}  // namespace

std::size_t cell::actor_offset(const actor_type& type) noexcept {
  return (sizeof(cell) + type.align - 1) / type.align * type.align;
}

namespace {

const mailbox_limits& limits_of(const core& of, const actor_type& type) noexcept {
  return type.mailbox != nullptr ? *type.mailbox : of.options().mailbox;
}

}  // namespace

cell::cell(core& of, const actor_type& type, slot* own_name)
    : type_(&type),
      most_messages_(limits_of(of, type).messages),
      most_units_(static_cast<std::uint32_t>((limits_of(of, type).bytes + unit - 1) / unit)),
      core_(&of),
      name(own_name),
      number_(of.next_number()) {}

intrusive_ptr<cell> cell::make(core& of, const actor_maker& maker, slot* name) {
  void* const block = take_block(actor_offset(*maker.type) + maker.type->size);
  auto* const made = ::new (block) cell(of, *maker.type, name);
  try {
    maker.construct(made->actor(), maker.arguments);
  } catch (...) {
    const std::size_t size = actor_offset(*maker.type) + maker.type->size;
    made->~cell();
    give_block(block, size);
    throw;
  }
  of.enlist(*made);
  intrusive_ptr<cell> result(made);
  made->retain();  // Its own, until it retires.
  return result;
}

void cell::start() {
  if (type_->start == nullptr) return;
  envelope* const what = make_envelope(envelope::kind::own, 0, 1);
  what->run = type_->start;
  what->type = &message_type_of<start_of_actor>;
  post_own(*what);
}

cell::~cell() { delete room_.load(std::memory_order_relaxed); }

void cell::destroy() noexcept {
  const std::size_t size = actor_offset(*type_) + type_->size;
  const intrusive_ptr<core> keep = core_;
  keep->delist(*this, taken(), handled());
  this->~cell();
  give_block(this, size);
}

std::string cell::describe() const {
  if (name != nullptr) return name->describe();
  return std::string(type_->name) + "#" + std::to_string(number_);
}

// Producers.

errc cell::refuses(const request& what, std::uint64_t gathered) const noexcept {
  if (mailbox_.closed()) return end_reason();
  if (what.contract != type_->contract) return errc::incompatible;
  return has_reached(depth() + gathered, 1) ? errc::overloaded : errc{};
}

namespace {

/// Puts the message of a request into its envelope, which is freed when that throws.
void fill(envelope& made, const request& what) {
  made.type = what.type;
  made.index = static_cast<std::uint16_t>(what.index);
  made.sender = what.sender;
  made.bytes = what.bytes;
  try {
    what.construct(made.message(), what.message);
  } catch (...) {
    free_envelope(made);
    throw;
  }
  made.holds_message = true;
}

}  // namespace

/// The envelope of a tell, with its message in it.
envelope& cell::make_message(const request& what) const {
  envelope& made = *make_envelope(envelope::kind::message, what.type->size, what.type->align);
  made.sent_before = recently_sent::note(made, this);
  fill(made, what);
  return made;
}

errc cell::accept(const request& what) {
  if (const errc why = refuses(what, 0); why != errc{}) return why;
  if (what.answer == nullptr) {
    envelope& made = make_message(what);
    const errc why = push(made, false);
    if (why != errc{}) free_envelope(made);
    return why;
  }
  call& asked = *what.answer;
  asked.retain();
  asked.callee_class = type_->name;
  asked.callee_number = number_;
  fill(asked, what);
  const errc why = push(asked, asked.parent || asked.ancestry != nullptr);
  if (why != errc{}) free_envelope(asked);
  return why;
}

errc cell::gather(message_chain& to, const request& what) {
  if (const errc why = refuses(what, to.weight); why != errc{}) return why;
  envelope& made = make_message(what);
  made.next = to.newest;
  (to.newest == nullptr ? to.oldest : to.newest) = &made;
  to.newest = &made;
  to.weight += weight(what.bytes);
  return errc{};
}

errc cell::push(message_chain& gathered) noexcept {
  const message_chain all = std::exchange(gathered, {});
  if (all.newest == nullptr) return errc{};
  const errc why = push(all, false);
  if (why == errc{}) return why;
  all.oldest->next = nullptr;
  for (envelope* each = all.newest; each != nullptr;) free_envelope(*std::exchange(each, each->next));
  return why;
}

/// What is asked of an actor that has ended is refused so.
errc cell::end_reason() const noexcept { return core_->stopping() ? errc::shutdown : errc::no_such_actor; }

errc cell::push(envelope& what, bool urgent) noexcept {
  return push(message_chain{&what, &what, weight(what.bytes)}, urgent);
}

/// Messages, which are counted: before they can be popped, and freed by another thread.
errc cell::push(const message_chain& all, bool urgent) noexcept {
  pushed_.fetch_add(all.weight, std::memory_order_acq_rel);
  const mailbox::pushed pushed = mailbox_.push(*all.newest, *all.oldest, urgent);
  if (pushed == mailbox::pushed::wake) core_->scheduler().schedule(*this);
  if (pushed != mailbox::pushed::closed) return errc{};
  pushed_.fetch_sub(all.weight, std::memory_order_acq_rel);
  return end_reason();
}

void cell::post(envelope& what, bool urgent) noexcept {
  const mailbox::pushed pushed = mailbox_.push(what, urgent);
  if (pushed == mailbox::pushed::wake) core_->scheduler().schedule(*this);
  if (pushed == mailbox::pushed::closed) free_envelope(what);
}

void cell::post_own(envelope& what) noexcept {
  if (push(what, false) != errc{}) free_envelope(what);
}

errc cell::offer(envelope& what) noexcept {
  if (mailbox_.closed()) return end_reason();
  if (is_full()) return errc::overloaded;
  return push(what, false);
}

void cell::request_stop() noexcept { post(*make_envelope(envelope::kind::stop, 0, 1), true); }

void cell::completed(intrusive_ptr<call> answered) noexcept {
  call& what = *answered.detach();
  what.what = envelope::kind::answer;
  post(what, true);
}

errc cell::abandon(call&) noexcept { return errc::timeout; }

void cell::when_room(intrusive_ptr<room_waiter> waiter) {
  add_room_waiter(std::move(waiter));
  // Either the consumer sees the waiter, or this sees what the consumer has popped.
  if (mailbox_.closed() || !is_full()) notify_room();
}

void cell::when_half_empty(intrusive_ptr<room_waiter> waiter) {
  add_room_waiter(std::move(waiter));
  if (mailbox_.closed() || !is_half_full()) notify_room();  // As above.
}

void cell::add_room_waiter(intrusive_ptr<room_waiter> waiter) {
  room_list* list = room_.load(std::memory_order_acquire);
  if (list == nullptr) {
    auto fresh = std::make_unique<room_list>();
    if (room_.compare_exchange_strong(list, fresh.get(), std::memory_order_seq_cst)) list = fresh.release();
  }
  const std::lock_guard lock(list->mutex);
  if (waiter->ticket == 0) waiter->ticket = ++list->last_ticket;
  const auto at = std::upper_bound(list->waiters.begin(), list->waiters.end(), waiter,
                                   [](const auto& a, const auto& b) { return a->ticket < b->ticket; });
  list->waiters.insert(at, std::move(waiter));
}

void cell::notify_room() noexcept {
  room_list* const list = room_.load(std::memory_order_seq_cst);
  if (list == nullptr) return;
  std::vector<intrusive_ptr<room_waiter>> waiters;
  {
    const std::lock_guard lock(list->mutex);
    waiters.swap(list->waiters);
  }
  for (const auto& waiter : waiters) waiter->on_room();
}

std::uint64_t cell::taken() const noexcept { return lost_.load(std::memory_order_acquire) + handled() + queued(); }

std::uint64_t cell::queued() const noexcept { return depth() & message_mask; }

bool cell::busy() const noexcept { return queued() != 0; }

std::string cell::work_left() const {
  return describe() + ": " + std::to_string(queued()) + " message(s) not handled to the end";
}

// The cell's own turn.

void cell::run() {
  turn now(*this, core_->time());
  in_turn_.store(true, std::memory_order_relaxed);
  popped_here_ = popped_.load(std::memory_order_relaxed);
  const std::uint32_t timed = name != nullptr ? name->counters.begin_turn() : 0;
  if (timed == 0) {
    handle_some(now);
  } else {
    const time_point begin = now.now();
    handle_some(now);
    name->counters.end_turn(core_->time().now() - begin, timed);
  }
  now.end();
  // Before the senders see that there is room: as long as they could have seen the mailbox during this turn.
  const bool was_long = was_long_ || is_long();
  was_long_ = false;
  finish_turn();
  if (ending_) {
    retire();
    return;
  }
  if (was_long) {
    popped_.fetch_add(0, std::memory_order_seq_cst);  // As a fence, which ThreadSanitizer would not understand.
    if (!has_reached(depth(), 2)) notify_room();
  }
  in_turn_.store(false, std::memory_order_relaxed);
  const bool waits = is_suspended();
  const bool is_due = waits_ != nullptr && (waits_->urgent.first != nullptr || (!waits && waits_->deferred != nullptr));
  const bool has_work = is_due || (!waits && fifo_.first != nullptr);
  core* const of = core_.get();
  const bool tells = of->stopping() && !busy();
  // Asleep, another worker may run it at once, and free it.
  const intrusive_ptr<core> keep = tells ? core_ : nullptr;
  if (has_work || !mailbox_.sleep(waits)) {
    of->scheduler().schedule(*this);
  } else if (tells) {
    keep->went_idle();
  }
}

void cell::handle_some(turn& now) {
  collect();
  for (unsigned budget = messages_a_turn; budget > 0 && !ending_ && !now.should_end(); --budget) {
    if (waits_ != nullptr) {
      if (envelope* const what = waits_->urgent.pop()) {
        handle_urgent(*what, now);
        continue;
      }
      if (waits_->coroutine.coroutine) {
        if (!collect() || waits_->urgent.first == nullptr) break;
        continue;
      }
      if (waits_->deferred != nullptr) {
        call& ended = *std::exchange(waits_->deferred, waits_->deferred->next_pending);
        run_continuation(ended);
        ended.release();
        continue;
      }
    }
    envelope* what = fifo_.pop();
    if (what == nullptr) {
      if (!collect()) break;
      continue;
    }
    if (may_close_cycle(*what)) --chained_;
    handle(*what, now);
  }
}

void cell::finish_turn() noexcept {
  popped_.store(popped_here_, std::memory_order_release);
  handled_.store(handled_.load(std::memory_order_relaxed) + std::exchange(handled_here_, 0), std::memory_order_release);
}

bool cell::collect() noexcept {
  envelope* what = mailbox_.take_all();
  if (what == nullptr) return false;
  while (what != nullptr) {
    envelope* const next = what->next;
    const bool waits_its_turn = what->what == envelope::kind::message || what->what == envelope::kind::own ||
                                (what->what == envelope::kind::answer && static_cast<call*>(what)->continuation);
    if (waits_its_turn) {
      fifo_.append(*what);
      if (may_close_cycle(*what)) ++chained_;
    } else if (waits_ != nullptr) {
      waits_->urgent.append(*what);
    } else {  // Only a stop comes to who has never waited.
      free_envelope(*what);
      ending_ = true;
    }
    what = next;
  }
  if (waits_ != nullptr && waits_->awaited != nullptr) refuse_cycles();
  return true;
}

/// Is it a call that came about because of another one, or the actor's own?
bool cell::may_close_cycle(const envelope& what) const noexcept {
  if (what.what != envelope::kind::message || !what.is_call) return false;
  const auto& asked = static_cast<const call&>(what);
  return asked.parent || asked.ancestry != nullptr || asked.caller.get() == this;
}

bool cell::closes_cycle(const call& asked) const noexcept {
  const call* const awaited = waits_->awaited;
  if (&asked == awaited) return true;
  const call* top = &asked;
  for (; top->parent; top = top->parent.get()) {
    if (top->parent.get() == awaited) return true;
  }
  if (top->ancestry == nullptr) return false;
  const call_id own{core_->id(), awaited->number()};
  return std::find(top->ancestry->begin(), top->ancestry->end(), own) != top->ancestry->end();
}

/// A call that came about because of the one this actor waits for would wait for ever.
void cell::refuse_cycles() noexcept {
  if (chained_ == 0) return;
  envelope_list kept;
  while (envelope* const what = fifo_.pop()) {
    if (!may_close_cycle(*what) || !closes_cycle(static_cast<call&>(*what))) {
      kept.append(*what);
      continue;
    }
    --chained_;
    auto& asked = static_cast<call&>(*what);
    asked.fail({errc::call_cycle,
                describe() + " waits for this very caller, so the call of " + std::string(what->type->name) +
                    " could never be answered: answer first, or use then() instead of co_await",
                {}});
    end(*what, errc::call_cycle);
  }
  fifo_ = kept;
}

void cell::handle_urgent(envelope& what, turn& now) {
  switch (what.what) {
    case envelope::kind::answer: {
      const auto ended = intrusive_ptr<call>::adopt(&static_cast<call&>(what));
      if (ended->delivered) return;  // Its deadline was first.
      ended->delivered = true;
      remove_pending(*ended);
      if (ended->continuation != nullptr) {
        defer(*ended);  // It was given only after the answer had come.
      } else if (ended->awaiting) {
        resume(std::exchange(ended->awaiting, {}), now);
      }
      return;
    }
    case envelope::kind::deadline:
      free_envelope(what);
      expire_calls(now);
      return;
    case envelope::kind::room: {
      const intrusive_ptr<coroutine_wait> held = *static_cast<intrusive_ptr<coroutine_wait>*>(what.message());
      free_envelope(what);
      if (held == waits_->room) end_room_wait(now);
      return;
    }
    case envelope::kind::stop:
      free_envelope(what);
      ending_ = true;
      return;
    case envelope::kind::message:
    case envelope::kind::own:
      return;
  }
}

void cell::handle(envelope& what, turn& now) {
  if (what.what == envelope::kind::answer) {
    const auto ended = intrusive_ptr<call>::adopt(&static_cast<call&>(what));
    if (ended->delivered) return;
    ended->delivered = true;
    remove_pending(*ended);
    run_continuation(*ended);
    return;
  }
  active_ = &what;
  if (what.is_call) {
    auto& asked = static_cast<call&>(what);
    if (asked.abandoned()) return end_message(errc::cancelled);
    if (asked.deadline <= now.now()) {
      asked.fail({errc::timeout, "the deadline passed before " + describe() + " began", {}});
      return end_message(errc::timeout);
    }
    now.handling = &asked;
  }
  begin(what, now, what.what == envelope::kind::own ? what.run : type_->handlers[what.index]);
}

void cell::begin(envelope& what, turn& now, handler how) {
  call* const answer = what.is_call ? &static_cast<call&>(what) : nullptr;
  try {
    const running begun = how(actor(), *this, what.holds_message ? what.message() : nullptr, answer);
    if (begun.coroutine) {
      hold(begun);
      begun.coroutine.resume();
      after_step(now);
      return;
    }
  } catch (...) {
    failed(std::current_exception());
    now.handling = nullptr;
    return;
  }
  end_message(errc{});
  now.handling = nullptr;
}

void cell::hold(running begun) {
  try {
    waits().coroutine = begun;
  } catch (...) {
    begun.coroutine.destroy();
    throw;
  }
}

void cell::resume(std::coroutine_handle<> where, turn& now) {
  waits_->awaited = nullptr;
  now.handling = active_ != nullptr && active_->is_call ? static_cast<call*>(active_) : nullptr;
  where.resume();
  after_step(now);
}

/// The coroutine has run up to its next wait, or to its end.
void cell::after_step(turn& now) {
  if (is_suspended() && waits_->coroutine.coroutine.done()) {
    const running ended = std::exchange(waits_->coroutine, {});
    try {
      ended.finish(ended.coroutine, active_->is_call ? static_cast<call*>(active_) : nullptr);
      end_message(errc{});
    } catch (...) {
      failed(std::current_exception());
    }
  }
  now.handling = nullptr;
}

void cell::failed(std::exception_ptr why) noexcept {
  call* const answer = active_->is_call ? static_cast<call*>(active_) : nullptr;
  error what{errc::failed, {}, {}};
  try {
    std::rethrow_exception(std::move(why));
  } catch (const call_error& own) {
    what = own.why();
    what.chain.insert(what.chain.begin(), describe());
    if (answer != nullptr) answer->fail(std::move(what));
    end_message(errc{});
    return;
  } catch (const std::exception& other) {
    what.detail =
        describe() + " threw while handling " + std::string(active_->type->name) + " and was stopped: " + other.what();
  } catch (...) {
    what.detail = describe() + " threw while handling " + std::string(active_->type->name) + " and was stopped";
  }
  if (answer != nullptr) answer->fail(std::move(what));
  ending_ = true;
  end_message(errc::failed);
}

void cell::end_message(errc dead) noexcept {
  ending_ = ending_ || ends_after_message_;
  end(*std::exchange(active_, nullptr), dead);
}

/// A message has come to its end: handled (errc{}), or dead for a reason.
void cell::end(envelope& what, errc dead) noexcept {
  popped_here_ += weight(what.bytes);
  if (dead == errc{}) {
    ++handled_here_;
  } else {
    lose(what.type->name, dead);
  }
  destroy_message(what);
  if (what.is_call) {
    was_long_ = was_long_ || is_long();                      // As at the end of the turn, which sees less than this.
    popped_.store(popped_here_, std::memory_order_release);  // Who has the answer finds its place free.
    call::complete(intrusive_ptr<call>::adopt(&static_cast<call&>(what)));
  } else {
    give_block(&what, what.block_size);
  }
}

void cell::lose(std::string_view message, errc why) noexcept {
  lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  core_->dead(message, *this, why);
}

cell_waits& cell::waits() {
  if (waits_ == nullptr) waits_ = std::make_unique<cell_waits>();
  return *waits_;
}

void cell::suspend(call* on) {
  waits().awaited = on;
  if (on != nullptr) refuse_cycles();
}

void cell::suspend_for_room(intrusive_ptr<coroutine_wait> waiting, time_point deadline) {
  suspend(nullptr);
  waits_->room = std::move(waiting);
  waits_->room_deadline = deadline;
  arm(deadline);
}

void cell::end_room_wait(turn& now) {
  const intrusive_ptr<coroutine_wait> ended = std::exchange(waits_->room, nullptr);
  resume(ended->coroutine, now);
}

void cell::add_pending(call& made, time_point deadline) {
  call*& first = waits().pending;
  made.retain();
  made.listed = true;
  made.previous_pending = nullptr;
  made.next_pending = first;
  if (first != nullptr) first->previous_pending = &made;
  first = &made;
  arm(deadline);
}

void cell::arm(time_point deadline) {
  if (deadline >= waits_->armed) return;
  waits_->armed = deadline;
  core_->scheduler().at(deadline, make_intrusive<deadline_alarm>(intrusive_ptr<cell>(this)));
}

void cell::remove_pending(call& ended) noexcept {
  if (!ended.listed) return;
  ended.listed = false;
  (ended.previous_pending == nullptr ? waits_->pending : ended.previous_pending->next_pending) = ended.next_pending;
  if (ended.next_pending != nullptr) ended.next_pending->previous_pending = ended.previous_pending;
  core_->end_call();
  ended.release();
}

/// One alarm serves all that the cell waits for: it is set for the earliest deadline there was, and set again when it
/// rings.
void cell::expire_calls(turn& now) {
  const time_point time = core_->time().now();  // Not the turn's, which may be older than the alarm.
  if (time < waits_->armed) return;             // An earlier alarm has done this one's work, and set the next.
  waits_->armed = time_point::max();
  time_point earliest = time_point::max();
  std::vector<intrusive_ptr<call>> expired;
  for (call* each = waits_->pending; each != nullptr; each = each->next_pending) {
    if (each->deadline > time) {
      earliest = std::min(earliest, each->deadline);
    } else if (each->abandon()) {
      expired.emplace_back(each);
    }
  }
  const bool room_is_over = waits_->room && waits_->room_deadline <= time;
  if (waits_->room && !room_is_over) earliest = std::min(earliest, waits_->room_deadline);
  if (earliest != time_point::max()) arm(earliest);
  std::sort(expired.begin(), expired.end(), [](const auto& a, const auto& b) { return a->deadline < b->deadline; });
  for (const auto& each : expired) {
    remove_pending(*each);
    const errc why = each->road ? each->road->abandon(*each) : errc::timeout;
    each->deliver_failure({why, each->describe_silence(), {}});
    if (each->continuation != nullptr) {
      defer(*each);
    } else if (each->awaiting) {
      resume(std::exchange(each->awaiting, {}), now);
    }
  }
  if (room_is_over && waits_->room) end_room_wait(now);
}

void cell::defer(call& ended) {
  call** end = &waits().deferred;
  ended.retain();
  while (*end != nullptr) end = &(*end)->next_pending;
  *end = &ended;
  ended.next_pending = nullptr;
}

void cell::run_continuation(call& ended) {
  try {
    ended.continuation(ended, ended.continuation_state);
  } catch (const call_error&) {
    lose("continuation", errc::failed);  // Nobody is there to be told. It counts as taken, so that the accounts close.
  } catch (...) {
    lose("continuation", errc::failed);
    ending_ = true;
  }
  ended.drop_continuation();
}

/// Those that the actor has made.
void cell::end_calls(errc why) noexcept {
  while (waits_->pending != nullptr) {
    const intrusive_ptr<call> left(waits_->pending);
    remove_pending(*left);
    if (left->abandon() && left->road) left->road->abandon(*left);
    left->deliver_failure({why, describe() + " was stopped", {}});
    left->drop_continuation();
  }
  while (waits_->deferred != nullptr) {
    call& left = *std::exchange(waits_->deferred, waits_->deferred->next_pending);
    left.drop_continuation();
    left.release();
  }
}

void cell::retire() noexcept {
  turn now(*this, core_->time());
  const errc why = end_reason();
  if (name != nullptr) name->unset(*this);
  envelope* rest = mailbox_.close();
  if (is_suspended()) {
    std::exchange(waits_->coroutine, {}).coroutine.destroy();
    if (active_->is_call) static_cast<call*>(active_)->fail({why, describe() + " was stopped while it waited", {}});
    end_message(why);
  }
  bury(std::exchange(fifo_, {}).first, why);
  if (waits_ != nullptr) bury(std::exchange(waits_->urgent, {}).first, why);
  bury(rest, why);
  if (type_->destroy != nullptr) type_->destroy(actor());
  if (waits_ != nullptr) end_calls(why);
  finish_turn();
  now.end();
  notify_room();
  if (observed.load(std::memory_order_seq_cst)) core_->observer()->on_retired(*this);
  core_->retire(*this);
  const intrusive_ptr<cell> own = intrusive_ptr<cell>::adopt(this);
}

void cell::bury(envelope* first, errc why) noexcept {
  while (first != nullptr) {
    envelope& what = *std::exchange(first, first->next);
    switch (what.what) {
      case envelope::kind::message:
      case envelope::kind::own:
        if (what.is_call) {
          static_cast<call&>(what).fail({why, describe() + " was stopped before it came to this message", {}});
        }
        end(what, why);
        break;
      case envelope::kind::room:
      case envelope::kind::answer:
      case envelope::kind::deadline:
      case envelope::kind::stop:
        free_envelope(what);
        break;
    }
  }
}

}  // namespace zooid::detail
