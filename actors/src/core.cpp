// SPDX-License-Identifier: Apache-2.0
#include "core.hpp"

#include "cell.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace zooid {

std::uint64_t accounts::dead() const noexcept {
  return std::accumulate(dead_letters.begin(), dead_letters.end(), std::uint64_t{});
}
std::uint64_t accounts::refused_in_all() const noexcept {
  return std::accumulate(refused.begin(), refused.end(), std::uint64_t{});
}

namespace detail {
namespace {

system_options with_seams(system_options options) {
  if (!options.random) options.random = system_random();
  if (!options.scheduler)
    options.scheduler = make_thread_pool({.workers = options.workers, .time = options.time, .io = options.io});
  return options;
}

std::uint64_t draw_id(random_source& random) {
  for (;;) {
    if (const std::uint64_t id = random.next(); id != 0) return id;
  }
}

}  // namespace

core::core(system_options options)
    : owns_scheduler_(options.scheduler == nullptr),
      options_(with_seams(std::move(options))),
      id_(draw_id(*options_.random)) {
  scheduler().attach();
}

intrusive_ptr<cell> core::spawn(const actor_maker& maker, slot* name) {
  if (stopping()) throw setup_error(errc::shutdown, "cannot start an actor: the node is stopping");
  intrusive_ptr<cell> made = cell::make(*this, maker, name);
  if (stopping()) made->request_stop();  // The stop may have looked round just before.
  if (name == nullptr) made->start();
  return made;
}

intrusive_ptr<slot> core::spawn_as(const actor_maker& maker, std::string_view name, unsigned concurrency) {
  if (concurrency == 0) throw std::invalid_argument("a service needs a concurrency of at least 1");
  intrusive_ptr<slot> as = find(name);
  std::vector<intrusive_ptr<cell>> made;
  try {
    if (!as->current()) {
      while (made.size() < concurrency) made.push_back(spawn(maker, as.get()));
    }
    if (made.empty() || !as->set(made)) {
      throw setup_error(errc::name_taken, "a service \"" + std::string(name) +
                                              "\" runs on this node already: stop it first, or choose another name");
    }
  } catch (...) {
    for (const auto& each : made) each->request_stop();
    throw;
  }
  for (const auto& each : made) each->start();
  return as;
}

intrusive_ptr<slot> core::find(std::string_view name) {
  const std::lock_guard lock(names_mutex_);
  auto found = names_.find(name);
  if (found == names_.end()) {
    if (stopping()) return make_intrusive<slot>(*this, std::string(name));  // Nobody would forget it.
    found = names_.emplace(std::string(name), make_intrusive<slot>(*this, std::string(name))).first;
  }
  return found->second;
}

intrusive_ptr<slot> core::find_known(std::string_view name) const {
  const std::lock_guard lock(names_mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

std::vector<intrusive_ptr<slot>> core::services() const {
  std::vector<intrusive_ptr<slot>> carried;
  {
    const std::lock_guard lock(names_mutex_);
    for (const auto& [name, each] : names_) carried.push_back(each);
  }
  std::erase_if(carried, [](const auto& each) { return !each->current(); });
  return carried;
}

std::size_t core::names() const {
  const std::lock_guard lock(names_mutex_);
  return names_.size();
}

void core::export_actor(cell& known_outside) {
  const std::lock_guard lock(cells_mutex_);
  if (known_outside.alive) exported_.emplace(known_outside.id().actor, &known_outside);
}

intrusive_ptr<cell> core::find_exported(std::uint64_t number) const {
  const std::lock_guard lock(cells_mutex_);
  const auto found = exported_.find(number);
  return intrusive_ptr<cell>(found == exported_.end() ? nullptr : found->second);
}

void core::dead(std::string_view message, const target& receiver, errc why) {
  dead_[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed);
  if (options_.on_dead_letter) options_.on_dead_letter({message, receiver.describe(), why});
}

void core::enlist(cell& fresh) {
  const std::lock_guard lock(cells_mutex_);
  fresh.next_listed = first_;
  if (first_ != nullptr) first_->previous_listed = &fresh;
  first_ = &fresh;
  ++alive_;
}

void core::retire(cell& ended) {
  const std::lock_guard lock(cells_mutex_);
  ended.alive = false;
  exported_.erase(ended.id().actor);
  --alive_;
  if (stopper_ && alive_ == 0) stopper_->notify();
}

void core::delist(cell& freed, std::uint64_t taken, std::uint64_t handled) {
  const std::lock_guard lock(cells_mutex_);
  taken_by_freed_ += taken;
  handled_by_freed_ += handled;
  (freed.previous_listed == nullptr ? first_ : freed.previous_listed->next_listed) = freed.next_listed;
  if (freed.next_listed != nullptr) freed.next_listed->previous_listed = freed.previous_listed;
}

void core::went_idle() noexcept {
  const std::lock_guard lock(cells_mutex_);
  if (stopper_) stopper_->notify();
}

std::vector<intrusive_ptr<cell>> core::living() const {
  std::vector<intrusive_ptr<cell>> found;
  const std::lock_guard lock(cells_mutex_);
  for (cell* each = first_; each != nullptr; each = each->next_listed) {
    if (each->alive) found.emplace_back(each);
  }
  return found;
}

bool core::quiet() const {
  const std::lock_guard lock(cells_mutex_);
  for (const cell* each = first_; each != nullptr; each = each->next_listed) {
    if (each->alive && each->busy()) return false;
  }
  return true;
}

bool core::empty() const {
  const std::lock_guard lock(cells_mutex_);
  return alive_ == 0;
}

/// Waits for a state of which cells tell; by the scheduler's time. It looks again after a while in any case, since a
/// cell that goes idle just when the stop begins may not have seen that it should tell.
bool core::wait_until(const std::function<bool()>& holds, time_point deadline) {
  constexpr auto look_again = std::chrono::milliseconds(10);
  for (;;) {
    const intrusive_ptr<waiter> waiting = scheduler().make_waiter();
    {
      const std::lock_guard lock(cells_mutex_);
      stopper_ = waiting;
    }
    const time_point now = time().now();
    const bool held = holds();
    if (held || now >= deadline) {
      const std::lock_guard lock(cells_mutex_);
      stopper_ = nullptr;
      return held;
    }
    static_cast<void>(scheduler().wait(*waiting, std::min<time_point>(deadline, now + look_again)));
  }
}

shutdown_report core::stop(duration drain, const stop_hooks& hooks) {
  const std::lock_guard lock(stop_mutex_);
  if (std::exchange(stopped_, true)) return report_;
  stopping_.store(true, std::memory_order_seq_cst);

  // First what is under way may end by itself, then every actor is stopped, then the threads: in all within `drain`
  // and a second.
  const time_point drained = later(time().now(), drain);
  if (!wait_until([this] { return quiet(); }, drained)) {
    for (const auto& each : living()) {
      if (each->busy()) report_.cut_off.push_back(each->work_left());
    }
  }
  if (hooks.quiet) static_cast<void>(wait_until(hooks.quiet, drained));
  for (const auto& each : living()) each->request_stop();
  static_cast<void>(wait_until([this] { return empty(); }, time().now() + std::chrono::milliseconds(300)));
  if (hooks.say_goodbye) hooks.say_goodbye(report_);
  if (hooks.closed) {
    // Who answers at all does so soon; a busy one may take some of what is left of `drain`.
    const time_point now = time().now();
    static_cast<void>(wait_until(hooks.closed, std::clamp<time_point>(drained, now + std::chrono::milliseconds(200),
                                                                      now + std::chrono::seconds(1))));
  }
  if (hooks.close) hooks.close(report_);
  if (owns_scheduler_) scheduler().stop(std::chrono::milliseconds(300));
  scheduler().detach();
  for (const auto& each : living()) {
    report_.cut_off.push_back(each->describe() + (each->in_turn()
                                                      ? ": its handler did not return; abandoned with its thread"
                                                      : ": not stopped, since no worker was left to do it"));
  }
  std::map<std::string, intrusive_ptr<slot>, std::less<>> names;
  const std::lock_guard names_lock(names_mutex_);
  names.swap(names_);
  return report_;
}

zooid::accounts core::accounts() const {
  zooid::accounts sum;
  const auto copy = [](auto& to, const auto& from) {
    for (std::size_t i = 0; i < errc_count; ++i) to[i] = from[i].load(std::memory_order_relaxed);
  };
  copy(sum.refused, refused_);
  copy(sum.dead_letters, dead_);
  const std::lock_guard lock(cells_mutex_);
  sum.taken = taken_by_freed_ + taken_on_the_way_.load(std::memory_order_relaxed);
  sum.handled = handled_by_freed_;
  for (const cell* each = first_; each != nullptr; each = each->next_listed) {
    sum.taken += each->taken();
    sum.handled += each->handled();
    sum.queued += each->queued();
  }
  return sum;
}

}  // namespace detail

actor_system::actor_system(system_options options) : core_(make_intrusive<detail::core>(std::move(options))) {}

actor_system::~actor_system() { stop(core_->options().drain); }

intrusive_ptr<detail::target> actor_system::spawn_target(const detail::actor_maker& maker, std::string_view name) {
  if (name.empty()) return core_->spawn(maker, nullptr);
  return core_->spawn_as(maker, name);
}

intrusive_ptr<detail::target> actor_system::serve_target(const detail::actor_maker& maker, std::string_view name,
                                                         unsigned concurrency) {
  return core_->spawn_as(maker, name, concurrency);
}

intrusive_ptr<detail::target> actor_system::find_target(std::string_view name) { return core_->find(name); }

void actor_system::stop_target(detail::target* actor) {
  if (auto* const named = dynamic_cast<detail::slot*>(actor)) {
    for (const auto& each : named->carriers()) each->request_stop();
  } else if (auto* const found = dynamic_cast<detail::cell*>(actor)) {
    found->request_stop();
  }
}

shutdown_report actor_system::stop(duration drain) { return core_->stop(drain, {}); }
zooid::accounts actor_system::accounts() const { return core_->accounts(); }
std::uint64_t actor_system::id() const noexcept { return core_->id(); }

}  // namespace zooid
