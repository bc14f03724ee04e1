// SPDX-License-Identifier: Apache-2.0
#include "svg.hpp"

#include <array>
#include <cstdio>

namespace bench {

namespace {

/// Text as XML wants it. Control characters have no place there.
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
        if (static_cast<unsigned char>(letter) >= 0x20) safe += letter;
    }
  }
  return safe;
}

std::string length(double pixels) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%.1f", pixels);
  return text.data();
}

std::string_view name_of(anchor at) {
  switch (at) {
    case anchor::start:
      return "start";
    case anchor::middle:
      return "middle";
    case anchor::end:
      return "end";
  }
  return {};
}

}  // namespace

void svg::text(point at, std::string_view words, text_style style) {
  parts_ << "<text x=\"" << length(at.x) << "\" y=\"" << length(at.y) << "\" font-size=\"" << style.size << "\" fill=\""
         << style.colour << "\" text-anchor=\"" << name_of(style.at) << '"'
         << (style.bold ? " font-weight=\"bold\"" : "");
  if (style.halo) parts_ << " stroke=\"" << ink::ground << "\" stroke-width=\"3\" paint-order=\"stroke\"";
  parts_ << '>' << escaped(words) << "</text>\n";
}

void svg::line(point from, point to, std::string_view colour, double width) {
  parts_ << "<line x1=\"" << length(from.x) << "\" y1=\"" << length(from.y) << "\" x2=\"" << length(to.x) << "\" y2=\""
         << length(to.y) << "\" stroke=\"" << colour << "\" stroke-width=\"" << length(width) << "\"/>\n";
}

void svg::box(point corner, double width, double height, std::string_view colour) {
  parts_ << "<rect x=\"" << length(corner.x) << "\" y=\"" << length(corner.y) << "\" width=\"" << length(width)
         << "\" height=\"" << length(height) << "\" fill=\"" << colour << "\"/>\n";
}

void svg::mark(point at, std::size_t shape, std::string_view colour) {
  static constexpr std::array<std::string_view, 4> outlines{"M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
                                                            "M-3.6 -3.6h7.2v7.2h-7.2z", "M0 -4.6l4.6 8.2h-9.2z",
                                                            "M0 -5l5 5l-5 5l-5 -5z"};
  parts_ << "<path transform=\"translate(" << length(at.x) << ' ' << length(at.y) << ")\" d=\""
         << outlines[shape % outlines.size()] << "\" fill=\"" << colour << "\"/>\n";
}

std::string svg::finish(double width, double height, std::string_view title) const {
  std::ostringstream all;
  all << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << length(width) << "\" height=\"" << length(height)
      << "\" viewBox=\"0 0 " << length(width) << ' ' << length(height)
      << "\" role=\"img\" font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif\">\n"
      << "<title>" << escaped(title) << "</title>\n"
      << "<rect x=\"0.5\" y=\"0.5\" width=\"" << length(width - 1) << "\" height=\"" << length(height - 1)
      << "\" rx=\"10\" fill=\"" << ink::ground << "\" stroke=\"" << ink::line << "\"/>\n"
      << parts_.str() << "</svg>\n";
  return all.str();
}

}  // namespace bench
