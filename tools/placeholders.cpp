// SPDX-License-Identifier: Apache-2.0
#include "placeholders.hpp"

#include "suggestion.hpp"

#include <vector>

namespace {

std::string unknown(const std::string& name, const placeholders& known) {
  std::vector<std::string> names;
  for (const auto& [each, stands_for] : known) {
    if (stands_for.refused.empty()) names.push_back(each);
  }
  const std::string near = suggestion(name, names);
  const std::string words = "nothing is named \"" + name + "\" that {" + name + "} could stand for";
  return words + (near.empty() ? "; a brace itself is written {{" : near);
}

}  // namespace

std::string replace_placeholders(const placed<std::string>& text, const placeholders& known, complaints& wrong) {
  std::string done;
  std::string_view left = text.value;
  for (std::size_t open = left.find('{'); open != std::string_view::npos; open = left.find('{')) {
    done += left.substr(0, open);
    left.remove_prefix(open + 1);
    if (left.starts_with('{')) {
      done += '{';
      left.remove_prefix(1);
      continue;
    }
    const std::size_t end = left.find('}');
    if (end == std::string_view::npos) {
      wrong.add(text.at, "\"{" + std::string(left) + "\" has no closing brace; a brace itself is written {{");
      return done;
    }
    const std::string name(left.substr(0, end));
    left.remove_prefix(end + 1);
    const auto found = known.find(name);
    if (found == known.end()) {
      wrong.add(text.at, unknown(name, known));
    } else if (!found->second.refused.empty()) {
      wrong.add(text.at, "{" + name + "}: " + found->second.refused);
    } else {
      done += found->second.value;
    }
  }
  return done.append(left);
}
