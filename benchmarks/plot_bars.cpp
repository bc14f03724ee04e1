// SPDX-License-Identifier: Apache-2.0
#include "plot_figures.hpp"
#include "report.hpp"
#include "svg.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace bench {

namespace {

// Pixels; across a panel: name, bar, median, ratio.
constexpr double margin = 24;
constexpr double panel_width = 480;
constexpr double panel_gap = 32;
constexpr double bars_from = 146;
constexpr double bars_to = 300;
constexpr double medians_to = 362;
constexpr double head = 84;
constexpr double title_height = 24;
constexpr double metric_height = 22;
constexpr double row_height = 19;
constexpr double bar_height = 12;
constexpr double below_metric = 8;
constexpr double below_panel = 22;

std::string factor(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), value < 9.995 ? "%.2f" : "%.0f", value);
  return text.data();
}

/// As wide as its figure, with a whisker from the least to the largest one.
void draw_bar(svg& into, point corner, const bar& shown, double most) {
  const auto across = [&](double value) {
    return corner.x + bars_from + (most > 0 ? value / most : 0) * (bars_to - bars_from);
  };
  const double middle = corner.y + row_height / 2;
  const bool zooid = shown.system == "zooid";
  into.text({corner.x + bars_from - 8, middle + 4}, shown.system, {.at = anchor::end, .bold = zooid});
  if (!shown.reached) {
    into.text({corner.x + bars_from, middle + 4}, "failed", {.colour = ink::orange});
    return;
  }
  const spread_figure& reached = *shown.reached;
  into.box({corner.x + bars_from, middle - bar_height / 2}, across(reached.middle) - corner.x - bars_from, bar_height,
           zooid ? ink::zooid : ink::others);
  into.line({across(reached.least), middle}, {across(reached.most), middle}, ink::text, 1.2);
  for (const double end : {reached.least, reached.most}) {
    into.line({across(end), middle - 3}, {across(end), middle + 3}, ink::text, 1.2);
  }
  into.text({corner.x + medians_to, middle + 4}, shorten(reached.middle), {.at = anchor::end, .bold = zooid});
  if (!shown.ratio) return;
  std::string ratio = factor(*shown.ratio);
  if (shown.ratio_bound) ratio += (shown.less_is_better ? " (\u2264 " : " (\u2265 ") + factor(*shown.ratio_bound) + ")";
  into.text({corner.x + panel_width, middle + 4}, ratio, {.colour = ink::faint_text, .at = anchor::end});
}

double height_of(const std::vector<std::vector<bar>>& metrics) {
  double height = title_height + below_panel;
  for (const auto& rows : metrics) {
    height += metric_height + row_height * static_cast<double>(rows.size()) + below_metric;
  }
  return height;
}

void draw_workload(svg& into, point corner, const std::vector<std::vector<bar>>& metrics) {
  into.text({corner.x, corner.y + 14}, metrics.front().front().workload, {.size = 15, .bold = true});
  into.line({corner.x, corner.y + 21}, {corner.x + panel_width, corner.y + 21}, ink::line);
  double y = corner.y + title_height;
  for (const auto& rows : metrics) {
    const bar& first = rows.front();
    double most = 0;
    for (const bar& one : rows) most = std::max(most, one.reached ? one.reached->most : 0);
    const std::string title = first.metric + ", " + first.unit;
    into.text({corner.x, y + 16}, title + (first.less_is_better ? " \u2013 less is better" : ""),
              {.colour = first.less_is_better ? ink::orange : ink::faint_text});
    if (rows.size() > 1) {
      into.text({corner.x + panel_width, y + 16}, "Zooid / it (90% bound)",
                {.size = 11, .colour = ink::faint_text, .at = anchor::end});
    }
    y += metric_height;
    for (const bar& one : rows) {
      draw_bar(into, {corner.x, y}, one, most);
      y += row_height;
    }
    y += below_metric;
  }
}

}  // namespace

std::string draw_bars(const std::vector<bar>& bars, const std::string& note) {
  const auto workloads = grouped(bars, [](const bar& one) { return one.workload; });
  const std::size_t columns = std::min<std::size_t>(workloads.size(), 2);
  svg picture;
  std::vector<double> filled_to(columns, head);
  for (const std::vector<bar>& workload : workloads) {
    const auto metrics = grouped(workload, [](const bar& one) { return one.metric; });
    const auto shortest = std::min_element(filled_to.begin(), filled_to.end());
    const auto column = static_cast<double>(shortest - filled_to.begin());
    draw_workload(picture, {margin + column * (panel_width + panel_gap), *shortest}, metrics);
    *shortest += height_of(metrics);
  }
  const std::string title = "zooid-bench run";
  picture.text({margin, 36}, title, {.size = 20, .bold = true});
  picture.text({margin, 58}, note, {.colour = ink::faint_text});
  const auto across = static_cast<double>(columns);
  return picture.finish(2 * margin + across * panel_width + (across - 1) * panel_gap,
                        *std::max_element(filled_to.begin(), filled_to.end()), title);
}

}  // namespace bench
