// SPDX-License-Identifier: Apache-2.0
#include <zooid/json.hpp>

#include <zooid/archive.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <utility>
#include <vector>

// Longer than other files, because the two directions of each kind of type only make sense beside each other, and the
// JSON library is to be seen in one file only.

namespace zooid {
namespace {

using tree = nlohmann::json;

constexpr std::size_t deepest = 256;            // Levels of JSON; of types in types, twice as many.
constexpr std::size_t most_values = 1'000'000;  // Of one text: each takes some memory, however short it is written.
constexpr std::size_t longest_path = 400;       // Bytes, in an error.
constexpr std::size_t longest_key = 64;         // Likewise.

/// At most `most` bytes, and no part of a character.
std::string_view shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

/// Where a value stands: "Order.lines[2].sku". Each step lives on the stack, and knows the one before.
class place {
 public:
  explicit place(std::string_view root) : text_(root) {}
  static place field(const place& of, std::string_view name) { return {of, kind::field, name, 0}; }
  static place key(const place& of, std::string_view name) { return {of, kind::key, name, 0}; }
  static place within(const place& of) { return {of, kind::same, {}, 0}; }
  static place index(const place& of, std::size_t number) { return {of, kind::index, {}, number}; }

  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] std::string path() const {
    std::string result = before_ == nullptr ? std::string() : before_->path();
    if (result.size() > longest_path) return result;
    switch (kind_) {
      case kind::root:
        result += text_;
        break;
      case kind::same:
        break;
      case kind::field:
        if (!result.empty()) result += '.';
        result += shortened(text_, longest_key);
        break;
      case kind::key:
        result += "[\"";
        result += shortened(text_, longest_key);
        result += "\"]";
        break;
      case kind::index:
        result += '[';
        result += std::to_string(number_);
        result += ']';
        break;
    }
    return result;
  }
  /// "Order.lines[2].sku: expected a string, not a number".
  [[noreturn]] void fail(const std::string& what) const {
    const std::string where = path();
    throw codec_error(where.empty() ? what : where + ": " + what);
  }

 private:
  enum class kind : std::uint8_t { root, same, field, key, index };
  place(const place& before, kind how, std::string_view text, std::size_t number)
      : before_(&before), kind_(how), text_(text), number_(number), depth_(before.depth_ + 1) {}

  const place* before_ = nullptr;
  kind kind_ = kind::root;
  std::string_view text_;
  std::size_t number_ = 0;
  std::size_t depth_ = 0;
};

/// What errors about a value of the type begin with.
std::string_view root_of(const schema_type& type) {
  return type.kind == type_kind::record ? std::string_view(type.name) : std::string_view();
}

bool is_text(const schema& of, const schema_type& type) {
  return type.kind == type_kind::string && (type.parts.empty() || of.types[type.parts.front().type].name == "char8");
}

/// Where null is a value of the type already, an optional one is [value], or null for none.
bool takes_null(const schema_type& type) {
  return type.kind == type_kind::optional || type.kind == type_kind::nothing || type.kind == type_kind::ref;
}

/// Calls `use` with a number of the C++ type of that name.
template <class Use>
void with_number(const place& at, std::string_view name, Use&& use) {
  if (name == "int8") return use(std::int8_t{});
  if (name == "int16") return use(std::int16_t{});
  if (name == "int32") return use(std::int32_t{});
  if (name == "int64") return use(std::int64_t{});
  if (name == "uint8" || name == "char" || name == "char8") return use(std::uint8_t{});
  if (name == "uint16" || name == "char16") return use(std::uint16_t{});
  if (name == "uint32" || name == "char32") return use(std::uint32_t{});
  if (name == "uint64") return use(std::uint64_t{});
  if (name == "float32") return use(float{});
  if (name == "float64") return use(double{});
  at.fail("a number of unknown type: " + std::string(name));
}

// A ref, as docs/protocol.md says.
enum class ref_kind : std::uint8_t { nobody, named, pinned };

std::string to_hex(std::uint64_t id) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; id >>= 4) text[i] = "0123456789abcdef"[id & 15];
  return text;
}

// Text, parsed: a tree, bounded and without anything that stands twice.

/// Builds the tree while the library reads. Its errors say where.
class tree_builder final : public tree::json_sax_t {
 public:
  explicit tree_builder(std::string_view root) : root_(root) {}

