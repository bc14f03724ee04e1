// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/codec.hpp>

#include <cstddef>
#include <span>

namespace zooid {

/// Bytes that become a message where its receiver wants it.
struct message_source {
  const message_codec& codec;
  std::span<const std::byte> body;
  ref_codec& refs;
};

/// For `request::construct`; `source` is a message_source. Throws what decoding throws.
inline void construct_message(void* at, void* source) {
  const auto& from = *static_cast<const message_source*>(source);
  input_archive archive(from.body, &from.refs);
  from.codec.decode(archive, at);
  try {
    archive.finish();
  } catch (...) {
    if (from.codec.type->destroy != nullptr) from.codec.type->destroy(at);
    throw;
  }
}

}  // namespace zooid
