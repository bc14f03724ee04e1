// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace zooid {
namespace detail {

template <class T>
consteval std::string_view pretty_name() {
  // "... [with T = ns::A; ...]" on GCC, "... [T = ns::A]" on clang.
  std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("T = ") + 4;
  std::size_t depth = 0;
  std::size_t end = begin;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '<' || c == '{' || c == '(') ++depth;
    if (depth == 0 && (c == ';' || c == ']')) break;
    if (c == '>' || c == '}' || c == ')') --depth;
  }
  return text.substr(begin, end - begin);
}

/// Behind the last "::" that stands outside angle brackets.
consteval std::string_view unqualified(std::string_view name) {
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<' || name[i] == '{' || name[i] == '(') ++depth;
    if (name[i] == '>' || name[i] == '}' || name[i] == ')') --depth;
    if (depth == 0 && name[i] == ':') begin = i + 1;
  }
  return name.substr(begin);
}

}  // namespace detail

/// The name of a message, by which nodes and people know it: `T::wire_name` where the type has one, otherwise its
/// unqualified name. Compilers print template arguments differently, so a template that travels needs a wire_name.
template <class T>
consteval std::string_view type_name() {
  if constexpr (requires { std::string_view{T::wire_name}; }) {
    return T::wire_name;
  } else {
    return detail::unqualified(detail::pretty_name<T>());
  }
}

}  // namespace zooid
