// SPDX-License-Identifier: Apache-2.0
#include "table_reader.hpp"

#include "suggestion.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace {

using kind = toml_value::kind;
using std::chrono::milliseconds;

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr milliseconds day = std::chrono::hours(24);
  const std::int64_t size = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "m" ? 60'000 : 0;
  if (wrong != std::errc() || size == 0 || count < 0 || text.starts_with('-') || count > day.count() / size) return {};
  return milliseconds(count * size);
}

std::string table_reader::named(std::string_view key) const { return in_quotes(key) + where_; }

bool table_reader::has(std::string_view key) const {
  return std::any_of(table_.entries.begin(), table_.entries.end(),
                     [&](const toml_entry& each) { return each.key == key; });
}

const toml_entry* table_reader::find(std::string_view key, kind expected, std::string_view what) {
  known_.emplace_back(key);
  const auto found = std::find_if(table_.entries.begin(), table_.entries.end(),
                                  [&](const toml_entry& each) { return each.key == key; });
  if (found == table_.entries.end()) return nullptr;
  if (found->value.is == expected) return &*found;
  wrong_.add(found->value.at,
             named(key) + " must be " + std::string(what) + ", not " + std::string(in_words(found->value.is)));
  return nullptr;
}

std::optional<placed<std::string>> table_reader::as_text(const toml_value& value, const std::string& whose) {
  if (value.is != kind::text) {
    wrong_.add(value.at, whose + " must be a string, not " + std::string(in_words(value.is)));
    return {};
  }
  if (value.text.find('\0') != std::string::npos) {
    wrong_.add(value.at, whose + " holds a zero byte, which no program can be given");
    return {};
  }
  return placed<std::string>{value.text, value.at};
}

std::optional<placed<std::string>> table_reader::text(std::string_view key) {
  const toml_entry* const found = find(key, kind::text, "a string");
  return found ? as_text(found->value, named(key)) : std::nullopt;
}

std::vector<placed<std::string>> table_reader::texts(std::string_view key) {
  std::vector<placed<std::string>> all;
  const toml_entry* const found = find(key, kind::array, "an array of strings");
  if (found == nullptr) return all;
  for (const toml_value& each : found->value.items) {
    if (auto text = as_text(each, "what " + named(key) + " lists")) all.push_back(*std::move(text));
  }
  return all;
}

std::vector<std::pair<placed<std::string>, placed<std::string>>> table_reader::named_texts(std::string_view key) {
  std::vector<std::pair<placed<std::string>, placed<std::string>>> all;
  const toml_entry* const found = find(key, kind::table, "a table of strings");
  if (found == nullptr) return all;
  for (const toml_entry& each : found->value.entries) {
    if (auto text = as_text(each.value, in_quotes(each.key) + " in " + named(key))) {
      all.push_back({{each.key, each.at}, *std::move(text)});
    }
  }
  return all;
}

std::optional<unsigned> table_reader::number(std::string_view key) {
  constexpr std::int64_t most = 1'000'000;
  const toml_entry* const found = find(key, kind::whole, "a whole number");
  if (found == nullptr) return {};
  if (found->value.whole < 0 || found->value.whole > most) {
    wrong_.add(found->value.at, named(key) + " must be from 0 to " + std::to_string(most) + ", not " +
                                    std::to_string(found->value.whole));
    return {};
  }
  return static_cast<unsigned>(found->value.whole);
}

std::optional<milliseconds> table_reader::duration(std::string_view key, milliseconds least) {
  const toml_entry* const found = find(key, kind::text, "a time such as \"5s\"");
  if (found == nullptr) return {};
  const std::optional<milliseconds> time = parse_duration(found->value.text);
  if (time && *time >= least) return time;
  std::string words = named(key) + " must be a time such as \"100ms\", \"5s\" or \"1m\", ";
  words += time ? "of at least " + std::to_string(least.count()) + " ms" : "up to a day";
  wrong_.add(found->value.at, words + ", not " + in_quotes(found->value.text));
  return {};
}

std::optional<std::size_t> table_reader::choice(std::string_view key, const std::vector<std::string>& words) {
  const toml_entry* const found = find(key, kind::text, "a string");
  if (found == nullptr) return {};
  const auto chosen = std::find(words.begin(), words.end(), found->value.text);
  if (chosen != words.end()) return static_cast<std::size_t>(chosen - words.begin());
  std::string all;
  for (const std::string& each : words)
    all += (all.empty() ? "" : &each == &words.back() ? " or " : ", ") + in_quotes(each);
  wrong_.add(found->value.at, named(key) + " must be " + all + ", not " + in_quotes(found->value.text) +
                                  suggestion(found->value.text, words));
  return {};
}

const toml_entry* table_reader::table(std::string_view key) { return find(key, kind::table, "a table"); }

void table_reader::finish() {
  for (const toml_entry& each : table_.entries) {
    if (std::find(known_.begin(), known_.end(), each.key) != known_.end()) continue;
    wrong_.add(each.at, "unknown key " + named(each.key) + suggestion(each.key, known_));
  }
}
