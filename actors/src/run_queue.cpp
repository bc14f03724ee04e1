// SPDX-License-Identifier: Apache-2.0
#include "run_queue.hpp"

#include <algorithm>
#include <mutex>

namespace zooid::detail {

void run_queue::push(runnable& ready) noexcept {
  ready.next_runnable = nullptr;
  const std::lock_guard guard(lock_);
  (first_ == nullptr ? first_ : last_->next_runnable) = &ready;
  last_ = &ready;
  size_.fetch_add(1, std::memory_order_seq_cst);
}

runnable* run_queue::pop() noexcept {
  if (size_.load(std::memory_order_relaxed) == 0) return nullptr;
  const std::lock_guard guard(lock_);
  runnable* const popped = first_;
  if (popped == nullptr) return nullptr;
  first_ = popped->next_runnable;
  size_.fetch_sub(1, std::memory_order_relaxed);
  return popped;
}

runnable* worker_queue::steal(worker_queue& to) noexcept {
  constexpr std::size_t most = 64;
  runnable* const stolen = pop();
  if (stolen == nullptr) return nullptr;
  for (std::size_t left = std::min(size() / 2, most); left > 0; --left) {
    runnable* const another = pop();
    if (another == nullptr) break;
    to.push(*another);
  }
  return stolen;
}

}  // namespace zooid::detail
