// SPDX-License-Identifier: Apache-2.0
#include <zooid/archive.hpp>

namespace zooid {

void output_archive::put_large_varint(std::uint64_t size) {
  while (size >= 0x80) {
    *buffer_.extend(1) = static_cast<std::byte>(size | 0x80);
    size >>= 7;
  }
  *buffer_.extend(1) = static_cast<std::byte>(size);
}

void output_archive::fail(std::string_view what) const { throw codec_error("cannot encode " + std::string(what)); }

std::uint64_t input_archive::get_large_varint() {
  std::uint64_t size = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(*get_bytes(1));
    if (shift == 63 && byte > 1) break;
    size |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (byte == 0 && shift > 0) fail("a size that is longer than it needs to be");
      return size;
    }
  }
  fail("a size of more than 64 bits");
}

void input_archive::fail(std::string_view what) const {
  std::string path;
  for (const record* at = record_; at != nullptr; at = at->outer_) {
    std::string step(at->outer_ == nullptr ? at->info_.name : std::string_view());
    if (at->info_.fields != nullptr && at->field_ > 0) {
      step += '.';
      step += at->info_.fields[at->field_ - 1];
    }
    path.insert(0, step);
  }
  if (!path.empty()) path += ' ';
  throw codec_error(path + "at byte " + std::to_string(cursor_ - begin_) + ": " + std::string(what));
}

void input_archive::fail_short(std::size_t wanted) const {
  fail("expected " + std::to_string(wanted) + " more bytes, " + std::to_string(remaining()) + " remain");
}

void input_archive::fail_size(std::uint64_t size) const {
  fail("a size of " + std::to_string(size) + " where " + std::to_string(remaining()) + " bytes remain");
}

}  // namespace zooid