  [[nodiscard]] tree take() { return std::move(tree_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(tree::number_integer_t value) override { return add(value); }
  bool number_unsigned(tree::number_unsigned_t value) override { return add(value); }
  bool number_float(tree::number_float_t value, const tree::string_t&) override { return add(value); }
  bool string(tree::string_t& value) override { return add(std::move(value)); }
  bool binary(tree::binary_t&) override { fail("not JSON"); }
  bool start_object(std::size_t) override { return open(tree::object()); }
  bool start_array(std::size_t) override { return open(tree::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(tree::string_t& value) override {
    keys_.back().clear();
    if (open_.back()->contains(value)) fail("\"" + std::string(shortened(value, longest_key)) + "\" stands twice");
    keys_.back() = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const tree::exception& why) override {
    // "[...] parse error at line 1, column 8: syntax error while … - what is wrong; last read: …"
    const std::string_view text = why.what();
    const std::size_t last = text.find("; last read");
    const std::size_t reason = text.substr(0, last).find(" - ");
    std::string what = "not JSON";
    if (why.id == 406) {
      what = "a number beyond any range";
    } else if (reason != std::string_view::npos) {
      what += " (" + std::string(shortened(text.substr(reason + 3, last - reason - 3), 100)) + ")";
    }
    fail(what + ", at byte " + std::to_string(position));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { fail_at(place(root_), 0, what); }
  [[noreturn]] void fail_at(const place& at, std::size_t level, const std::string& what) const {
    if (level == open_.size()) at.fail(what);
    if (open_[level]->is_array()) {
      const bool is_innermost = level + 1 == open_.size();
      fail_at(place::index(at, open_[level]->size() - (is_innermost ? 0 : 1)), level + 1, what);
    }
    // Between a key and the next one; before the first, the object itself is meant.
    if (keys_[level].empty()) at.fail(what);
    fail_at(place::field(at, keys_[level]), level + 1, what);
  }
  tree* put(tree&& value) {
    if (++values_ > most_values) fail("more than a million values");
    if (open_.empty()) return &(tree_ = std::move(value));
    tree& in = *open_.back();
    if (in.is_object()) return &(in[keys_.back()] = std::move(value));
    in.push_back(std::move(value));
    return &in.back();
  }
  template <class Value>
  bool add(Value&& value) {
    put(tree(std::forward<Value>(value)));
    return true;
  }
  bool open(tree&& value) {
    if (open_.size() >= deepest) fail("nested more than " + std::to_string(deepest) + " deep");
    open_.push_back(put(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  const std::string_view root_;
  tree tree_;
  std::vector<tree*> open_;  // From the outermost in: only the innermost grows, so the others stay where they are.
  std::vector<std::string> keys_;  // For each of them the last key.
  std::size_t values_ = 0;
};

/// From a tree to the encoding.
class reader {
 public:
  reader(const schema& of, byte_buffer& to) : of_(of), to_(to) {}

  void read(const place& at, std::uint32_t type, const tree& from) {
    if (at.depth() > 2 * deepest) at.fail("nested too deeply");
    const schema_type& it = of_.types[type];
    switch (it.kind) {
      case type_kind::boolean:
        expect(at, from.is_boolean(), "true or false", from);
        return to_.put(static_cast<std::uint8_t>(from.get<bool>() ? 1 : 0));
      case type_kind::number:
        return with_number(at, it.name, [&](auto sample) { read_number<decltype(sample)>(at, it.name, from); });
      case type_kind::enumeration:
      case type_kind::time_span:
      case type_kind::instant:
        return read(place::within(at), it.parts.front().type, from);
      case type_kind::string:
        if (!is_text(of_, it)) return read_list(at, it.parts.front().type, from);
        expect(at, from.is_string(), "a string", from);
        return put_text(from.get_ref<const std::string&>());
      case type_kind::list:
      case type_kind::set:
        return read_list(at, it.parts.front().type, from);
      case type_kind::array:
        expect_array(at, from, it.count);
        return read_elements(at, it.parts.front().type, from);
      case type_kind::map:
        return read_map(at, it, from);
      case type_kind::tuple:
        expect_array(at, from, it.parts.size());
        for (std::size_t i = 0; i < from.size(); ++i) read(place::index(at, i), it.parts[i].type, from[i]);
        return;
      case type_kind::optional:
        return read_optional(at, it.parts.front().type, from);
      case type_kind::variant:
        return read_variant(at, it, from);
      case type_kind::nothing:
        return expect(at, from.is_null(), "null", from);
      case type_kind::ref:
        return read_ref(at, from);
      case type_kind::record:
        return read_record(at, it, from);
      case type_kind::opaque:
      case type_kind::standard:
        at.fail(of_.name_of(type) + " has no fields that could be named");
    }
  }

 private:
  static std::string name_of(const tree& value) {
    switch (value.type()) {
      case tree::value_t::null:
        return "null";
      case tree::value_t::boolean:
        return value.get<bool>() ? "true" : "false";
      case tree::value_t::string:
        return "a string";
      case tree::value_t::array:
        return "a list";
      case tree::value_t::object:
        return "an object";
      case tree::value_t::number_integer:
      case tree::value_t::number_unsigned:
      case tree::value_t::number_float:
        return value.dump();
      case tree::value_t::binary:
      case tree::value_t::discarded:
        break;
    }
    return "something else";
  }
  static void expect(const place& at, bool holds, const std::string& what, const tree& found) {
    if (!holds) at.fail("expected " + what + ", not " + name_of(found));
  }
  static void expect_array(const place& at, const tree& found, std::size_t count) {
    expect(at, found.is_array(), "a list of " + std::to_string(count), found);
    if (found.size() != count) {
      at.fail("expected a list of " + std::to_string(count) + ", not of " + std::to_string(found.size()));
    }
  }

  void put_text(const std::string& text) {
    to_.put_size(text.size());
    to_.put_bytes(text.data(), text.size());
  }

  template <class Number>
  void read_number(const place& at, const std::string& name, const tree& from) {
    expect(at, from.is_number(), "a number", from);
    const auto check = [&](bool fits) {
      if (!fits) at.fail(from.dump() + " is out of the range of " + name);
    };
    if constexpr (std::is_floating_point_v<Number>) {
      const auto value = from.get<double>();
      check(std::abs(value) <= static_cast<double>(std::numeric_limits<Number>::max()));
      to_.put(static_cast<Number>(value));
    } else {
      if (from.is_number_float()) at.fail("expected an integer, not " + from.dump());
      if (from.is_number_unsigned()) {
        const auto value = from.get<std::uint64_t>();
        check(std::in_range<Number>(value));
        to_.put(static_cast<Number>(value));
      } else {
        const auto value = from.get<std::int64_t>();
        check(std::in_range<Number>(value));
        to_.put(static_cast<Number>(value));
      }
    }
  }

  void read_elements(const place& at, std::uint32_t type, const tree& from) {
    for (std::size_t i = 0; i < from.size(); ++i) read(place::index(at, i), type, from[i]);
  }
  void read_list(const place& at, std::uint32_t type, const tree& from) {
    expect(at, from.is_array(), "a list", from);
    to_.put_size(from.size());
    read_elements(at, type, from);
  }

  void read_map(const place& at, const schema_type& it, const tree& from) {
    const schema_type& key = of_.types[it.parts[0].type];
    if (is_text(of_, key) && from.is_object()) {
      to_.put_size(from.size());
      for (const auto& [name, value] : from.items()) {
        put_text(name);
        read(place::key(at, name), it.parts[1].type, value);
      }
      return;
    }
    expect(at, from.is_array(), is_text(of_, key) ? "an object" : "a list of [key, value]", from);
    to_.put_size(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      const place entry = place::index(at, i);
      expect_array(entry, from[i], 2);
      read(place::index(entry, 0), it.parts[0].type, from[i][0]);
      read(place::index(entry, 1), it.parts[1].type, from[i][1]);
    }
  }

  void read_optional(const place& at, std::uint32_t type, const tree& from) {
    to_.put(static_cast<std::uint8_t>(from.is_null() ? 0 : 1));
    if (from.is_null()) return;
    if (!takes_null(of_.types[type])) return read(place::within(at), type, from);
    expect_array(at, from, 1);
    read(place::index(at, 0), type, from[0]);
  }

  void read_variant(const place& at, const schema_type& it, const tree& from) {
    expect(at, from.is_object(), "an object with index and value", from);
    const std::array<std::string_view, 2> fields{"index", "value"};
    check_fields(at, fields, from);
    const tree& index = from.at("index");
    if (!index.is_number_unsigned() || index.get<std::uint64_t>() >= it.parts.size()) {
      place::field(at, "index")
          .fail("expected a number below " + std::to_string(it.parts.size()) + ", not " + name_of(index));
    }
    const auto chosen = index.get<std::size_t>();
    to_.put_size(chosen);
    read(place::field(at, "value"), it.parts[chosen].type, from.at("value"));
  }

  template <class Names>
  static void check_fields(const place& at, const Names& names, const tree& from) {
    for (const auto& name : names) {
      if (!from.contains(name)) place::field(at, name).fail("missing");
    }
    if (from.size() == names.size()) return;
    for (const auto& [name, value] : from.items()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) place::field(at, name).fail("unknown field");
    }
  }

  void read_record(const place& at, const schema_type& it, const tree& from) {
    expect(at, from.is_object(), "an object", from);
    std::vector<std::string_view> names;
    for (const schema_part& field : it.parts) names.push_back(field.name);
    check_fields(at, names, from);
    if (++records_ > static_cast<std::size_t>(detail::max_depth)) {
      at.fail("objects nested more than " + std::to_string(detail::max_depth) + " deep");
    }
    const std::size_t begin = to_.begin_record();
    for (const schema_part& field : it.parts) read(place::field(at, field.name), field.type, from.at(field.name));
    to_.end_record(begin);
    --records_;
  }

  void read_ref(const place& at, const tree& from) {
    if (from.is_null()) return to_.put(static_cast<std::uint8_t>(ref_kind::nobody));
    if (from.is_string()) {
      const auto& address = from.get_ref<const std::string&>();
      const std::size_t slash = address.rfind('/');
      const bool local = address.find("://") == std::string::npos;
      if (local ? address.empty() || slash != std::string::npos : slash + 1 == address.size()) {
        at.fail("expected \"tcp://host:port/service\", or \"service\" for one of this node");
      }
      put_ref(ref_kind::named, 0, 0, local ? address : address.substr(slash + 1),
              local ? std::string() : address.substr(0, slash));
      return;
    }
    expect(at, from.is_object(), "an address, an object with node, actor, name and endpoint, or null", from);
    const std::array<std::string_view, 4> fields{"node", "actor", "name", "endpoint"};
    check_fields(at, fields, from);
    for (const std::string_view field : {"node", "name", "endpoint"}) {
      expect(place::field(at, field), from.at(field).is_string(), "a string", from.at(field));
    }
    const auto& digits = from.at("node").get_ref<const std::string&>();
    const char* const end = digits.data() + digits.size();
    std::uint64_t node = 0;
    const auto parsed = std::from_chars(digits.data(), end, node, 16);
    if (digits.size() != 16 || parsed.ec != std::errc{} || parsed.ptr != end) {
      place::field(at, "node").fail("expected 16 hexadecimal digits");
    }
    const tree& actor = from.at("actor");
    expect(place::field(at, "actor"), actor.is_number_unsigned(), "a number", actor);
    put_ref(ref_kind::pinned, node, actor.get<std::uint64_t>(), from.at("name").get_ref<const std::string&>(),
            from.at("endpoint").get_ref<const std::string&>());
  }
  void put_ref(ref_kind kind, std::uint64_t node, std::uint64_t actor, const std::string& name,
               const std::string& endpoint) {
    to_.put(static_cast<std::uint8_t>(kind));
    to_.put(node);
    to_.put(actor);
    put_text(name);
    put_text(endpoint);
  }

  const schema& of_;
  output_archive to_;
  std::size_t records_ = 0;
};

/// From the encoding to text.
class writer {
 public:
  writer(const schema& of, std::span<const std::byte> from, std::string& to) : of_(of), from_(from), to_(to) {}

  void write(const place& at, std::uint32_t type) {
    if (at.depth() > 2 * deepest) at.fail("nested too deeply");
    const schema_type& it = of_.types[type];
    switch (it.kind) {
      case type_kind::boolean:
        to_ += from_.get_bool() ? "true" : "false";
        return;
      case type_kind::number:
        return with_number(at, it.name, [this](auto sample) { write_number(from_.get<decltype(sample)>()); });
      case type_kind::enumeration:
      case type_kind::time_span:
      case type_kind::instant:
        return write(place::within(at), it.parts.front().type);
      case type_kind::string:
        if (!is_text(of_, it)) return write_list(at, it.parts.front().type, from_.get_size());
        return write_text(at, take_text());
      case type_kind::list:
      case type_kind::set:
        return write_list(at, it.parts.front().type, from_.get_size());
      case type_kind::array:
        return write_list(at, it.parts.front().type, it.count);
      case type_kind::map:
        return write_map(at, it);
      case type_kind::tuple:
        return write_tuple(at, it);
      case type_kind::optional:
        return write_optional(at, it.parts.front().type);
      case type_kind::variant:
        return write_variant(at, it);
      case type_kind::nothing:
        to_ += "null";
        return;
      case type_kind::ref:
        return write_ref(at);
      case type_kind::record:
        return write_record(at, it);
      case type_kind::opaque:
      case type_kind::standard:
        at.fail(of_.name_of(type) + " has no fields that could be named");
    }
  }

  void finish() const { from_.finish(); }

 private:
  std::string_view take_text() {
    const std::size_t size = from_.get_size();
    return {reinterpret_cast<const char*>(from_.get_bytes(size)), size};
  }
  void write_text(const place& at, std::string_view text) {
    try {
      to_ += tree(text).dump();
    } catch (const tree::exception&) {
      at.fail("a string that is not UTF-8");
    }
  }

  template <class Number>
  void write_number(Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
      if (!std::isfinite(value)) {
        to_ += "null";
        return;
      }
    }
    std::array<char, 32> digits{};
    const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    const std::string_view text(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
    to_ += text;
    // So that -0.0 stays what it is.
    if (std::is_floating_point_v<Number> && text.find_first_of(".e") == std::string_view::npos) to_ += ".0";
  }

  void write_list(const place& at, std::uint32_t type, std::size_t count) {
    to_ += '[';
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) to_ += ',';
      write(place::index(at, i), type);
    }
    to_ += ']';
  }

  void write_map(const place& at, const schema_type& it) {
    const std::size_t size = from_.get_size();
    if (is_text(of_, of_.types[it.parts[0].type])) return write_object(at, it.parts[1].type, size);
    to_ += '[';
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) to_ += ',';
      const place entry = place::index(at, i);
      to_ += '[';
      write(place::index(entry, 0), it.parts[0].type);
      to_ += ',';
      write(place::index(entry, 1), it.parts[1].type);
      to_ += ']';
    }
    to_ += ']';
  }
  void write_object(const place& at, std::uint32_t type, std::size_t size) {
    struct entry {
      std::size_t begin;
      std::size_t colon;
    };
    std::vector<entry> entries;
    std::set<std::string_view> keys;
    const std::size_t begin = to_.size();
    to_ += '{';
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) to_ += ',';
      const std::string_view key = take_text();
      keys.insert(key);
      entries.push_back({to_.size(), 0});
      write_text(place::index(at, i), key);
      entries.back().colon = to_.size();
      to_ += ':';
      write(place::key(at, key), type);
    }
    to_ += '}';
    if (keys.size() == size) return;
    std::string list;  // A multimap's.
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t end = (i + 1 < size ? entries[i + 1].begin : to_.size()) - 1;
      list.append(i == 0 ? "[[" : ",[").append(to_, entries[i].begin, entries[i].colon - entries[i].begin);
      list.append(",").append(to_, entries[i].colon + 1, end - entries[i].colon - 1).append("]");
    }
    to_.replace(begin, std::string::npos, list.append("]"));
  }

