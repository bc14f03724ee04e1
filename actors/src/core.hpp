// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/system.hpp>

#include <atomic>
#include <map>
#include <mutex>

namespace zooid::detail {

class slot;

/// What the transport adds to a stop, in this order.
struct stop_hooks {
  std::function<bool()> quiet;                        ///< Has everything that was sent been received?
  std::function<void(shutdown_report&)> say_goodbye;  ///< The actors have ended: tell the others.
  std::function<bool()> closed;                       ///< Have they heard it?
  std::function<void(shutdown_report&)> close;        ///< Whether or not: close, and name what is lost.
};

/// What a layer above adds to a core: it hears of the end of cells that are `observed`.
class core_observer : public ref_counted {
 public:
  /// In the cell's last turn.
  virtual void on_retired(cell& ended) noexcept = 0;
};

/// What the cells of one node share. Lives as long as a ref to one of them does.
///
/// What every message reads shares no cache line with what actors write when they start, end, call or refuse: which of
/// them would meet in a line otherwise depends on where the heap puts it.
class ZOOID_API core final : public ref_counted {
 public:
  explicit core(system_options options);

  [[nodiscard]] const system_options& options() const noexcept { return options_; }
  [[nodiscard]] zooid::scheduler& scheduler() noexcept { return *options_.scheduler; }
  [[nodiscard]] clock& time() noexcept { return options_.scheduler->time(); }
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  /// Null when there is none. Set before the first actor is spawned.
  [[nodiscard]] core_observer* observer() const noexcept { return observer_.get(); }
  void set_observer(intrusive_ptr<core_observer> above) noexcept { observer_ = std::move(above); }
  [[nodiscard]] std::uint64_t next_number() noexcept { return number_.fetch_add(1, std::memory_order_relaxed) + 1; }
  [[nodiscard]] bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }

  /// One of the node's pending calls; false when there are too many.
  [[nodiscard]] bool begin_call() noexcept {
    if (pending_calls_.fetch_add(1, std::memory_order_relaxed) < options_.pending_calls) return true;
    end_call();
    return false;
  }
  void end_call() noexcept { pending_calls_.fetch_sub(1, std::memory_order_relaxed); }

  [[nodiscard]] intrusive_ptr<cell> spawn(const actor_maker& maker, slot* name);
  /// Starts an actor under a name, or `concurrency` of them that share it. Throws setup_error `name_taken`. The result
  /// is the name.
  [[nodiscard]] intrusive_ptr<slot> spawn_as(const actor_maker& maker, std::string_view name, unsigned concurrency = 1);
  /// The name, whether or not somebody carries it.
  [[nodiscard]] intrusive_ptr<slot> find(std::string_view name);
  /// The same, but null for a name that nobody here has ever used: for names that strangers ask for.
  [[nodiscard]] intrusive_ptr<slot> find_known(std::string_view name) const;
  /// All names that somebody carries.
  [[nodiscard]] std::vector<intrusive_ptr<slot>> services() const;
  /// How many names there are.
  [[nodiscard]] std::size_t names() const;
  /// From now on `find_exported` finds the actor, as long as it lives.
  void export_actor(cell& known_outside);
  [[nodiscard]] intrusive_ptr<cell> find_exported(std::uint64_t number) const;

  /// A message was refused before it was taken.
  void refused(errc why) noexcept { refused_[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed); }
  /// A message that was taken by `receiver` will not be handled.
  void dead(std::string_view message, const target& receiver, errc why);
  /// The same for one that was taken on the way to another node, where no cell counts it.
  void dead_on_the_way(std::string_view message, const target& receiver, errc why) {
    taken_on_the_way_.fetch_add(1, std::memory_order_relaxed);
    dead(message, receiver, why);
  }

  /// Called by a cell: it exists; it is over; it is being freed.
  void enlist(cell& fresh);
  void retire(cell& ended);
  void delist(cell& freed, std::uint64_t taken, std::uint64_t handled);
  /// Called by a cell that went idle while the node is stopping.
  void went_idle() noexcept;

  shutdown_report stop(duration drain, const stop_hooks& hooks);
  [[nodiscard]] zooid::accounts accounts() const;

 private:
  [[nodiscard]] bool quiet() const;
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::vector<intrusive_ptr<cell>> living() const;
  bool wait_until(const std::function<bool()>& holds, time_point deadline);

  alignas(64) const bool owns_scheduler_;
  const system_options options_;
  const std::uint64_t id_;
  intrusive_ptr<core_observer> observer_;
  std::atomic<bool> stopping_{false};

  alignas(64) std::atomic<std::uint64_t> number_{0};
  std::atomic<std::uint32_t> pending_calls_{0};
  std::array<std::atomic<std::uint64_t>, errc_count> refused_{};
  std::array<std::atomic<std::uint64_t>, errc_count> dead_{};
  std::atomic<std::uint64_t> taken_on_the_way_{0};

  mutable std::mutex names_mutex_;
  // Guarded by names_mutex_:
  std::map<std::string, intrusive_ptr<slot>, std::less<>> names_;

  alignas(64) mutable std::mutex cells_mutex_;
  // Guarded by cells_mutex_:
  cell* first_ = nullptr;
  std::uint64_t taken_by_freed_ = 0;
  std::uint64_t handled_by_freed_ = 0;
  std::size_t alive_ = 0;
  std::map<std::uint64_t, cell*> exported_;
  intrusive_ptr<waiter> stopper_;

  std::mutex stop_mutex_;
  // Guarded by stop_mutex_:
  bool stopped_ = false;
  shutdown_report report_;
};

}  // namespace zooid::detail
