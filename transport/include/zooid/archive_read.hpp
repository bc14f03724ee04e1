// SPDX-License-Identifier: Apache-2.0
#pragma once

// How each kind of type is read, from bytes that nobody vouches for. Longer than most headers, because the reading of
// one kind only makes sense beside that of the others.

#include <zooid/archive_write.hpp>

namespace zooid::detail {

template <class T, class... Version>
void load_custom(input_archive& from, T& to, Version... v) {
  if constexpr (style_of<T> == style::member) {
    if constexpr (requires { to.serialize(from, v...); }) {
      to.serialize(from, v...);
    } else {
      late<T, cereal::access>::member_serialize(from, to, v...);
    }
  } else if constexpr (style_of<T> == style::member_split) {
    if constexpr (requires { to.load(from, v...); }) {
      to.load(from, v...);
    } else {
      late<T, cereal::access>::member_load(from, to, v...);
    }
  } else if constexpr (style_of<T> == style::free) {
    serialize(from, to, v...);
  } else {
    load(from, to, v...);
  }
}

template <class T, class... Version>
void load_as_minimal(input_archive& from, T& to, Version... v) {
  using value = std::remove_cvref_t<decltype(save_as_minimal(std::declval<const output_archive&>(), to, v...))>;
  static_assert(kind_of<value> <= kind::string, "zooid: save_minimal() returns a number, an enum or a string");
  value read{};
  decode(from, read);
  const input_archive& archive = from;
  const value& constant = read;
  if constexpr (style_of<T> == style::free_minimal) {
    load_minimal(archive, to, constant, v...);
  } else if constexpr (requires { to.load_minimal(archive, constant, v...); }) {
    to.load_minimal(archive, constant, v...);
  } else {
    late<T, cereal::access>::member_load_minimal(archive, to, constant, v...);
  }
}

template <class T>
void decode_sequence(input_archive& from, T& to) {
  using element = typename T::value_type;
  to.clear();
  if constexpr (requires { to.data(); } && copied_at_once<element>) {
    const std::size_t size = from.get_size(sizeof(element));
    const std::byte* bytes = from.get_bytes(size * sizeof(element));
    if constexpr (sizeof(element) == 1) {
      const auto* begin = reinterpret_cast<const element*>(bytes);
      to.assign(begin, begin + size);
    } else if (size > 0) {
      to.resize(size);
      std::memcpy(to.data(), bytes, size * sizeof(element));
    }
  } else {
    std::size_t size = from.get_size();
    if constexpr (requires { to.reserve(size); }) to.reserve(std::min(size, 4096 / sizeof(element) + 1));
    for (; size > 0; --size) {
      const std::byte* begin = from.begin_element(sizeof(element));
      if constexpr (std::same_as<decltype(*to.begin()), element&>) {
        decode(from, to.emplace_back());
      } else {  // std::vector<bool>
        to.push_back(from.get_bool());
      }
      from.end_element(begin);
    }
  }
}

template <class T>
void decode_nodes(input_archive& from, T& to) {
  to.clear();
  for (std::size_t size = from.get_size(); size > 0; --size) {
    const std::byte* begin = from.begin_element(sizeof(typename T::value_type) + 4 * sizeof(void*));
    typename T::key_type key{};
    decode(from, key);
    auto inserted = [&] {
      if constexpr (kind_of<T> == kind::map) {
        typename T::mapped_type mapped{};
        decode(from, mapped);
        return to.emplace(std::move(key), std::move(mapped));
      } else {
        return to.emplace(std::move(key));
      }
    }();
    from.end_element(begin);
    if constexpr (requires { inserted.second; }) {
      if (!inserted.second) from.fail("a key that occurs twice");
    }
  }
}

// The numbers with which most records begin are read after a single check when all of them are there.
struct leading_numbers {
  std::size_t fields = 0;
  std::size_t bytes = 0;
};
template <class... Field>
consteval leading_numbers find_leading_numbers() {
  leading_numbers found;
  (void)((plain_bytes<Field> && (++found.fields, found.bytes += sizeof(Field))) && ...);
  return found;
}

template <class T>
const std::byte* copy_number(const std::byte* bytes, T& to) noexcept {
  if constexpr (plain_bytes<T>) {
    if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> value{};
      bytes = copy_number(bytes, value);
      to = static_cast<T>(value);
      return bytes;
    } else {
      std::byte copy[sizeof(T)];
      std::memcpy(copy, bytes, sizeof(T));
      flip_if_big_endian<T>(copy);
      to = std::bit_cast<T>(copy);
      return bytes + sizeof(T);
    }
  }
  return bytes;
}

template <class... Field>
void decode_fields(input_archive& from, input_archive::record& record, Field&... field) {
  constexpr leading_numbers leading = find_leading_numbers<Field...>();
  std::size_t done = 0;
  if (leading.fields > 0 && from.remaining() >= leading.bytes) {
    [[maybe_unused]] const std::byte* bytes = from.get_bytes(leading.bytes);
    (void)((done++ < leading.fields && (bytes = copy_number(bytes, field), true)) && ...);
    done = leading.fields;
    record.skip(done);
  }
  std::size_t index = 0;
  (void)((index++ < done || (record.next() && (decode(from, field), true))) && ...);
}

