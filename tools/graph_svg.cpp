// SPDX-License-Identifier: Apache-2.0
#include "graph_svg.hpp"

#include "graph_layout.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace {

// Of Okabe and Ito's colours ("Color Universal Design", 2008), those that stand out on the light ground; the kinds of
// arrows differ in their dashes, too.
constexpr std::string_view ground = "#fcfcfa";
constexpr std::string_view edge = "#d8dbdf";
constexpr std::string_view ink = "#1f2328";
constexpr std::string_view faint_ink = "#57606a";
constexpr std::string_view box_ground = "#eef4f9";
constexpr std::string_view blue = "#0072b2";

struct arrow_style {
  std::string_view name;
  std::string_view words;
  std::string_view colour;
  std::string_view dashes;
};
/// By graph_arrow::kind.
constexpr std::array<arrow_style, 3> styles{{{"call", "calls", blue, ""},
                                             {"event", "publishes events to", "#c04f00", "7 4"},
                                             {"need", "needs, to start", "#6e7781", "2 4"}}};

const arrow_style& style_of(graph_arrow::kind kind) { return styles[static_cast<std::size_t>(kind)]; }

std::string escaped(std::string_view words) {
  std::string safe;
  for (const char letter : words) {
    switch (letter) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(letter) >= ' ') safe += letter;
    }
  }
  return safe;
}

std::string length(double pixels) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%.1f", pixels);
  return text.data();
}

struct text_style {
  int size = 11;
  std::string_view colour = faint_ink;
  std::string_view more = {};  ///< Further attributes.
};

std::string text(graph_point at, std::string_view words, text_style style) {
  return "<text x=\"" + length(at.x) + "\" y=\"" + length(at.y) + "\" font-size=\"" + std::to_string(style.size) +
         "\" fill=\"" + std::string(style.colour) + "\"" + std::string(style.more) + ">" + escaped(words) + "</text>\n";
}

constexpr std::string_view middle = " text-anchor=\"middle\"";
constexpr std::string_view bold_middle = " text-anchor=\"middle\" font-weight=\"bold\"";
/// For words that lie on arrows.
constexpr std::string_view halo =
    " text-anchor=\"middle\" stroke=\"#fcfcfa\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\"";

std::string path(const graph_layout::road& road, const arrow_style& style) {
  std::string line = "M" + length(road[0].x) + " " + length(road[0].y);
  for (std::size_t i = 0; i + 1 < road.size(); i += 2) {
    const graph_point from = road[i];
    const graph_point to = road[i + 1];
    if (i > 0) line += "L" + length(from.x) + " " + length(from.y);
    const std::string halfway = length((from.y + to.y) / 2);
    line += "C" + length(from.x) + " " + halfway + " " + length(to.x) + " " + halfway + " " + length(to.x) + " " +
            length(to.y);
  }
  const std::string dashes =
      style.dashes.empty() ? std::string() : " stroke-dasharray=\"" + std::string(style.dashes) + "\"";
  return "<path d=\"" + line + "\" fill=\"none\" stroke=\"" + std::string(style.colour) + "\" stroke-width=\"1.6\"" +
         dashes + " marker-end=\"url(#" + std::string(style.name) + ")\"/>\n";
}

/// Its begin tells whose figure it is: at the middle several arrows may meet.
graph_point rate_place(const graph_layout::road& road) {
  const double part = 0.35;
  const double bend = part * part * (3 - 2 * part);  // The curve at that part of its height, nearly.
  return {road[0].x + (road[1].x - road[0].x) * bend, road[0].y + (road[1].y - road[0].y) * part + 4};
}

