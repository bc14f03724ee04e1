// SPDX-License-Identifier: Apache-2.0
#include "plot.hpp"

#include "plot_figures.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

namespace {

using nlohmann::json;

json read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path + ": " + std::strerror(errno));
  try {
    return json::parse(file);
  } catch (const json::exception& error) {
    const std::string_view words = error.what();  // "[its number] the words"
    throw std::runtime_error(path + " is no JSON; give it what `run --json` or `scale --json` has written: " +
                             std::string(words.substr(words.find("] ") + 2)));
  } catch (const std::exception& error) {
    throw std::runtime_error("cannot read " + path + ": " + error.what());
  }
}

/// One object of the file; its members throw with words when they are missing or are something else.
class members {
 public:
  members(const json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) fail("it is no object");
  }
  [[nodiscard]] std::string text(const char* name) const {
    if (!at(name).is_string()) fail(std::string("\"") + name + "\" is no text");
    return at(name).get<std::string>();
  }
  [[nodiscard]] double number(const char* name) const {
    if (!at(name).is_number()) fail(std::string("\"") + name + "\" is no number");
    return at(name).get<double>();
  }
  [[nodiscard]] std::optional<double> number_or_null(const char* name) const {
    if (at(name).is_null()) return std::nullopt;
    return number(name);
  }
  [[nodiscard]] std::optional<spread_figure> figure(const char* middle) const {
    if (at(middle).is_null()) return std::nullopt;
    const spread_figure found{number(middle), number("min"), number("max")};
    if (found.least < 0 || found.least > found.middle || found.middle > found.most) {
      fail(std::string("0 <= min <= ") + middle + " <= max does not hold");
    }
    return found;
  }
  [[nodiscard]] bool has(const char* name) const { return object_.contains(name); }
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(where_ + ": " + why + "; plot draws what `run --json` or `scale --json` has written");
  }

 private:
  [[nodiscard]] const json& at(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end()) fail(std::string("\"") + name + "\" is missing");
    return *found;
  }

  const json& object_;
  std::string where_;
};

bar bar_of(const members& row) {
  const std::string better = row.text("better");
  if (better != "more" && better != "less") row.fail(R"("better" is neither "more" nor "less")");
  return {row.text("workload"), row.text("system"),   row.text("metric"),          row.text("unit"),
          better == "less",     row.figure("median"), row.number_or_null("ratio"), row.number_or_null("ratio_low")};
}

curve_mark mark_of(const members& row) {
  const curve_mark mark{row.text("curve"), row.text("system"), row.text("x_unit"),
                        row.text("unit"),  row.number("x"),    row.figure("value")};
  if (!(mark.x > 0) || (mark.reached && !(mark.reached->least > 0))) {
    row.fail("\"x\", \"value\", \"min\" or \"max\" is not above 0, and the axes are logarithmic");
  }
  return mark;
}

/// How many rounds there were, and on how many cores, as far as the file tells.
std::string note_of(const std::vector<members>& rows) {
  double rounds = 0;
  for (const members& row : rows) rounds = std::max(rounds, row.number("rounds"));
  std::string note = rounds == 1 ? "One round" : "Medians of " + std::to_string(static_cast<int>(rounds)) + " rounds";
  if (rows.front().has("cores")) {
    const int cores = static_cast<int>(rows.front().number("cores"));
    note += cores == 1 ? " on one core" : " on " + std::to_string(cores) + " cores";
  }
  return rounds == 1 ? note : note + "; whiskers: least and largest.";
}

std::string draw(const json& all, const std::string& path) {
  if (!all.is_array() || all.empty()) {
    throw std::runtime_error(path + " holds no figures: it is no array of objects, or an empty one");
  }
  std::vector<members> rows;
  for (const json& object : all) rows.emplace_back(object, path + ", object " + std::to_string(rows.size() + 1));
  const std::string note = note_of(rows);
  if (rows.front().has("curve")) {
    std::vector<curve_mark> marks;
    std::transform(rows.begin(), rows.end(), std::back_inserter(marks), mark_of);
    return draw_curves(marks, note);
  }
  std::vector<bar> bars;
  std::transform(rows.begin(), rows.end(), std::back_inserter(bars), bar_of);
  return draw_bars(bars, note);
}

}  // namespace

void plot(const std::string& json_path, const std::string& svg_path) {
  const std::string picture = draw(read(json_path), json_path);
  std::ofstream out(svg_path);
  if (out) out << picture << std::flush;
  if (!out) throw std::runtime_error("cannot write " + svg_path + ": " + std::strerror(errno));
}

}  // namespace bench
