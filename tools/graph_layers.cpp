// SPDX-License-Identifier: Apache-2.0
#include "graph_layers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace {

using lists = std::vector<std::vector<std::size_t>>;

/// Arrows as they lead down: those that would close a circle are turned round.
class descent {
 public:
  explicit descent(const graph& picture) : below_(picture.boxes.size()), above_(picture.boxes.size()) {
    using kind = graph_arrow::kind;
    upwards.resize(picture.arrows.size());
    for (const kind which : std::array{kind::call, kind::need, kind::event}) {
      for (std::size_t i = 0; i < picture.arrows.size(); ++i) {
        const graph_arrow& arrow = picture.arrows[i];
        if (arrow.is != which) continue;
        upwards[i] = leads_to(arrow.to, arrow.from);
        const std::size_t upper = upwards[i] ? arrow.to : arrow.from;
        const std::size_t lower = upwards[i] ? arrow.from : arrow.to;
        below_[upper].push_back(lower);
        above_[lower].push_back(upper);
      }
    }
  }

  /// Each box as high as what leads to it allows; one that nothing leads to, just above what it leads to.
  [[nodiscard]] std::vector<std::size_t> layers() const {
    std::vector<std::size_t> layer(below_.size());
    std::vector<std::size_t> missing;
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < below_.size(); ++i) {
      missing.push_back(above_[i].size());
      if (missing[i] == 0) ready.push_back(i);
    }
    while (!ready.empty()) {
      const std::size_t each = ready.back();
      ready.pop_back();
      for (const std::size_t next : below_[each]) {
        layer[next] = std::max(layer[next], layer[each] + 1);
        if (--missing[next] == 0) ready.push_back(next);
      }
    }
    for (std::size_t i = 0; i < below_.size(); ++i) {
      if (!above_[i].empty() || below_[i].empty()) continue;
      const auto nearer = [&](std::size_t a, std::size_t b) { return layer[a] < layer[b]; };
      layer[i] = layer[*std::min_element(below_[i].begin(), below_[i].end(), nearer)] - 1;
    }
    return layer;
  }

  std::vector<bool> upwards;  // By arrow.

 private:
  [[nodiscard]] bool leads_to(std::size_t from, std::size_t to) const {
    std::vector<bool> seen(below_.size());
    std::vector<std::size_t> left{from};
    while (!left.empty()) {
      const std::size_t each = left.back();
      left.pop_back();
      if (each == to) return true;
      if (seen[each]) continue;
      seen[each] = true;
      left.insert(left.end(), below_[each].begin(), below_[each].end());
    }
    return false;
  }

  lists below_;
  lists above_;
};

void connect(graph_layers& in, std::size_t upper, std::size_t lower) {
  in.vertices[upper].below.push_back(lower);
  in.vertices[lower].above.push_back(upper);
}

graph_layers::way make_way(graph_layers& in, std::size_t upper, std::size_t lower, bool upwards) {
  graph_layers::way made{{upper}, upwards};
  for (std::size_t layer = in.vertices[upper].layer + 1; layer < in.vertices[lower].layer; ++layer) {
    in.vertices.push_back({layer, {}, {}});
    connect(in, made.vertices.back(), in.vertices.size() - 1);
    made.vertices.push_back(in.vertices.size() - 1);
  }
  connect(in, made.vertices.back(), lower);
  made.vertices.push_back(lower);
  return made;
}

std::vector<std::size_t> places(const graph_layers& in) {
  std::vector<std::size_t> place(in.vertices.size());
  for (const auto& row : in.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) place[row[i]] = i;
  }
  return place;
}

std::size_t count_crossings(const graph_layers& in) {
  const std::vector<std::size_t> place = places(in);
  std::size_t count = 0;
  for (const auto& row : in.rows) {
    std::vector<std::size_t> ends;  // The lower ends of arrows, in the order of their upper ones.
    for (const std::size_t upper : row) {
      const std::size_t before = ends.size();
      for (const std::size_t lower : in.vertices[upper].below) {
        ends.push_back(place[lower]);
        for (std::size_t i = 0; i < before; ++i) count += ends[i] > place[lower] ? 1 : 0;
      }
    }
  }
  return count;
}

/// Sorts a row by the mean place of each vertex's neighbours in the row that was sorted before.
void sort_row(graph_layers& in, std::vector<std::size_t>& row, bool by_those_above) {
  const std::vector<std::size_t> place = places(in);
  std::vector<std::pair<double, std::size_t>> wishes;  // And the place until now.
  for (const std::size_t each : row) {
    const auto& neighbours = by_those_above ? in.vertices[each].above : in.vertices[each].below;
    double sum = 0;
    for (const std::size_t other : neighbours) sum += static_cast<double>(place[other]);
    const double mean = sum / static_cast<double>(neighbours.size());
    wishes.emplace_back(neighbours.empty() ? static_cast<double>(place[each]) : mean, place[each]);
  }
  std::sort(wishes.begin(), wishes.end());
  const std::vector<std::size_t> before = row;
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = before[wishes[i].second];
}

void order(graph_layers& in) {
  constexpr int sweeps = 8;
  auto best = in.rows;
  std::size_t fewest = count_crossings(in);
  for (int sweep = 0; sweep < sweeps && fewest > 0; ++sweep) {
    const bool down = sweep % 2 == 0;
    for (std::size_t i = 1; i < in.rows.size(); ++i) {
      sort_row(in, in.rows[down ? i : in.rows.size() - 1 - i], down);
    }
    const std::size_t now = count_crossings(in);
    if (now >= fewest) continue;
    fewest = now;
    best = in.rows;
  }
  in.rows = std::move(best);
}

}  // namespace

graph_layers make_layers(const graph& picture) {
  graph_layers made;
  const descent down(picture);
  for (const std::size_t layer : down.layers()) made.vertices.push_back({layer, {}, {}});
  for (std::size_t i = 0; i < picture.arrows.size(); ++i) {
    const graph_arrow& arrow = picture.arrows[i];
    const bool upwards = down.upwards[i];
    made.ways.push_back(make_way(made, upwards ? arrow.to : arrow.from, upwards ? arrow.from : arrow.to, upwards));
  }
  for (std::size_t i = 0; i < made.vertices.size(); ++i) {
    made.rows.resize(std::max(made.rows.size(), made.vertices[i].layer + 1));
    made.rows[made.vertices[i].layer].push_back(i);
  }
  order(made);
  return made;
}
