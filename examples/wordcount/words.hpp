// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

/// Cuts text into words as `LC_ALL=C tr -cs 'A-Za-z' '\n' | tr 'A-Z' 'a-z'` does: a word is a run of ASCII letters, in
/// small letters, and everything else stands between words. The text comes in pieces.
class word_cutter {
 public:
  static constexpr std::size_t longest = 65536;

  /// Calls `take(std::string)` for every word that ends in `text`. Throws std::length_error for a word beyond
  /// `longest`.
  template <class Take>
  void feed(std::string_view text, const Take& take) {
    for (const char c : text) {
      if (const char small = static_cast<char>(c | 0x20); small >= 'a' && small <= 'z') {
        if (word_.size() == longest) throw std::length_error("a word of more than 65536 letters");
        word_.push_back(small);
      } else {
        finish(take);
      }
    }
  }
  /// The text has ended.
  template <class Take>
  void finish(const Take& take) {
    if (!word_.empty()) take(std::exchange(word_, {}));
  }

 private:
  std::string word_;
};

/// Which of `counters` a word belongs to: the same in every process and on every machine. FNV-1a, 64 bits
/// (Fowler, Noll, Vo; http://www.isthe.com/chongo/tech/comp/fnv).
inline std::size_t owner_of(std::string_view word, std::size_t counters) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char letter : word) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
  return static_cast<std::size_t>(hash % counters);
}
