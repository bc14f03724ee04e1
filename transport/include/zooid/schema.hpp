// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

/// How a type is written; docs/protocol.md says how each of them. The order is part of the wire format: append only.
enum class type_kind : std::uint8_t {
  boolean = 1,
  number,       ///< `name` is "int32" and the like.
  enumeration,  ///< Over the number that is its part.
  string,       ///< Of `char`; of other characters when it has a part.
  list,
  array,  ///< Of `count` elements.
  set,
  map,  ///< Its parts are key and value.
  tuple,
  optional,
  variant,
  time_span,  ///< Counted by its part, in units of `count`/`divisor` seconds.
  instant,    ///< As the duration that is its part, since its clock's epoch.
  nothing,
  ref,       ///< `name` is the contract's.
  record,    ///< A plain struct: its parts are the fields.
  opaque,    ///< A class that serialises itself: only its own functions know.
  standard,  ///< Another type of the standard library, as cereal writes it.
};

/// What a type is made of: a field of a record, or what a container holds (then without a name).
struct schema_part {
  std::string name;
  std::uint32_t type;  ///< Index into schema::types.
};

struct schema_type {
  type_kind kind{};
  std::string name{};  ///< Of a record, an enum or a class: its name on the wire.
  std::vector<schema_part> parts{};
  std::uint64_t count{};
  std::uint64_t divisor{};
};

/// What a message and its reply look like on the wire, as data. Types refer to each other by index, each stands once,
/// and a record may hold itself.
struct ZOOID_API schema {
  static constexpr std::uint32_t no_reply = 0xFFFFFFFF;    ///< It can only be told.
  static constexpr std::uint32_t void_reply = 0xFFFFFFFE;  ///< It is answered, with nothing.

  std::vector<schema_type> types{};
  std::uint32_t message{};
  std::uint32_t reply{no_reply};

  /// "Order{quantity: int32, lines: list<Line{sku: string}>} -> string". A struct's fields are listed where it occurs
  /// first; a ref is named by its contract only, since contracts may be cyclic.
  [[nodiscard]] std::string to_string() const;
  /// The same for one type, a struct by its name only: "list<Line>".
  [[nodiscard]] std::string name_of(std::uint32_t type) const;
  /// Of `to_string()`: the same for all compilers, platforms and releases. FNV-1a, 64 bits.
  [[nodiscard]] std::uint64_t fingerprint() const;
};

/// Empty when nodes with these two schemas of one message understand each other: they are the same, or fields were
/// appended to structs, on either side. Otherwise what differs: "Order.quantity: int32 here, int64 there".
[[nodiscard]] ZOOID_API std::string difference(const schema& here, const schema& there);

namespace detail {

/// Gathers a schema. One thread.
class ZOOID_API schema_builder {
 public:
  struct place {
    std::uint32_t at;
    bool fresh;  ///< It has to be filled; otherwise it stands there already.
  };
  /// The place of a type, known by an address of its own.
  [[nodiscard]] place open(const void* type);
  void fill(std::uint32_t at, type_kind kind, std::string_view name, std::initializer_list<std::uint32_t> parts = {},
            std::uint64_t count = 0, std::uint64_t divisor = 0);
  void add_field(std::uint32_t at, std::string_view name, std::uint32_t type);
  [[nodiscard]] schema take(std::uint32_t message, std::uint32_t reply);

 private:
  schema made_;
  std::vector<const void*> known_;
};

}  // namespace detail
}  // namespace zooid
