// SPDX-License-Identifier: Apache-2.0
#include "topology_parts.hpp"

#include "suggestion.hpp"

#include <algorithm>

namespace {

std::optional<std::size_t> find_service(const placed<std::string>& name, const topology_draft& draft,
                                        const std::string& whose, complaints& wrong) {
  std::vector<std::string> names;
  for (const service_draft& each : draft.services) names.push_back(each.name.value);
  const auto found = std::find(names.begin(), names.end(), name.value);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  wrong.add(name.at, whose + " names \"" + name.value + "\", which is no service" + suggestion(name.value, names));
  return {};
}

/// What one of the three keys lists; a name that stands twice counts once.
std::vector<std::size_t> find_all(const std::vector<placed<std::string>>& names, const topology_draft& draft,
                                  const char* key, const service_draft& of, complaints& wrong) {
  std::vector<std::size_t> all;
  for (const placed<std::string>& each : names) {
    const std::string whose = "\"" + std::string(key) + "\" in service \"" + of.name.value + "\"";
    const auto found = find_service(each, draft, whose, wrong);
    if (found && std::find(all.begin(), all.end(), *found) == all.end()) all.push_back(*found);
  }
  return all;
}

/// Follows what services need, depth first.
class needs_walk {
 public:
  needs_walk(const topology_draft& draft, topology& made, complaints& wrong)
      : draft_(draft), made_(made), wrong_(wrong), seen_(made.services.size(), seen::not_yet) {}

  void visit(std::size_t which) {
    seen_[which] = seen::on_the_way;
    way_.push_back(which);
    service_plan& service = made_.services[which];
    for (const std::size_t need : service.needs) {
      if (seen_[need] == seen::on_the_way) complain(which, need);
      if (seen_[need] == seen::not_yet) visit(need);
      if (seen_[need] == seen::done) service.level = std::max(service.level, made_.services[need].level + 1);
    }
    way_.pop_back();
    seen_[which] = seen::done;
  }

  void visit_all() {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (seen_[i] == seen::not_yet) visit(i);
    }
  }

 private:
  enum class seen { not_yet, on_the_way, done };

  void complain(std::size_t last, std::size_t first) {
    const std::string& closing = made_.services[first].name;
    std::string circle;
    for (auto each = std::find(way_.begin(), way_.end(), first); each != way_.end(); ++each) {
      circle += made_.services[*each].name + " needs ";
    }
    const auto& needs = draft_.services[last].needs;
    const auto where =
        std::find_if(needs.begin(), needs.end(), [&](const auto& each) { return each.value == closing; });
    wrong_.add(where->at, "a circle, so that none of them can start first: " + circle + closing);
  }

  const topology_draft& draft_;
  topology& made_;
  complaints& wrong_;
  std::vector<seen> seen_;
  std::vector<std::size_t> way_;
};

}  // namespace

void link_services(const topology_draft& draft, topology& made, complaints& wrong) {
  if (draft.until) made.until = find_service(*draft.until, draft, "\"until\"", wrong);
  for (std::size_t i = 0; i < draft.services.size(); ++i) {
    const service_draft& from = draft.services[i];
    made.services[i].needs = find_all(from.needs, draft, "needs", from, wrong);
    made.services[i].calls = find_all(from.calls, draft, "calls", from, wrong);
    made.services[i].hears = find_all(from.hears, draft, "hears", from, wrong);
  }
  needs_walk(draft, made, wrong).visit_all();
}

std::vector<std::vector<std::size_t>> topology::levels() const {
  std::vector<std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < services.size(); ++i) {
    all.resize(std::max(all.size(), services[i].level + 1));
    all[services[i].level].push_back(i);
  }
  return all;
}
