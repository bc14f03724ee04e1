// SPDX-License-Identifier: Apache-2.0
#include <zooid/schema.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace zooid {
namespace {

// Of a schema, which may come from another node, and that may be hostile: it may be deep, cyclic, or share its types so
// that its text would never end.
constexpr std::size_t longest_name = 256;
constexpr std::size_t longest_text = std::size_t{1} << 20;
constexpr int deepest = 256;
constexpr std::size_t most_comparisons = 10'000;

/// Writes types as text, which is cut where it becomes too long.
class type_writer {
 public:
  /// `expand`: lists the fields of a struct where it occurs first.
  type_writer(const schema& from, bool expand) : from_(from), expand_(expand), expanded_(from.types.size()) {}

  void add(std::string_view what) {
    if (full_) return;
    const std::size_t room = (expand_ ? longest_text : longest_name) - text_.size();
    text_ += what.substr(0, room);
    if (what.size() <= room) return;
    text_ += "...";
    full_ = true;
  }

  void write(std::uint32_t type) {
    if (full_) return;
    if (depth_ == deepest) return add("...");
    ++depth_;
    write_type(type);
    --depth_;
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void write_parts(const schema_type& of, std::string_view open, std::string_view close) {
    add(open);
    bool first = true;
    for (const schema_part& each : of.parts) {
      if (full_) return;
      if (!std::exchange(first, false)) add(", ");
      if (of.kind == type_kind::record) {
        add(each.name);
        add(": ");
      }
      write(each.type);
    }
    add(close);
  }

  void write_type(std::uint32_t type) {
    const schema_type& it = from_.types[type];
    if (it.kind != type_kind::ref) add(it.name);
    switch (it.kind) {
      case type_kind::enumeration:
        return write_parts(it, ":", "");
      case type_kind::array:
        write_parts(it, "<", ", ");
        add(std::to_string(it.count));
        return add(">");
      case type_kind::time_span:
        write_parts(it, "<", ">");
        add(std::to_string(it.count));
        add("/");
        return add(std::to_string(it.divisor));
      case type_kind::ref:
        add("ref<");
        add(it.name);
        return add(">");
      case type_kind::opaque:
        return add("{...}");
      case type_kind::record:
        if (!expand_ || expanded_[type]) return;
        expanded_[type] = true;
        return write_parts(it, "{", "}");
      case type_kind::tuple:
      case type_kind::variant:
        return write_parts(it, "<", ">");
      case type_kind::standard:
        if (it.parts.empty() && it.count != 0) {
          add("<");
          add(std::to_string(it.count));
          return add(">");
        }
        [[fallthrough]];
      case type_kind::boolean:
      case type_kind::number:
      case type_kind::string:
      case type_kind::list:
      case type_kind::set:
      case type_kind::map:
      case type_kind::optional:
      case type_kind::instant:
      case type_kind::nothing:
        if (!it.parts.empty()) write_parts(it, "<", ">");
        return;
    }
  }

  const schema& from_;
  const bool expand_;
  std::vector<bool> expanded_;
  std::string text_;
  int depth_ = 0;
  bool full_ = false;
};

/// Compares two types at a path; finds the first difference.
class comparison {
 public:
  comparison(const schema& here, const schema& there) : here_(here), there_(there) {}

  /// `key`: of a set or map, where nothing may be appended: whoever does not know the new field would find keys equal
  /// that are not.
  [[nodiscard]] std::string at(const std::string& path, std::uint32_t here, std::uint32_t there, bool key = false) {
    if (!seen_.emplace(here, there, key).second) return {};
    if (depth_ == deepest || seen_.size() > most_comparisons) return path + ": too deep or too large to be compared";
    ++depth_;
    std::string found = compare(path, here, there, key);
    --depth_;
    return found;
  }