  void write_tuple(const place& at, const schema_type& it) {
    to_ += '[';
    for (std::size_t i = 0; i < it.parts.size(); ++i) {
      if (i > 0) to_ += ',';
      write(place::index(at, i), it.parts[i].type);
    }
    to_ += ']';
  }

  void write_optional(const place& at, std::uint32_t type) {
    if (!from_.get_bool()) {
      to_ += "null";
    } else if (takes_null(of_.types[type])) {
      write_list(at, type, 1);
    } else {
      write(place::within(at), type);
    }
  }

  void write_variant(const place& at, const schema_type& it) {
    const std::uint64_t index = from_.get_varint();
    if (index >= it.parts.size()) at.fail("alternative " + std::to_string(index) + " of a variant");
    to_ += "{\"index\":" + std::to_string(index) + ",\"value\":";
    write(place::field(at, "value"), it.parts[static_cast<std::size_t>(index)].type);
    to_ += '}';
  }

  void write_ref(const place& at) {
    const auto kind = static_cast<ref_kind>(from_.get<std::uint8_t>());
    if (kind == ref_kind::nobody) {
      to_ += "null";
      return;
    }
    if (kind != ref_kind::named && kind != ref_kind::pinned) at.fail("a ref of unknown kind");
    const auto node = from_.get<std::uint64_t>();
    const auto actor = from_.get<std::uint64_t>();
    const std::string_view name = take_text();
    const std::string_view endpoint = take_text();
    if (kind == ref_kind::named) {
      return write_text(at, endpoint.empty() ? std::string(name) : std::string(endpoint).append("/").append(name));
    }
    to_ += "{\"node\":\"" + to_hex(node) + "\",\"actor\":" + std::to_string(actor) + ",\"name\":";
    write_text(at, name);
    to_ += ",\"endpoint\":";
    write_text(at, endpoint);
    to_ += '}';
  }

