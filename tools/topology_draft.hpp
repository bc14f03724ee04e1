// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "toml_tree.hpp"
#include "topology.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A string by its name, each with its position.
using named_text = std::pair<placed<std::string>, placed<std::string>>;

/// A service as the file has it: names and placeholders are not replaced yet.
struct service_draft {
  placed<std::string> name{};
  placed<std::string> command{};
  std::vector<placed<std::string>> arguments{};
  std::optional<placed<std::string>> endpoint{};
  std::vector<named_text> environment{};
  std::optional<placed<std::string>> directory{};
  std::vector<placed<std::string>> needs{};
  std::vector<placed<std::string>> calls{};
  std::vector<placed<std::string>> hears{};
  restart_rule restart{};
};

struct topology_draft {
  std::string name{};
  std::optional<placed<std::string>> until{};
  std::optional<std::chrono::milliseconds> drain{};
  std::optional<std::chrono::milliseconds> ready{};
  std::vector<named_text> variables{};
  std::vector<service_draft> services{};
};

/// What does not stand in any service's way is read, and the rest complained about.
[[nodiscard]] topology_draft read_draft(const toml_value& file, complaints& wrong);