 private:
  [[nodiscard]] std::string compare(const std::string& path, std::uint32_t here, std::uint32_t there, bool key) {
    const schema_type& a = here_.types[here];
    const schema_type& b = there_.types[there];
    const bool record = a.kind == type_kind::record;
    const bool same = a.kind == b.kind && a.name == b.name && a.count == b.count && a.divisor == b.divisor &&
                      (record || a.parts.size() == b.parts.size());
    if (!same) return path + ": " + here_.name_of(here) + " here, " + there_.name_of(there) + " there";
    for (std::size_t i = 0; i < std::min(a.parts.size(), b.parts.size()); ++i) {
      if (record && a.parts[i].name != b.parts[i].name) {
        return path + ": field " + std::to_string(i + 1) + " is " + a.parts[i].name + " here, " + b.parts[i].name +
               " there; fields keep their order and names, new ones go to the end";
      }
      const bool is_key = (a.kind == type_kind::set || a.kind == type_kind::map) && i == 0;
      std::string found = at(path + step(a, i), a.parts[i].type, b.parts[i].type, key || is_key);
      if (!found.empty()) return found;
    }
    if (!key || a.parts.size() == b.parts.size()) return {};
    return path + ": " + std::to_string(a.parts.size()) + " fields here, " + std::to_string(b.parts.size()) +
           " there; a struct in a key keeps its fields";
  }

  /// How a path goes on to a part.
  [[nodiscard]] static std::string step(const schema_type& in, std::size_t part) {
    switch (in.kind) {
      case type_kind::record:
        return "." + in.parts[part].name;
      case type_kind::list:
      case type_kind::array:
      case type_kind::set:
        return "[]";
      case type_kind::map:
        return part == 0 ? "[key]" : "[]";
      case type_kind::tuple:
      case type_kind::variant:
        return "[" + std::to_string(part) + "]";
      default:
        return {};
    }
  }

  const schema& here_;
  const schema& there_;
  std::set<std::tuple<std::uint32_t, std::uint32_t, bool>> seen_;
  int depth_ = 0;
};

std::string describe_reply(const schema& of) {
  if (of.reply == schema::no_reply) return "none";
  return of.reply == schema::void_reply ? "void" : of.name_of(of.reply);
}

}  // namespace

std::string schema::to_string() const {
  type_writer text(*this, true);
  text.write(message);
  if (reply == no_reply) return text.take();
  text.add(" -> ");
  if (reply == void_reply) {
    text.add("void");
  } else {
    text.write(reply);
  }
  return text.take();
}

std::string schema::name_of(std::uint32_t type) const {
  type_writer text(*this, false);
  text.write(type);
  return text.take();
}

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t schema::fingerprint() const {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : to_string()) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::string difference(const schema& here, const schema& there) {
  comparison both(here, there);
  const std::string& name = here.types[here.message].name;
  if (std::string found = both.at(name, here.message, there.message); !found.empty()) return found;
  const auto is_type = [](std::uint32_t reply) { return reply < schema::void_reply; };
  if (is_type(here.reply) && is_type(there.reply)) return both.at("reply to " + name, here.reply, there.reply);
  if (here.reply == there.reply) return {};
  return "reply to " + name + ": " + describe_reply(here) + " here, " + describe_reply(there) + " there";
}

namespace detail {

schema_builder::place schema_builder::open(const void* type) {
  const auto known = std::find(known_.begin(), known_.end(), type);
  const auto at = static_cast<std::uint32_t>(known - known_.begin());
  if (known != known_.end()) return {at, false};
  known_.push_back(type);
  made_.types.emplace_back();
  return {at, true};
}

void schema_builder::fill(std::uint32_t at, type_kind kind, std::string_view name,
                          std::initializer_list<std::uint32_t> parts, std::uint64_t count, std::uint64_t divisor) {
  schema_type& it = made_.types[at];
  it.kind = kind;
  it.name = name;
  it.count = count;
  it.divisor = divisor;
  for (const std::uint32_t part : parts) it.parts.push_back({{}, part});
}

void schema_builder::add_field(std::uint32_t at, std::string_view name, std::uint32_t type) {
  made_.types[at].parts.push_back({std::string(name), type});
}

schema schema_builder::take(std::uint32_t message, std::uint32_t reply) {
  made_.message = message;
  made_.reply = reply;
  return std::move(made_);
}

}  // namespace detail
}  // namespace zooid
