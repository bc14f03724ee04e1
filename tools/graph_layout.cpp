// SPDX-License-Identifier: Apache-2.0
#include "graph_layout.hpp"

#include "graph_layers.hpp"
#include "utf8.hpp"

#include <algorithm>

namespace {

constexpr double margin = 24;
constexpr double between_layers = 74;
constexpr double between_boxes = 44;
constexpr double bend_width = 16;

/// In a font that is not known here: rather too wide.
double box_width(const graph_box& box) {
  const auto letters = [](const std::string& text) {
    return static_cast<double>(std::count_if(text.begin(), text.end(), &begins_character));
  };
  return std::max(
      {120.0, 28 + 9.2 * letters(box.name), 28 + 6.7 * letters(box.endpoint), 28 + 6.7 * letters(box.rate)});
}

class placing {
 public:
  explicit placing(const graph& picture) : picture_(picture), in_(make_layers(picture)) {
    for (std::size_t i = 0; i < in_.vertices.size(); ++i) {
      widths_.push_back(i < picture.boxes.size() ? box_width(picture.boxes[i]) : bend_width);
    }
    middles_.resize(widths_.size());
  }

  graph_layout run() {
    constexpr int rounds = 24;  // Until nothing moves by more than a pixel, in pictures of some twenty boxes.
    for (const auto& row : in_.rows) spread(row, std::vector<double>(row.size(), 0));
    for (int i = 0; i < rounds; ++i) {
      for (const auto& row : in_.rows) spread(row, wishes(row));
    }
    graph_layout made;
    place_boxes(made);
    for (const graph_layers::way& each : in_.ways) made.roads.push_back(road(each, made));
    return made;
  }

 private:
  /// Below and above the mean of their neighbours, each.
  [[nodiscard]] std::vector<double> wishes(const std::vector<std::size_t>& row) const {
    std::vector<double> all;
    for (const std::size_t each : row) {
      double sum = 0;
      double count = 0;
      for (const auto* neighbours : {&in_.vertices[each].above, &in_.vertices[each].below}) {
        for (const std::size_t other : *neighbours) {
          sum += middles_[other];
          ++count;
        }
      }
      all.push_back(count > 0 ? sum / count : middles_[each]);
    }
    return all;
  }

  /// As near to the wishes as the widths let them: the mean of two ways to make room, from the left and from the right.
  void spread(const std::vector<std::size_t>& row, std::vector<double> wishes) {
    std::vector<double> left = wishes;
    std::vector<double> right = std::move(wishes);
    const auto apart = [&](std::size_t i) { return (widths_[row[i - 1]] + widths_[row[i]]) / 2 + between_boxes; };
    for (std::size_t i = 1; i < row.size(); ++i) left[i] = std::max(left[i], left[i - 1] + apart(i));
    for (std::size_t i = row.size(); i-- > 1;) right[i - 1] = std::min(right[i - 1], right[i] - apart(i));
    for (std::size_t i = 0; i < row.size(); ++i) middles_[row[i]] = (left[i] + right[i]) / 2;
  }

  void place_boxes(graph_layout& made) {
    double least = 0;
    double most = 0;
    for (std::size_t i = 0; i < middles_.size(); ++i) {
      least = i == 0 ? middles_[i] - widths_[i] / 2 : std::min(least, middles_[i] - widths_[i] / 2);
      most = i == 0 ? middles_[i] + widths_[i] / 2 : std::max(most, middles_[i] + widths_[i] / 2);
    }
    for (double& each : middles_) each += margin - least;
    made.width = most - least + 2 * margin;
    made.height = top(in_.rows.size()) - between_layers + margin;
    for (std::size_t i = 0; i < picture_.boxes.size(); ++i) {
      made.boxes.push_back({{middles_[i] - widths_[i] / 2, top(in_.vertices[i].layer)}, widths_[i]});
    }
  }

  static double top(std::size_t layer) {
    return margin + static_cast<double>(layer) * (graph_layout::box_height + between_layers);
  }

  /// Where way number `which` leaves a box: the ways of one side share it, ordered by where they lead.
  [[nodiscard]] double gate(const graph_layers::way& which, bool below, const graph_layout& made) const {
    const std::size_t box = below ? which.vertices.front() : which.vertices.back();
    const auto leads = [&](const graph_layers::way& each) {
      return middles_[below ? each.vertices[1] : each.vertices[each.vertices.size() - 2]];
    };
    double before = 0;
    double count = 0;
    for (const graph_layers::way& each : in_.ways) {
      if ((below ? each.vertices.front() : each.vertices.back()) != box) continue;
      ++count;
      if (leads(each) < leads(which) || (leads(each) == leads(which) && &each < &which)) ++before;
    }
    return made.boxes[box].corner.x + made.boxes[box].width * (before + 1) / (count + 1);
  }

  [[nodiscard]] graph_layout::road road(const graph_layers::way& way, const graph_layout& made) const {
    graph_layout::road points;
    points.push_back({gate(way, true, made), top(in_.vertices[way.vertices.front()].layer) + graph_layout::box_height});
    for (std::size_t i = 1; i + 1 < way.vertices.size(); ++i) {
      const std::size_t bend = way.vertices[i];
      points.push_back({middles_[bend], top(in_.vertices[bend].layer)});
      points.push_back({middles_[bend], top(in_.vertices[bend].layer) + graph_layout::box_height});
    }
    points.push_back({gate(way, false, made), top(in_.vertices[way.vertices.back()].layer)});
    if (way.upwards) std::reverse(points.begin(), points.end());
    return points;
  }

  const graph& picture_;
  graph_layers in_;
  std::vector<double> widths_;  // By vertex, as the next.
  std::vector<double> middles_;
};

}  // namespace

graph_layout lay_out(const graph& picture) { return placing(picture).run(); }
