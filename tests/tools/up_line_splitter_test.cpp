// SPDX-License-Identifier: Apache-2.0
#include "line_splitter.hpp"

#include "catch.hpp"
#include "utf8.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

/// The lines of a stream that comes in these parts.
std::vector<std::string> lines_of(const std::vector<std::string>& parts) {
  std::vector<std::string> lines;
  line_splitter splitter([&](std::string_view line) { lines.emplace_back(line); });
  for (const std::string& each : parts) splitter.add(each);
  splitter.finish();
  return lines;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lines are the same however the stream was cut", "[up][line_splitter]") {
  const std::string text = "one\n\ntwo\r\nthree";
  const texts expected{"one", "", "two", "three"};
  CHECK(lines_of({text}) == expected);
  for (std::size_t i = 0; i <= text.size(); ++i) CHECK(lines_of({text.substr(0, i), text.substr(i)}) == expected);
  texts letters;
  for (const char c : text) letters.emplace_back(1, c);
  CHECK(lines_of(letters) == expected);
}

TEST_CASE("a stream that ends with its line has no further one", "[up][line_splitter]") {
  CHECK(lines_of({}).empty());
  CHECK(lines_of({""}).empty());
  CHECK(lines_of({"one\n"}) == texts{"one"});
  CHECK(lines_of({"\n"}) == texts{""});
}

TEST_CASE("a line that is too long comes in pieces, and nothing of it is lost", "[up][line_splitter]") {
  const bool has_end = GENERATE(true, false);
  const bool is_whole = GENERATE(true, false);
  std::string text;
  for (int i = 0; text.size() < 5 * line_splitter::longest / 2; ++i) text += std::to_string(i) + ' ';
  texts parts{text + (has_end ? "\nnext" : "")};
  if (!is_whole) parts = {text.substr(0, 100), text.substr(100) + (has_end ? "\nnext" : "")};
  texts lines = lines_of(parts);
  if (has_end) {
    REQUIRE(lines.back() == "next");
    lines.pop_back();
  }
  CHECK(lines.size() == 3);
  std::string joined;
  for (const std::string& each : lines) {
    CHECK(each.size() <= line_splitter::longest);
    joined += each;
  }
  CHECK(joined == text);
}

TEST_CASE("a long line is not cut within a character", "[up][line_splitter]") {
  std::string text = "x";
  while (text.size() < 2 * line_splitter::longest) text += "€";  // Three bytes each.
  const texts lines = lines_of({text});
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].size() == line_splitter::longest);  // 1 + 3 * 5461
  CHECK(lines[1].size() == line_splitter::longest - 1);
  for (const std::string& each : lines) CHECK(begins_character(each.front()));
}

TEST_CASE("bytes that are no text are kept", "[up][line_splitter]") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    if (i != '\n') bytes += static_cast<char>(i);
  }
  CHECK(lines_of({bytes}) == texts{bytes});
  const std::string odd(line_splitter::longest + 10, '\x80');
  const texts pieces = lines_of({odd});
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0] + pieces[1] == odd);
}
