// SPDX-License-Identifier: Apache-2.0
#include "scale.hpp"

#include "child_process.hpp"
#include "progress.hpp"
#include "scale_curves.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <sys/resource.h>

namespace bench {

namespace {

constexpr std::chrono::seconds stuck_after{20};

struct role {
  std::string_view name;
  void (*serve)(unsigned nodes, unsigned services){};
};
constexpr std::array<role, 4> roles{{{"sinks", serve_scale_sinks},
                                     {"listeners", serve_scale_listeners},
                                     {"chunks", serve_scale_chunks},
                                     {"frames", serve_scale_frames}}};

/// A node opens some ten descriptors, and some for each other node that it knows.
void raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) {
    throw std::system_error(errno, std::generic_category(), "getrlimit RLIMIT_NOFILE");
  }
  if (files.rlim_cur == files.rlim_max) return;
  const rlim_t before = std::exchange(files.rlim_cur, files.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0) {
    throw std::system_error(errno, std::generic_category(), "setrlimit RLIMIT_NOFILE");
  }
  std::cerr << "open files: the limit was " << before << ", and is " << files.rlim_max << " for this run\n";
}

double measure_in_child(const curve_point& point) {
  child_process child({"scale-point", std::string(point.of->name), std::string(point.system), std::to_string(point.x)});
  const auto line = nlohmann::json::parse(child.read_line(stuck_after));
  if (line.contains("error")) throw std::runtime_error(line["error"].get<std::string>());
  return line["value"];
}

std::vector<curve_point> points_of(const scale_options& options) {
  std::vector<curve_point> points;
  for (const curve& one : all_curves()) {
    const auto& names = options.curves;
    if (!names.empty() && std::find(names.begin(), names.end(), one.name) == names.end()) continue;
    for (const curve_entrant& entrant : one.entrants) {
      for (const std::uint64_t x : options.quick ? one.quick_points : one.points) {
        points.push_back({&one, entrant.system, x});
      }
    }
  }
  return points;
}

}  // namespace

const std::vector<curve>& all_curves() {
  static const std::vector<curve> all{
      {"actors",
       "256 messages wander among the actors of a node",
       "actors",
       "messages/s",
       {100, 300, 1'000, 3'000, 10'000, 30'000, 100'000, 300'000, 1'000'000},
       {100, 10'000, 1'000'000},
       {{"zooid", zooid_actors}}},
      {"links",
       "one node tells to many others in turn",
       "peers",
       "messages/s",
       {1, 2, 5, 10, 20, 50, 100, 200},
       {1, 10, 200},
       {{"zooid", zooid_links}}},
      {"size",
       "tells to an actor of another process",
       "B",
       "MB/s",
       {16, 64, 256, 1'024, 4'096, 16'384, 65'536, 262'144, 1'048'576},
       {16, 1'024, 65'536, 1'048'576},
       {{"zooid", zooid_size}, {"libzmq-push-pull", libzmq_size}}},
      {"workers",
       "100 pairs of actors, each with a message that goes to and fro",
       "worker threads",
       "messages/s",
       {1, 2, 3, 4, 6, 8},
       {1, 2, 8},
       {{"zooid", zooid_worker_threads}}},
      {"subscribers",
       "lossless events to subscribers in four processes, received in sum",
       "subscribers",
       "events/s",
       {1, 2, 4, 8, 16, 32, 64},
       {1, 8, 64},
       {{"zooid", zooid_subscribers}, {"zooid, a node each", zooid_subscriber_nodes}}},
  };
  return all;
}

std::vector<curve_point> scale(const scale_options& options) {
  raise_descriptor_limit();
  std::vector<curve_point> points = points_of(options);
  progress shown(points.size() * static_cast<std::size_t>(options.rounds));
  for (int round = 0; round < options.rounds; ++round) {
    for (curve_point& point : points) {
      shown.begin(std::string(point.of->name) + " " + std::to_string(point.x) + ": " + std::string(point.system) +
                  ", round " + std::to_string(round + 1) + " of " + std::to_string(options.rounds));
      try {
        point.samples.push_back(measure_in_child(point));
      } catch (const std::exception& error) {
        point.error = error.what();
      }
    }
    std::reverse(points.begin(), points.end());
  }
  if (options.rounds % 2 != 0) std::reverse(points.begin(), points.end());
  return points;
}

bool measure_point(const std::string& curve_name, const std::string& system, std::uint64_t x) {
  for (const curve& one : all_curves()) {
    for (const curve_entrant& entrant : one.entrants) {
      if (one.name != curve_name || entrant.system != system) continue;
      nlohmann::json line;
      try {
        line["value"] = entrant.measure(x);
      } catch (const std::exception& error) {
        line["error"] = error.what();
      }
      std::cout << line.dump() << std::endl;
      return true;
    }
  }
  return false;
}

bool serve_point(const std::string& name, unsigned nodes, unsigned services) {
  const auto found = std::find_if(roles.begin(), roles.end(), [&](const role& one) { return one.name == name; });
  if (found == roles.end()) return false;
  found->serve(nodes, services);
  return true;
}

}  // namespace bench
