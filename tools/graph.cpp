// SPDX-License-Identifier: Apache-2.0
#include "graph.hpp"

#include "utf8.hpp"

#include <algorithm>

namespace {

bool lists(const std::vector<std::size_t>& all, std::size_t one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

std::string shown_endpoint(const std::string& endpoint) {
  constexpr std::size_t longest = 44;
  if (endpoint.starts_with("tcp://") && endpoint.ends_with(":0")) {
    return endpoint.substr(0, endpoint.size() - 2) + ", any port";
  }
  if (endpoint.size() <= longest) return endpoint;
  std::size_t rest = endpoint.size() - longest;
  while (rest < endpoint.size() && !begins_character(endpoint[rest])) ++rest;
  return endpoint.substr(0, 6) + "…" + endpoint.substr(rest);
}

graph make_graph(const topology& of) {
  using kind = graph_arrow::kind;
  graph made{of.name, {}, {}, {}};
  for (const service_plan& each : of.services) made.boxes.push_back({each.name, shown_endpoint(each.endpoint), {}});
  for (std::size_t i = 0; i < of.services.size(); ++i) {
    const service_plan& service = of.services[i];
    for (const std::size_t other : service.calls) {
      if (other != i) made.arrows.push_back({kind::call, i, other, {}});
    }
    for (const std::size_t other : service.hears) {
      if (other != i) made.arrows.push_back({kind::event, other, i, {}});
    }
    for (const std::size_t other : service.needs) {
      if (!lists(service.calls, other) && !lists(service.hears, other)) {
        made.arrows.push_back({kind::need, i, other, {}});
      }
    }
  }
  return made;
}