  void write_record(const place& at, const schema_type& it) {
    const detail::record_info info{it.name, nullptr};
    const input_archive::record scope(from_, info);
    to_ += '{';
    for (std::size_t i = 0; i < it.parts.size(); ++i) {
      // Fields that were appended to the struct since it was written are not there.
      if (from_.remaining() == 0 && takes_bytes(it.parts[i].type, 0)) break;
      if (i > 0) to_ += ',';
      write_text(at, it.parts[i].name);
      to_ += ':';
      write(place::field(at, it.parts[i].name), it.parts[i].type);
    }
    to_ += '}';
  }

  /// Has every value of the type an encoding of at least one byte?
  [[nodiscard]] bool takes_bytes(std::uint32_t type, std::size_t depth) const {
    const schema_type& it = of_.types[type];
    if (it.kind == type_kind::nothing || (it.kind == type_kind::array && it.count == 0)) return false;
    if ((it.kind != type_kind::array && it.kind != type_kind::tuple) || depth > deepest) return true;
    return std::any_of(it.parts.begin(), it.parts.end(),
                       [&](const schema_part& part) { return takes_bytes(part.type, depth + 1); });
  }

  const schema& of_;
  input_archive from_;
  std::string& to_;
};

/// Looks for a type that cannot be written, each type once.
class obstacle_search {
 public:
  explicit obstacle_search(const schema& of) : of_(of), seen_(of.types.size()) {}

