// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/byte_buffer.hpp>
#include <zooid/schema.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zooid {

/// How messages are written for programs that are not nodes: one for all messages, by their schemas. Any thread, no
/// state. `zooid::json()` of the target zooid::door makes one.
class ZOOID_API text_codec {
 public:
  virtual ~text_codec() = default;

  /// Can values of the type be written at all? Empty; else why not: a class that serialises itself has no names.
  [[nodiscard]] virtual std::string obstacle(const schema& of, std::uint32_t type) const = 0;
  /// Appends the text of an encoded value. Throws codec_error.
  virtual void write(std::string& to, const schema& of, std::uint32_t type,
                     std::span<const std::byte> encoded) const = 0;
  /// Appends the encoding of a value written as text. Throws codec_error, with the path of the field:
  /// "Order.lines[2].sku".
  virtual void read(byte_buffer& to, const schema& of, std::uint32_t type, std::string_view text) const = 0;
};

}  // namespace zooid
