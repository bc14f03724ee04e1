// SPDX-License-Identifier: Apache-2.0
#include "plot_figures.hpp"
#include "svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace bench {

namespace {

// Pixels.
constexpr double margin = 24;
constexpr double panel_width = 500;
constexpr double panel_height = 330;
constexpr double panel_gap = 28;
constexpr double head = 84;
constexpr double area_left = 54;  ///< Of the axes, in a panel.
constexpr double area_top = 52;
constexpr double area_height = 210;
constexpr double inset = 24;  ///< Between the axes' ends and the outermost points.
constexpr double label_width = 42;

constexpr std::array<std::string_view, 4> colours{ink::zooid, ink::orange, ink::green, ink::pink};

/// Three digits: 4.56, 457 k, 12.3 M.
std::string rounded(double value) {
  static constexpr std::array<const char*, 4> names{"", " k", " M", " G"};
  std::size_t name = 0;
  for (; value >= 999.5 && name + 1 < names.size(); ++name) value /= 1000;
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%.3g%s", value, names[name]);
  return text.data();
}

std::string x_label(double x, const std::string& unit) {
  if (unit != "B") return rounded(x);
  static constexpr std::array<const char*, 4> names{" B", " KiB", " MiB", " GiB"};
  std::size_t name = 0;
  for (; x >= 1024 && name + 1 < names.size(); ++name) x /= 1024;
  return rounded(x) + names[name];
}

/// A logarithmic axis from `from` to `to`, on the pixels from `first` to `last`.
struct axis {
  double from{};
  double to{};
  double first{};
  double last{};

  [[nodiscard]] double place(double value) const {
    if (from == to) return (first + last) / 2;
    return first + (last - first) * std::log(value / from) / std::log(to / from);
  }
};

/// 1, 2 and 5 times powers of ten, from the last one at most `least` to the first one at least `most`.
std::vector<double> ticks_around(double least, double most) {
  std::vector<double> ticks;
  for (int power = static_cast<int>(std::floor(std::log10(least)));; ++power) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double tick = digit * std::pow(10.0, power);
      if (tick <= least) ticks.clear();
      ticks.push_back(tick);
      if (tick >= most) return ticks;
    }
  }
}

bool is_power_of_ten(double value) {
  const double power = std::log10(value);
  return std::abs(power - std::round(power)) < 1e-9;
}

/// One panel: axes, and a line for each system.
class curve_panel {
 public:
  curve_panel(svg& into, point corner, const std::vector<curve_mark>& marks)
      : into_(into), corner_(corner), marks_(marks) {
    double least = std::numeric_limits<double>::max();
    double most = 0;
    x_ = {marks.front().x, marks.front().x, corner.x + area_left + inset, corner.x + panel_width - inset};
    for (const curve_mark& mark : marks) {
      x_.from = std::min(x_.from, mark.x);
      x_.to = std::max(x_.to, mark.x);
      if (!mark.reached) continue;
      least = std::min(least, mark.reached->least);
      most = std::max(most, mark.reached->most);
    }
    if (most == 0) least = most = 1;  // Everything failed.
    // Room for labels; and at least a decade, so that small differences look small.
    ticks_ = ticks_around(std::min(least / 1.3, most / 5), most * 1.3);
    y_ = {ticks_.front(), ticks_.back(), corner.y + area_top + area_height, corner.y + area_top};
  }

  void draw() const {
    draw_axes();
    const auto series = grouped(marks_, [](const curve_mark& one) { return one.system; });
    double legend = corner_.x + area_left;
    for (std::size_t i = 0; i < series.size(); ++i) {
      into_.mark({legend + 5, corner_.y + 36}, i, colour_of(i));
      into_.text({legend + 14, corner_.y + 40}, series[i].front().system, {});
      legend += 34 + 7.2 * static_cast<double>(series[i].front().system.size());
      draw_line(series[i], i);
    }
    for (std::size_t i = 0; i < series.size(); ++i) draw_labels(series[i], i);
  }

 private:
  static std::string_view colour_of(std::size_t series) { return colours[series % colours.size()]; }
  [[nodiscard]] point place(const curve_mark& mark) const {
    return {x_.place(mark.x), mark.reached ? y_.place(mark.reached->middle) : y_.first};
  }

