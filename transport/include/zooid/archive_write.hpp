// SPDX-License-Identifier: Apache-2.0
#pragma once

// How each kind of type is written.

#include <zooid/archive_kinds.hpp>

namespace zooid::detail {

template <class T, class... Version>
void save_custom(output_archive& to, const T& from, Version... v) {
  T& object = const_cast<T&>(from);  // as cereal does: serialize() is one function for both directions
  if constexpr (style_of<T> == style::member) {
    if constexpr (requires { object.serialize(to, v...); }) {
      object.serialize(to, v...);
    } else {
      late<T, cereal::access>::member_serialize(to, object, v...);
    }
  } else if constexpr (style_of<T> == style::member_split) {
    if constexpr (requires { from.save(to, v...); }) {
      from.save(to, v...);
    } else {
      late<T, cereal::access>::member_save(to, from, v...);
    }
  } else if constexpr (style_of<T> == style::free) {
    serialize(to, object, v...);
  } else {
    save(to, from, v...);
  }
}

template <class T, class... Version>
decltype(auto) save_as_minimal(const output_archive& to, const T& from, Version... v) {
  if constexpr (style_of<T> == style::free_minimal) {
    return save_minimal(to, from, v...);
  } else if constexpr (requires { from.save_minimal(to, v...); }) {
    return from.save_minimal(to, v...);
  } else {
    return late<T, cereal::access>::member_save_minimal(to, from, v...);
  }
}

template <class T>
void encode_elements(output_archive& to, const T& from) {
  using element = typename element_of<T>::type;
  for (const auto& one : from) {
    const std::size_t begin = to.position();
    encode<element>(to, one);
    to.end_element(begin);
  }
}

template <class T>
void encode_record(output_archive& to, const T& from) {
  const std::size_t begin = to.begin_record();
  if constexpr (kind_of<T> == kind::record) {
    visit_fields(from, [&to](const auto&... field) { (encode(to, field), ...); });
  } else if constexpr (is_versioned<T>) {
    const std::uint32_t version = class_version<T>();
    to.put(version);
    save_custom(to, from, version);
  } else {
    save_custom(to, from);
  }
  to.end_record(begin);
}

template <class T, std::size_t... I>
void encode_alternative(output_archive& to, const T& from, std::index_sequence<I...>) {
  if (from.valueless_by_exception()) to.fail("a variant without a value");
  to.put_size(from.index());
  (void)((from.index() == I && (encode(to, *get_if<I>(&from)), true)) || ...);
}

template <class C>
void encode_ref(output_archive& to, const ref<C>& from) {
  if constexpr (check_ref<C>::ok) to.refs().save(to, late<C, ref_access>::target_of(from), codec_of<C>());
}

template <class T>
void encode(output_archive& to, const T& from) {
  constexpr kind k = kind_of<T>;
  if constexpr (k == kind::boolean) {
    to.put(static_cast<std::uint8_t>(from ? 1 : 0));
  } else if constexpr (k == kind::number) {
    to.put(from);
  } else if constexpr (k == kind::enumeration) {
    encode(to, static_cast<std::underlying_type_t<T>>(from));
  } else if constexpr (k == kind::string || k == kind::sequence || k == kind::set || k == kind::map) {
    using element = typename T::value_type;
    to.put_size(from.size());
    if constexpr (requires { from.data(); } && copied_at_once<element>) {
      to.put_bytes(from.data(), from.size() * sizeof(element));
    } else {
      encode_elements(to, from);
    }
  } else if constexpr (k == kind::array) {
    using element = typename element_of<T>::type;
    if constexpr (copied_at_once<element>) {
      to.put_bytes(std::data(from), std::size(from) * sizeof(element));
    } else {
      for (const auto& one : from) encode(to, one);
    }
  } else if constexpr (k == kind::tuple) {
    std::apply([&to](const auto&... part) { (encode(to, part), ...); }, from);
  } else if constexpr (k == kind::optional) {
    encode(to, from.has_value());
    if (from.has_value()) encode(to, *from);
  } else if constexpr (k == kind::variant) {
    encode_alternative(to, from, std::make_index_sequence<alternatives<T>>());
  } else if constexpr (k == kind::duration) {
    encode(to, from.count());
  } else if constexpr (k == kind::time_point) {
    encode(to, from.time_since_epoch());
  } else if constexpr (k == kind::ref) {
    encode_ref(to, from);
  } else if constexpr (k == kind::record || k == kind::custom) {
    encode_record(to, from);
  } else if constexpr (k == kind::standard) {
    save_custom(to, from);
  } else if constexpr (k == kind::minimal) {
    if constexpr (is_versioned<T>) {
      const std::uint32_t version = class_version<T>();
      to.put(version);
      encode(to, save_as_minimal(to, from, version));
    } else {
      encode(to, save_as_minimal(to, from));
    }
  } else if constexpr (k == kind::named) {
    encode(to, from.value);
  } else if constexpr (k == kind::size_tag) {
    to.put_size(static_cast<std::uint64_t>(from.size));
  } else if constexpr (k == kind::binary_data) {
    to.put_bytes(from.data, static_cast<std::size_t>(from.size));
  } else if constexpr (k == kind::base) {
    encode(to, *from.base_ptr);
  } else if constexpr (k == kind::map_item) {
    encode(to, from.key);
    encode(to, from.value);
  }
}

}  // namespace zooid::detail