std::string draw_box(const graph_box& box, const graph_layout::box& at) {
  const double half = at.corner.x + at.width / 2;
  const std::string height = length(graph_layout::box_height);
  std::string drawn = "<rect x=\"" + length(at.corner.x) + "\" y=\"" + length(at.corner.y) + "\" width=\"" +
                      length(at.width) + "\" height=\"" + height + "\" rx=\"8\" fill=\"" + std::string(box_ground) +
                      "\" stroke=\"" + std::string(blue) + "\" stroke-width=\"1.2\"/>\n";
  std::vector<std::string_view> below;
  for (const std::string* line : {&box.endpoint, &box.rate}) {
    if (!line->empty()) below.push_back(*line);
  }
  constexpr double line_height = 17;
  double y = at.corner.y + 36 - static_cast<double>(below.size()) * line_height / 2;
  drawn += text({half, y}, box.name, {15, ink, bold_middle});
  for (const std::string_view line : below) drawn += text({half, y += line_height}, line, {11, faint_ink, middle});
  return drawn;
}

struct legend {
  std::string drawn{};
  double width{};
};

/// Of the kinds of arrows that occur.
legend draw_legend(const graph& picture, double y) {
  legend made;
  double x = 24;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    const auto is_of_it = [&](const graph_arrow& each) { return static_cast<std::size_t>(each.is) == i; };
    if (std::none_of(picture.arrows.begin(), picture.arrows.end(), is_of_it)) continue;
    made.drawn += path({{x, y}, {x + 34, y}}, styles[i]);
    made.drawn += text({x + 44, y + 4}, styles[i].words, {12, ink, {}});
    x += 44 + 7 * static_cast<double>(styles[i].words.size()) + 24;
  }
  made.width = x;
  return made;
}

std::string head(double width, double height, const std::string& title) {
  std::string begin = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + length(width) + "\" height=\"" +
                      length(height) + "\" viewBox=\"0 0 " + length(width) + " " + length(height) +
                      "\" role=\"img\" font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, "
                      "sans-serif\">\n<title>" +
                      escaped(title) + "</title>\n<defs>\n";
  for (const arrow_style& each : styles) {
    begin += "<marker id=\"" + std::string(each.name) +
             "\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"10\" markerHeight=\"10\" "
             "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 1L10 5L0 9z\" fill=\"" +
             std::string(each.colour) + "\"/></marker>\n";
  }
  return begin + "</defs>\n<rect x=\"0.5\" y=\"0.5\" width=\"" + length(width - 1) + "\" height=\"" +
         length(height - 1) + "\" rx=\"10\" fill=\"" + std::string(ground) + "\" stroke=\"" + std::string(edge) +
         "\"/>\n";
}

}  // namespace

std::string draw_svg(const graph& picture) {
  constexpr double heading = 44;
  const graph_layout layout = lay_out(picture);
  double height = heading + layout.height;
  const legend below = draw_legend(picture, height + 8);
  if (!below.drawn.empty()) height += 34;
  const double note_width = 48 + 6.7 * static_cast<double>(picture.note.size());
  if (!picture.note.empty()) height += 20;
  const double title_width = 48 + 10 * static_cast<double>(picture.title.size());
  const double width = std::max({layout.width, below.width, note_width, title_width});

  std::string drawn = head(width, height, "The topology " + picture.title);
  drawn += text({24, 36}, picture.title, {17, ink, " font-weight=\"bold\""});
  drawn += "<g transform=\"translate(" + length((width - layout.width) / 2) + " " + length(heading) + ")\">\n";
  for (std::size_t i = 0; i < picture.arrows.size(); ++i) {
    drawn += path(layout.roads[i], style_of(picture.arrows[i].is));
  }
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) drawn += draw_box(picture.boxes[i], layout.boxes[i]);
  for (std::size_t i = 0; i < picture.arrows.size(); ++i) {
    const graph_arrow& arrow = picture.arrows[i];
    if (!arrow.rate.empty()) {
      drawn += text(rate_place(layout.roads[i]), arrow.rate, {11, style_of(arrow.is).colour, halo});
    }
  }
  drawn += "</g>\n" + below.drawn;
  if (!picture.note.empty()) drawn += text({24, height - 14}, picture.note, {11, faint_ink, {}});
  return drawn + "</svg>\n";
}
