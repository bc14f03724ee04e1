// SPDX-License-Identifier: Apache-2.0
#include "toml_tree.hpp"

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace {

position place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

toml_value::kind kind_of(const toml::node& from) {
  using kind = toml_value::kind;
  switch (from.type()) {
    case toml::node_type::string:
      return kind::text;
    case toml::node_type::integer:
      return kind::whole;
    case toml::node_type::floating_point:
      return kind::fraction;
    case toml::node_type::boolean:
      return kind::truth;
    case toml::node_type::array:
      return kind::array;
    case toml::node_type::table:
      return kind::table;
    default:
      return kind::date;
  }
}

/// As deep as the library lets a file nest, which is 256 levels.
toml_value copy(const toml::node& from) {
  toml_value to;
  to.is = kind_of(from);
  to.at = place_of(from.source());
  if (const auto* text = from.as_string()) to.text = text->get();
  if (const auto* number = from.as_integer()) to.whole = number->get();
  if (const auto* array = from.as_array()) {
    for (const toml::node& each : *array) to.items.push_back(copy(each));
  }
  if (const auto* table = from.as_table()) {
    for (const auto& [key, value] : *table) {
      to.entries.push_back({std::string(key.str()), place_of(key.source()), copy(value)});
    }
    const auto earlier = [](const toml_entry& a, const toml_entry& b) {
      return std::tie(a.at, a.key) < std::tie(b.at, b.key);
    };
    std::sort(to.entries.begin(), to.entries.end(), earlier);
  }
  return to;
}

}  // namespace

std::string_view in_words(toml_value::kind kind) {
  switch (kind) {
    case toml_value::kind::text:
      return "a string";
    case toml_value::kind::whole:
      return "a whole number";
    case toml_value::kind::fraction:
      return "a number";
    case toml_value::kind::truth:
      return "true or false";
    case toml_value::kind::array:
      return "an array";
    case toml_value::kind::table:
      return "a table";
    default:
      return "a date or a time";
  }
}

toml_value parse_toml(std::string_view text, complaints& wrong) try {
  return copy(toml::parse(text));
} catch (const toml::parse_error& strange) {
  wrong.add(place_of(strange.source()), std::string(strange.description()));
  return {};
}