  void draw_axes() const {
    const curve_mark& first = marks_.front();
    into_.text({corner_.x, corner_.y + 14}, first.curve + ": " + first.unit, {.size = 15, .bold = true});
    const double left = corner_.x + area_left;
    const double right = corner_.x + panel_width;
    for (const double tick : ticks_) {
      const double y = y_.place(tick);
      into_.line({left, y}, {right, y}, ink::line, is_power_of_ten(tick) ? 1.4 : 0.6);
      if (ticks_.size() > 8 && !is_power_of_ten(tick)) continue;
      into_.text({left - 6, y + 4}, rounded(tick), {.size = 11, .colour = ink::faint_text, .at = anchor::end});
    }
    const double bottom = y_.first;
    double written_to = left - inset;
    for (const double x : places_on_x()) {
      into_.line({x_.place(x), bottom}, {x_.place(x), bottom + 4}, ink::faint_text);
      if (x_.place(x) - written_to < label_width) continue;
      written_to = x_.place(x);
      into_.text({written_to, bottom + 17}, x_label(x, first.x_unit),
                 {.size = 11, .colour = ink::faint_text, .at = anchor::middle});
    }
    into_.text({(left + right) / 2, bottom + 35}, first.x_unit == "B" ? "message size" : first.x_unit,
               {.colour = ink::faint_text, .at = anchor::middle});
  }

  [[nodiscard]] std::vector<double> places_on_x() const {
    std::vector<double> places;
    for (const curve_mark& mark : marks_) places.push_back(mark.x);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
  }

  void draw_line(const std::vector<curve_mark>& series, std::size_t index) const {
    const curve_mark* before = nullptr;
    for (const curve_mark& mark : series) {
      if (mark.reached) {
        if (before != nullptr) into_.line(place(*before), place(mark), colour_of(index), 2);
        const double x = x_.place(mark.x);
        into_.line({x, y_.place(mark.reached->least)}, {x, y_.place(mark.reached->most)}, colour_of(index), 1.2);
        into_.mark(place(mark), index, colour_of(index));
      }
      before = mark.reached ? &mark : nullptr;
    }
  }

  /// Figures stand above the highest point at their x, and below the others.
  void draw_labels(const std::vector<curve_mark>& series, std::size_t index) const {
    double written_to = corner_.x;
    for (const curve_mark& mark : series) {
      const point at = place(mark);
      if (at.x - written_to < label_width) continue;
      written_to = at.x;
      text_style style{.size = 11, .colour = colour_of(index), .at = anchor::middle, .halo = true};
      if (!mark.reached) {
        style.bold = true;
        into_.text({at.x, at.y - 6 - 13 * static_cast<double>(index)}, "failed", style);
        continue;
      }
      const bool highest = std::none_of(marks_.begin(), marks_.end(), [&](const curve_mark& other) {
        return other.x == mark.x && other.reached && other.reached->middle > mark.reached->middle;
      });
      into_.text({at.x, highest ? at.y - 9 : at.y + 17}, rounded(mark.reached->middle), style);
    }
  }

  svg& into_;
  point corner_;
  const std::vector<curve_mark>& marks_;
  axis x_{};
  axis y_{};
  std::vector<double> ticks_;
};

}  // namespace

std::string draw_curves(const std::vector<curve_mark>& marks, const std::string& note) {
  const auto curves = grouped(marks, [](const curve_mark& one) { return one.curve; });
  const std::size_t columns = std::min<std::size_t>(curves.size(), 2);
  svg picture;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const auto column = static_cast<double>(i % columns);
    const auto row = static_cast<double>(i / columns);
    curve_panel(picture, {margin + column * (panel_width + panel_gap), head + row * panel_height}, curves[i]).draw();
  }
  const std::string title = "zooid-bench scale";
  picture.text({margin, 36}, title, {.size = 20, .bold = true});
  picture.text({margin, 58}, note, {.colour = ink::faint_text});
  const auto across = static_cast<double>(columns);
  const auto down = static_cast<double>((curves.size() + columns - 1) / columns);
  return picture.finish(2 * margin + across * panel_width + (across - 1) * panel_gap, head + down * panel_height,
                        title);
}

}  // namespace bench
