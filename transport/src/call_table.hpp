// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/call.hpp>
#include <zooid/intrusive_ptr.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace zooid {

/// Calls by their number: a hash table without an allocation per call (linear probing; what follows an erased entry
/// moves up: Knuth, "The Art of Computer Programming", volume 3, 6.4, algorithm R). The other side may choose the
/// numbers, hence a hash that it does not know.
class call_table {
 public:
  call_table() = default;
  call_table(const call_table&) = delete;
  call_table& operator=(const call_table&) = delete;

  /// False when the number is taken, or zero.
  bool emplace(std::uint64_t number, intrusive_ptr<detail::call> made) {
    if (number == 0) return false;
    if ((size_ + 1) * 2 > entries_.size()) grow();
    std::size_t at = home_of(number);
    for (; entries_[at].number != 0; at = after(at)) {
      if (entries_[at].number == number) return false;
    }
    entries_[at] = {number, std::move(made)};
    ++size_;
    return true;
  }

  /// Null when there is none.
  [[nodiscard]] detail::call* find(std::uint64_t number) const noexcept {
    const std::size_t at = place_of(number);
    return at == nowhere ? nullptr : entries_[at].made.get();
  }

  /// Takes it out; null when there is none.
  intrusive_ptr<detail::call> take(std::uint64_t number) noexcept {
    std::size_t hole = place_of(number);
    if (hole == nowhere) return nullptr;
    intrusive_ptr<detail::call> taken = std::move(entries_[hole].made);
    for (std::size_t at = after(hole); entries_[at].number != 0; at = after(at)) {
      const std::size_t home = home_of(entries_[at].number);
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;  // It stands where it is found.
      entries_[hole] = std::move(entries_[at]);
      hole = at;
    }
    entries_[hole] = {};
    --size_;
    return taken;
  }

  /// Takes all out, in no order.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, intrusive_ptr<detail::call>>> take_all() {
    std::vector<std::pair<std::uint64_t, intrusive_ptr<detail::call>>> all;
    all.reserve(size_);
    for (entry& each : entries_) {
      if (each.number != 0) all.emplace_back(each.number, std::move(each.made));
    }
    entries_.clear();
    size_ = 0;
    return all;
  }

 private:
  struct entry {
    std::uint64_t number = 0;
    intrusive_ptr<detail::call> made{};
  };
  static constexpr std::size_t nowhere = ~std::size_t{0};

  [[nodiscard]] std::size_t mask() const noexcept { return entries_.size() - 1; }
  [[nodiscard]] std::size_t after(std::size_t at) const noexcept { return (at + 1) & mask(); }
  [[nodiscard]] std::size_t home_of(std::uint64_t number) const noexcept {
    std::uint64_t mixed = (number ^ secret_) * 0x9E3779B97F4A7C15U;
    mixed ^= mixed >> 32;
    return static_cast<std::size_t>((mixed * (secret_ | 1U)) >> shift_);
  }
  [[nodiscard]] std::size_t place_of(std::uint64_t number) const noexcept {
    if (size_ == 0 || number == 0) return nowhere;
    std::size_t at = home_of(number);
    while (entries_[at].number != 0 && entries_[at].number != number) at = after(at);
    return entries_[at].number == number ? at : nowhere;
  }
  void grow() {
    std::vector<entry> old(entries_.empty() ? 16 : entries_.size() * 2);
    old.swap(entries_);
    shift_ = 64 - static_cast<unsigned>(std::bit_width(entries_.size() - 1));
    for (entry& each : old) {
      if (each.number == 0) continue;
      std::size_t at = home_of(each.number);
      while (entries_[at].number != 0) at = after(at);
      entries_[at] = std::move(each);
    }
  }

  std::vector<entry> entries_;  // A power of two of them, at most half of them in use.
  std::size_t size_ = 0;
  unsigned shift_ = 64;
  const std::uint64_t secret_ = reinterpret_cast<std::uintptr_t>(this) * 0xD6E8FEB86659FD93U;  // Where it lies.
};

}  // namespace zooid
