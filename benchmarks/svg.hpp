// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sstream>
#include <string>
#include <string_view>

namespace bench {

struct point {
  double x{};
  double y{};
};

/// The colours of pictures: dark on a light ground. Those of systems are told apart by colour-blind people, too (Okabe
/// and Ito, "Color Universal Design", 2008).
namespace ink {
inline constexpr std::string_view ground = "#fcfcfa";
inline constexpr std::string_view text = "#1f2328";
inline constexpr std::string_view faint_text = "#57606a";
inline constexpr std::string_view line = "#d8dbdf";
inline constexpr std::string_view zooid = "#0072b2";
inline constexpr std::string_view others = "#b4bac2";
inline constexpr std::string_view orange = "#d55e00";
inline constexpr std::string_view green = "#009e73";
inline constexpr std::string_view pink = "#cc79a7";
}  // namespace ink

enum class anchor { start, middle, end };

struct text_style {
  int size = 12;
  std::string_view colour = ink::text;
  anchor at = anchor::start;
  bool bold = false;
  bool halo = false;  ///< For words that lie on lines.
};

/// The parts of a picture, in the order in which they were drawn. Lengths in pixels.
class svg {
 public:
  void text(point at, std::string_view words, text_style style = {});
  void line(point from, point to, std::string_view colour, double width = 1);
  void box(point corner, double width, double height, std::string_view colour);
  /// Mark number `shape`: a disc, a square, a triangle, a diamond, and the disc again.
  void mark(point at, std::size_t shape, std::string_view colour);

  /// The whole file: on a rounded ground with a border.
  [[nodiscard]] std::string finish(double width, double height, std::string_view title) const;

 private:
  std::ostringstream parts_;
};

}  // namespace bench