  [[nodiscard]] std::string at(const place& where, std::uint32_t type) {
    if (seen_[type]) return {};
    seen_[type] = true;
    if (where.depth() > 2 * deepest) return where.path() + ": nested too deeply";
    const schema_type& it = of_.types[type];
    if (it.kind == type_kind::opaque || it.kind == type_kind::standard) {
      const std::string path = where.path();
      return (path.empty() ? path : path + ": ") + it.name + " serialises itself, so its parts have no names";
    }
    for (const schema_part& part : it.parts) {
      const place inner = it.kind == type_kind::record ? place::field(where, part.name) : place::within(where);
      if (std::string found = at(inner, part.type); !found.empty()) return found;
    }
    return {};
  }

 private:
  const schema& of_;
  std::vector<bool> seen_;
};

class json_codec final : public text_codec {
 public:
  std::string obstacle(const schema& of, std::uint32_t type) const override {
    return obstacle_search(of).at(place(root_of(of.types[type])), type);
  }

  void write(std::string& to, const schema& of, std::uint32_t type, std::span<const std::byte> encoded) const override {
    writer writing(of, encoded, to);
    writing.write(place(root_of(of.types[type])), type);
    writing.finish();
  }

  void read(byte_buffer& to, const schema& of, std::uint32_t type, std::string_view text) const override {
    const std::string_view root = root_of(of.types[type]);
    tree_builder building(root);
    static_cast<void>(tree::sax_parse(text.begin(), text.end(), &building));  // It throws rather than return false.
    reader(of, to).read(place(root), type, building.take());
  }
};

}  // namespace

std::shared_ptr<const text_codec> json() { return std::make_shared<json_codec>(); }

}  // namespace zooid