template <class T>
void decode_record(input_archive& from, T& to) {
  input_archive::record record(from, info_of<T>);
  if constexpr (kind_of<T> == kind::record) {
    visit_fields(to, [&from, &record](auto&... field) { decode_fields(from, record, field...); });
  } else if constexpr (is_versioned<T>) {
    const auto version = from.get<std::uint32_t>();
    const input_archive::self_serialised scope(from, std::as_bytes(std::span(std::addressof(to), 1)));
    load_custom(from, to, version);
  } else {
    const input_archive::self_serialised scope(from, std::as_bytes(std::span(std::addressof(to), 1)));
    load_custom(from, to);
  }
}

template <class T, std::size_t... I>
void decode_alternative(input_archive& from, T& to, std::index_sequence<I...>) {
  const std::uint64_t index = from.get_varint();
  const bool found = ((index == I && (decode(from, to.template emplace<I>()), true)) || ...);
  if (!found) from.fail("an alternative that the variant does not have");
}

template <class C>
void decode_ref(input_archive& from, ref<C>& to) {
  if constexpr (check_ref<C>::ok) {
    to = late<C, ref_access>::template make<C>(from.refs().load(from, codec_of<C>()));
  }
}

template <class T>
void decode(input_archive& from, T& to) {
  constexpr kind k = kind_of<T>;
  if constexpr (k == kind::boolean) {
    to = from.get_bool();
  } else if constexpr (k == kind::number) {
    to = from.get<T>();
  } else if constexpr (k == kind::enumeration) {
    std::underlying_type_t<T> value{};
    decode(from, value);
    to = static_cast<T>(value);
  } else if constexpr (k == kind::string || k == kind::sequence) {
    decode_sequence(from, to);
  } else if constexpr (k == kind::set || k == kind::map) {
    decode_nodes(from, to);
  } else if constexpr (k == kind::array) {
    using element = typename element_of<T>::type;
    if constexpr (copied_at_once<element>) {
      if (std::size(to) > 0) {
        const std::size_t bytes = std::size(to) * sizeof(element);
        std::memcpy(std::data(to), from.get_bytes(bytes), bytes);
      }
    } else {
      for (auto& one : to) decode(from, one);
    }
  } else if constexpr (k == kind::tuple) {
    std::apply([&from](auto&... part) { (decode(from, part), ...); }, to);
  } else if constexpr (k == kind::optional) {
    to.reset();
    if (from.get_bool()) decode(from, to.emplace());
  } else if constexpr (k == kind::variant) {
    decode_alternative(from, to, std::make_index_sequence<alternatives<T>>());
  } else if constexpr (k == kind::duration) {
    typename T::rep count{};
    decode(from, count);
    to = T(count);
  } else if constexpr (k == kind::time_point) {
    typename T::duration since{};
    decode(from, since);
    to = T(since);
  } else if constexpr (k == kind::ref) {
    decode_ref(from, to);
  } else if constexpr (k == kind::record || k == kind::custom) {
    decode_record(from, to);
  } else if constexpr (k == kind::standard) {
    load_custom(from, to);
  } else if constexpr (k == kind::minimal) {
    if constexpr (is_versioned<T>) {
      const auto version = from.get<std::uint32_t>();
      load_as_minimal(from, to, version);
    } else {
      load_as_minimal(from, to);
    }
  } else if constexpr (k == kind::named) {
    decode(from, to.value);
  } else if constexpr (k == kind::size_tag) {
    to.size = static_cast<std::remove_cvref_t<decltype(to.size)>>(from.get_size());
  } else if constexpr (k == kind::binary_data) {
    const auto size = static_cast<std::size_t>(to.size);
    if (size > 0) std::memcpy(to.data, from.get_bytes(size), size);
  } else if constexpr (k == kind::base) {
    decode(from, *to.base_ptr);
  } else if constexpr (k == kind::map_item) {
    decode(from, to.key);
    decode(from, to.value);
  }
}

// A value that a class asks for behind the end of its record: a member stays as it is, anything else becomes T{}.
template <class T>
void decode_missing(std::span<const std::byte> owner, T& to) {
  if constexpr (kind_of<T> == kind::named) {
    decode_missing(owner, to.value);
  } else if constexpr (kind_of<T> == kind::size_tag) {
    to.size = 0;
  } else if constexpr (kind_of<T> == kind::binary_data) {
    if (to.size > 0) std::memset(to.data, 0, static_cast<std::size_t>(to.size));
  } else if constexpr (std::is_array_v<T>) {
    for (auto& one : to) decode_missing(owner, one);
  } else if constexpr (std::is_default_constructible_v<T> && std::is_move_assignable_v<T>) {
    const auto* place = reinterpret_cast<const std::byte*>(std::addressof(to));
    const bool member = !std::less<>()(place, owner.data()) && std::less<>()(place, owner.data() + owner.size());
    if (!member) to = T{};
  }
}

}  // namespace zooid::detail
