// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include <thread>

namespace zooid::detail {

/// Whoever reads the name's carrier announces it first, so that the carrier is not let go under him.
intrusive_ptr<cell> slot::current() const noexcept {
  readers_.fetch_add(1, std::memory_order_seq_cst);
  const intrusive_ptr<cell> carrier(current_.load(std::memory_order_seq_cst));
  readers_.fetch_sub(1, std::memory_order_release);
  return carrier;
}

bool slot::set(cell& now) noexcept {
  now.retain();
  cell* nobody = nullptr;
  if (current_.compare_exchange_strong(nobody, &now, std::memory_order_seq_cst)) return true;
  now.release();
  return false;
}

void slot::unset(const cell& gone) noexcept {
  cell* carrier = const_cast<cell*>(&gone);
  if (!current_.compare_exchange_strong(carrier, nullptr, std::memory_order_seq_cst)) return;
  while (readers_.load(std::memory_order_seq_cst) != 0) std::this_thread::yield();
  gone.release();
}

errc slot::accept(const request& what) {
  const intrusive_ptr<cell> carrier = current();
  if (!carrier) return core_->stopping() ? errc::shutdown : errc::no_such_service;
  return carrier->accept(what);
}

void slot::when_room(intrusive_ptr<room_waiter> waiter) {
  if (const intrusive_ptr<cell> carrier = current()) {
    carrier->when_room(std::move(waiter));
  } else {
    waiter->on_room();
  }
}

errc slot::abandon(call&) noexcept { return errc::timeout; }

void slot::completed(intrusive_ptr<call>) noexcept {}

actor_id slot::id() const noexcept {
  const intrusive_ptr<cell> carrier = current();
  return carrier ? carrier->id() : actor_id{};
}

}  // namespace zooid::detail
