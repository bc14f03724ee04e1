// SPDX-License-Identifier: Apache-2.0
#include <zooid/codec.hpp>

#include <algorithm>

namespace zooid::detail {

bool schema_writer::open(const void* type) {
  if (std::find(described_.begin(), described_.end(), type) != described_.end()) return false;
  described_.push_back(type);
  return true;
}

void schema_writer::add_field(std::string_view name, void (*describe_type)(schema_writer&)) {
  if (text_.back() != '{') text_ += ", ";
  text_ += name;
  text_ += ": ";
  describe_type(*this);
}

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t fingerprint_of(std::string_view schema) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : schema) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

}  // namespace zooid::detail
